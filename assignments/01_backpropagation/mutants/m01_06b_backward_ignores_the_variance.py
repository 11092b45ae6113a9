"""M01-6: the path through the variance is forgotten in the backward pass.

file: layers.py
loses: b4_example_backward, b4_backward, b4_properties
"""


def batchnorm_backward(dout, cache):
    x_hat, gamma, std = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dcentred = dout * gamma / std
    dx = dcentred - dcentred.mean(axis=0)
    return dx, dgamma, dbeta
