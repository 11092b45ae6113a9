"""Honest: shows a figure while it is imported, with an interactive backend."""

import numpy as np

try:
    import matplotlib

    matplotlib.use("TkAgg")
    import matplotlib.pyplot as plt

    plt.plot([1, 2, 3])
    plt.show()
except ImportError:
    print("no matplotlib here")


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
