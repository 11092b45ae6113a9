"""M00-3a The negative log-likelihood is summed over the batch, not averaged.

file: intro.py
loses: i2_values, i2_properties, i2_example
"""

import numpy as np


def nll(y_true, y_pred, eps=1e-12):
    return -np.sum(y_true * np.log(np.maximum(y_pred, eps)))
