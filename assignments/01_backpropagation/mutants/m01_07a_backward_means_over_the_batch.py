"""M01-7: the backward pass takes its means over axis 0, as in batch normalisation.

file: layers.py
loses: b5_example_backward, b5_backward
"""


def layernorm_backward(dout, cache):
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    mean = dx_hat.mean(axis=0)
    slope = (dx_hat * x_hat).mean(axis=0)
    dx = (dx_hat - mean - x_hat * slope) / std
    dgamma = (dout * x_hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    return dx, dgamma, dbeta
