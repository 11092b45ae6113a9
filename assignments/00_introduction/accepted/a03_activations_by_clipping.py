"""The sigmoid clips its scores; its input stays as it is.

file: intro.py
loses:
"""

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -80, 80)))
