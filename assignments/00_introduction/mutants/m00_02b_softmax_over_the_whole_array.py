"""M00-2b Softmax runs over the whole array.

file: intro.py
loses: i1_values, i1_properties, i1_example
"""

import numpy as np


def softmax(z, axis=-1):
    weights = np.exp(z - z.max())
    return weights / weights.sum()
