"""The sigmoid as a shifted tanh, softmax through the logarithm of the sum; both print.

file: intro.py
loses:
"""

import numpy as np


def sigmoid(z):
    print("sigmoid of", z.shape)
    return 0.5 * (1 + np.tanh(0.5 * z))


def softmax(z, axis=-1):
    print("softmax of", z.shape, "along", axis)
    top = np.max(z, axis=axis, keepdims=True)
    log_sum = top + np.log(np.sum(np.exp(z - top), axis=axis, keepdims=True))
    return np.exp(z - log_sum)
