"""M01-5: y is changed.

file: regression.py
loses: r2_safe
"""


def loss_and_gradient(x, y, w, b):
    y -= predict(x, w, b)
    return np.mean(y**2), -2 * x.T @ y / len(y), -2 * np.mean(y)
