"""M00-11 Both activations work in place and change their input.

file: intro.py
loses: i1_safe
"""

import numpy as np


def sigmoid(z):
    np.clip(z, -709, 709, out=z)
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)
    return z


def softmax(z, axis=-1):
    z -= z.max(axis=axis, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=axis, keepdims=True)
    return z
