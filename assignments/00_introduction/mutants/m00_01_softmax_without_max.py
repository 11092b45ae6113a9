"""M00-1 Softmax does not subtract the maximum, so it overflows.

file: intro.py
loses: i1_stability
"""

import numpy as np


def softmax(z, axis=-1):
    weights = np.exp(z)
    return weights / weights.sum(axis=axis, keepdims=True)
