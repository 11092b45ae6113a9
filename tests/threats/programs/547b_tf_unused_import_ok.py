"""Honest: imports a package that is not allowed and never uses it."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

print(tf.__version__)


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
