"""M01-2: x[x < 0] = 0 overwrites the caller's input (seen once among the 41).

file: layers.py
loses: b2_safe
"""


def relu_forward(x):
    x[x < 0] = 0
    out = x
    cache = x
    return out, cache
