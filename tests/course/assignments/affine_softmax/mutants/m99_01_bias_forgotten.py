"""M99-1 the bias is forgotten.

file: submission.py
loses: a_values, a_example
"""


def affine_forward(x, w, b):
    return x @ w, (x, w, b)
