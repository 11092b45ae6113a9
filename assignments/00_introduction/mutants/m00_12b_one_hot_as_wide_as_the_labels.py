"""M00-12b One-hot rows are as wide as the largest label, not as the number of classes.

file: intro.py
loses: i2_values
"""

import numpy as np


def one_hot(y, num_classes):
    return np.eye(max(y, default=-1) + 1, dtype=np.float32)[y]
