"""M00-2a Softmax runs over axis 0 whatever was asked for.

file: intro.py
loses: i1_values, i1_properties, i1_example
"""

import numpy as np


def softmax(z, axis=-1):
    weights = np.exp(z - z.max(axis=0))
    return weights / weights.sum(axis=0)
