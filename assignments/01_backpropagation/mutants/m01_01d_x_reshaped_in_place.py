"""M01-1: the rows are made by changing the shape of the caller's x (found while building; not in the table).

file: layers.py
loses: b1_gradient, b1_safe
"""


def affine_forward(x, w, b):
    cache = (x, w, b)
    x.shape = (x.shape[0], -1)
    out = x.dot(w) + b
    return out, cache
