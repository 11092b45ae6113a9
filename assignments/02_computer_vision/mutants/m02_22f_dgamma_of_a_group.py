"""M02-22f dgamma is the sum over the whole group.

file: layers.py
loses: v5_group_backward
"""


def spatial_groupnorm_backward(dout, cache):
    x_hat, gamma, std, G = cache
    N, C, H, W = dout.shape
    dbeta = dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = (dout * x_hat).reshape(N, G, -1).sum(axis=(0, 2)).repeat(C // G).reshape(gamma.shape)
    grouped = (N, G, C // G, H, W)
    dx_hat = (dout * gamma.reshape(1, C, 1, 1)).reshape(grouped)
    dx = _normalise_backward(dx_hat, x_hat.reshape(grouped), std, axes=(2, 3, 4)).reshape(N, C, H, W)
    return dx, dgamma, dbeta
