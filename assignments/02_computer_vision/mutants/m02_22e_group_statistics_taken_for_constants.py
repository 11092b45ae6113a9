"""M02-22e The backward pass of group normalisation takes mean and variance for constants.

file: layers.py
loses: v5_group_backward
"""


def spatial_groupnorm_backward(dout, cache):
    x_hat, gamma, std, G = cache
    N, C, H, W = dout.shape
    dbeta = dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3)).reshape(gamma.shape)
    grouped = (N, G, C // G, H, W)
    dx_hat = (dout * gamma.reshape(1, C, 1, 1)).reshape(grouped)
    dx = (dx_hat / std).reshape(N, C, H, W)
    return dx, dgamma, dbeta
