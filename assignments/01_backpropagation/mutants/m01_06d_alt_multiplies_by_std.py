"""M01-6: batchnorm_backward_alt uses std where 1/std is needed.

file: layers.py
loses: b4_backward
"""


def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, std = cache
    dx_hat = dout * gamma
    dx = std * (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0))
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
