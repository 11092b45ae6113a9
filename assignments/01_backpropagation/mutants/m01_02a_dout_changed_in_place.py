"""M01-2: dout[x <= 0] = 0 overwrites the caller's gradient.

file: layers.py
loses: b2_safe
"""


def relu_backward(dout, cache):
    x = cache
    dout[x <= 0] = 0
    dx = dout
    return dx
