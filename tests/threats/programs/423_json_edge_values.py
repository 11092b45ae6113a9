"""Values that upset encoders: nan, infinities, thousands of digits, lone surrogates, deep nesting, odd keys, itself."""

import numpy as np


def affine_forward(x, w, b):
    if x.shape == (2, 2):
        return {float("nan"): 1, (1, (2,)): "\ud800", None: 10**5000, b"k": 1e999}, None
    if x.shape == (3, 4):
        deep = []
        for _ in range(100_000):
            deep = [deep]
        return deep, None
    return 10**5000


def softmax(z):
    if abs(z).max() > 100:
        return {"\ud800": float("nan"), "p": [1e999, -0.0, 10**5000]}
    loop = []
    loop.append(loop)
    return loop
