"""M02-22c The backward pass of batch normalisation takes mean and variance for constants.

file: layers.py
loses: v5_batch_backward
"""


def spatial_batchnorm_backward(dout, cache):
    x_hat, gamma, std = cache
    dbeta = dout.sum(axis=(0, 2, 3))
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3))
    dx = dout * gamma.reshape(1, -1, 1, 1) / std
    return dx, dgamma, dbeta
