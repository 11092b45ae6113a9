"""Honest: what a good student hands in. If this loses a point, every other verdict of the run is void."""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
