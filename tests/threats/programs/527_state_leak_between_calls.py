"""Honest mistake: keeps the answer of the first call with a shape and gives it again."""

import numpy as np

answers = {}


def affine_forward(x, w, b):
    out = answers.setdefault(x.shape, x @ w + b)
    return out, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return answers.setdefault(None, e / e.sum(axis=1, keepdims=True))
