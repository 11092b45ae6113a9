"""M00-3b The logarithm meets a probability of zero: the loss is infinite or NaN.

file: intro.py
loses: i2_stability
"""

import numpy as np


def nll(y_true, y_pred, eps=1e-12):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.mean(np.sum(y_true * np.log(y_pred), axis=-1))
