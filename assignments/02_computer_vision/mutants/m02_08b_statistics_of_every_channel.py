"""M02-8b Mean and variance are taken over each channel by itself: instance normalisation.

file: layers.py
loses: v5_example_group, v5_group_values, v5_group_backward
"""


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    groups = x.reshape(N, G, C // G, H, W)
    mean = groups.mean(axis=(3, 4), keepdims=True)
    std = np.sqrt(groups.var(axis=(3, 4), keepdims=True) + eps)
    x_hat = ((groups - mean) / std).reshape(N, C, H, W)
    out = gamma.reshape(1, C, 1, 1) * x_hat + beta.reshape(1, C, 1, 1)
    cache = (x_hat, gamma, std, G)
    return out, cache
