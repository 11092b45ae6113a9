"""M01-7: the sums over a row are divided by N instead of D.

file: layers.py
loses: b5_example_backward, b5_backward
"""


def layernorm_backward(dout, cache):
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    mean = dx_hat.sum(axis=1, keepdims=True) / len(dout)
    slope = (dx_hat * x_hat).sum(axis=1, keepdims=True) / len(dout)
    dx = (dx_hat - mean - x_hat * slope) / std
    dgamma = (dout * x_hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    return dx, dgamma, dbeta
