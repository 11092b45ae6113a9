"""Honest: computes one function in float32 and the other in float16."""

import numpy as np


def affine_forward(x, w, b):
    return x.astype(np.float32) @ w.astype(np.float32) + b.astype(np.float32), (x, w, b)


def softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z.astype(np.float16))
    return e / e.sum(axis=1, keepdims=True)
