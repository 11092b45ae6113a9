"""Honest: other names of parameters, and defaults."""

import numpy as np


def affine_forward(inputs, weights=None, bias=0.0, *, verbose=False):
    return inputs @ weights + bias, (inputs, weights, bias)


def softmax(scores, axis=1):
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
