"""M01-1 the bias is forgotten.

file: layers.py
loses: b1_values, b2_values
"""


def affine(x, w, b):
    """Apply a linear map without its bias."""
    return x @ w
