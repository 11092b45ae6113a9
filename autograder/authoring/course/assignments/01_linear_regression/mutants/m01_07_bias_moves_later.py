"""M01-7: the bias moves by a gradient that the new weights have.

file: regression.py
loses: r3_example, r3_steps
"""


def fit(x, y, learning_rate, steps):
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        w = w - learning_rate * loss_and_gradient(x, y, w, b)[1]
        b = b - learning_rate * loss_and_gradient(x, y, w, b)[2]
    return w, b
