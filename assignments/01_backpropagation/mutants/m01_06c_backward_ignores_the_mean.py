"""M01-6: the path through the mean is forgotten in the backward pass.

file: layers.py
loses: b4_example_backward, b4_backward, b4_properties
"""


def batchnorm_backward(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = (dx_hat * x_hat * std).sum(axis=0) * -0.5 / std**3
    dx = dx_hat / std + dvar * 2 * x_hat * std / N
    return dx, dgamma, dbeta
