"""M01-4: the gradient lacks the factor 2.

file: regression.py
loses: r2_example, r2_gradient
"""


def loss_and_gradient(x, y, w, b):
    error = predict(x, w, b) - y
    return np.mean(error**2), x.T @ error / len(y), np.mean(error)
