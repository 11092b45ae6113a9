"""Takes the recursion limit away and recurses, in Python and through C, until the stack overflows."""

import sys

import numpy as np

sys.setrecursionlimit(2**31 - 1)


class Deep:
    def __repr__(self):
        return repr([self])


def affine_forward(x, w, b):
    return affine_forward(x, w, b)


def softmax(z):
    if abs(z).max() > 100:
        return repr(Deep())
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
