"""The logarithm is kept finite by adding eps; labels written by a loop.

file: intro.py
loses:
"""

import numpy as np


def one_hot(y, num_classes):
    rows = np.zeros((len(y), num_classes), dtype="float32")
    for i in range(len(y)):
        rows[i, y[i]] = 1
    return rows


def nll(Y_true, Y_pred, EPSILON=1e-12):
    Y_true, Y_pred = np.atleast_2d(Y_true), np.atleast_2d(Y_pred)
    return float(-np.mean(np.sum(np.log(Y_pred + EPSILON) * Y_true, axis=1)))
