"""Activations by boolean masks, in single precision throughout.

file: intro.py
loses:
"""

import numpy as np


def sigmoid(scores):
    scores = scores.astype("float32")
    out = np.empty_like(scores)
    positive = scores >= 0
    out[positive] = 1 / (1 + np.exp(-scores[positive]))
    e = np.exp(scores[~positive])
    out[~positive] = e / (1 + e)
    return out


def softmax(scores, ax=-1):
    scores = scores.astype("float32")
    e = np.exp(scores - scores.max(ax, keepdims=True))
    e /= e.sum(ax, keepdims=True)
    return e
