"""Honest numbers in odd clothes: Fortran order, strides that run backwards, swapped bytes, read-only, views."""

import numpy as np


def affine_forward(x, w, b):
    out = np.asfortranarray(x @ w + b)
    out.flags.writeable = False
    return out.astype(">f8", order="F"), (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    wide = np.zeros((2 * p.shape[0], 3 * p.shape[1]))
    wide[::2, ::3] = p[::-1, ::-1]
    return wide[::2, ::3][::-1, ::-1]
