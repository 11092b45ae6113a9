"""Honest: explicit loops in place of NumPy, and a little dawdling on top."""

import math

import numpy as np


def affine_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for i in range(x.shape[0]):
        for j in range(w.shape[1]):
            total = 0.0
            for k in range(x.shape[1]):
                total += x[i, k] * w[k, j]
            out[i, j] = total + b[j]
    for _ in range(200_000):
        pass
    return out, (x, w, b)


def softmax(z):
    p = np.zeros(z.shape)
    for i in range(z.shape[0]):
        largest = max(z[i])
        total = 0.0
        for j in range(z.shape[1]):
            p[i, j] = math.exp(z[i, j] - largest)
            total += p[i, j]
        for j in range(z.shape[1]):
            p[i, j] /= total
    return p
