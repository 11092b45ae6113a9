"""Honest: thousands of warnings in every call."""

import warnings

import numpy as np


def affine_forward(x, w, b):
    for number in range(1000):
        warnings.warn(f"this is slow {number}", RuntimeWarning, stacklevel=1)
        warnings.warn(f"this is old {number}", DeprecationWarning, stacklevel=2)
    return x @ w + b, (x, w, b)


def softmax(z):
    for number in range(1000):
        warnings.warn(f"this is odd {number}", UserWarning, stacklevel=1)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
