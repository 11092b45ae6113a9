"""An honest syntax error."""

import numpy as np


def affine_forward(x, w, b)
    return x @ w + b, (x, w, b)


def softmax(z):
    return z
