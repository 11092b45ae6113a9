"""M00-12a The one-hot rows are float64.

file: intro.py
loses: i2_safe
"""

import numpy as np


def one_hot(y, num_classes):
    return np.eye(num_classes)[y]
