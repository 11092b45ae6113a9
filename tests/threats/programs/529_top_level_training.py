"""Honest: trains for minutes while it is imported."""

import numpy as np

w = np.zeros((200, 200))
while True:
    w -= 1e-3 * (w @ w.T + 1)


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)
