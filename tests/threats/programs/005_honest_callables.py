"""Honest: the functions are a partial of a lambda and an object that can be called."""

import functools

import numpy as np

affine_forward = functools.partial(lambda offset, x, w, b: (x @ w + b + offset, (x, w, b)), 0.0)


class Softmax:
    def __call__(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)


softmax = Softmax()
