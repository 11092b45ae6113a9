"""M01-6: the steps go uphill.

file: regression.py
loses: r3_example, r3_steps
"""


def fit(x, y, learning_rate, steps):
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        _, dw, db = loss_and_gradient(x, y, w, b)
        w, b = w + learning_rate * dw, b + learning_rate * db
    return w, b
