"""A hundred megabytes on stderr without a line end: NULs, invalid UTF-8, control sequences; then answers honestly."""

import os

import numpy as np

BLOCK = b"\x00\xff\xfe\x1b[31m\xed\xa0\x80" * 8192


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    if abs(z).max() > 100:
        left = 100 << 20
        while left > 0:
            left -= os.write(2, BLOCK)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
