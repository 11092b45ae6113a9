"""M99-4 the samples are changed and changed back, but not exactly.

file: submission.py
loses: a_safe
"""


def affine_forward(x, w, b):
    out = x @ w + b
    x *= 0.5
    return out, (x, w, b)
