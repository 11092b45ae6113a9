"""M01-3: the squared errors are summed, not averaged.

file: regression.py
loses: r2_example, r2_loss, r2_gradient
"""


def loss_and_gradient(x, y, w, b):
    error = predict(x, w, b) - y
    return np.sum(error**2), 2 * x.T @ error, 2 * np.sum(error)
