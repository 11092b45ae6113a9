"""Honest: a forgotten print in a loop, a hundred megabytes of it, while it is imported."""

import sys

import numpy as np

LINE = "loss 0.123456789 accuracy 0.99\n" * 3000
for _ in range((100 << 20) // len(LINE)):
    sys.stdout.write(LINE)


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
