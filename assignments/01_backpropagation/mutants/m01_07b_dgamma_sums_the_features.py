"""M01-7: dgamma and dbeta are summed over the features instead of the examples.

file: layers.py
loses: b5_example_backward, b5_backward
"""


def layernorm_backward(dout, cache):
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    mean = dx_hat.mean(axis=1, keepdims=True)
    slope = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = (dx_hat - mean - x_hat * slope) / std
    dgamma = (dout * x_hat).sum(axis=1)
    dbeta = dout.sum(axis=1)
    return dx, dgamma, dbeta
