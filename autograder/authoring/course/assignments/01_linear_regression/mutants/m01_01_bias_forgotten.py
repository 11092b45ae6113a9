"""M01-1: the bias is forgotten.

file: regression.py
loses: r1_example, r1_values
"""


def predict(x, w, b):
    return x @ w
