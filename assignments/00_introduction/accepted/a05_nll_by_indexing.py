"""The true class by argmax, clipped on both sides, as a 0-d array.

file: intro.py
loses:
"""

import numpy as np


def one_hot(y, num_classes):
    return (np.arange(num_classes) == np.asarray(y)[:, None]).astype(np.float32)


def nll(y_true, y_pred, eps=1e-12):
    y_true, y_pred = np.array(y_true, ndmin=2), np.clip(np.array(y_pred, ndmin=2), eps, 1 - eps)
    picked = y_pred[np.arange(len(y_pred)), y_true.argmax(axis=1)]
    return np.asarray(-np.log(picked).mean())
