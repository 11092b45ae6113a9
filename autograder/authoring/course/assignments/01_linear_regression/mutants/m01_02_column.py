"""M01-2: a column comes out, of shape (N, 1).

file: regression.py
loses: r1_example, r1_values
"""


def predict(x, w, b):
    return (x @ w + b)[:, None]
