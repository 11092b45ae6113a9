"""Mistakes: Gradient descent."""

from autograder.rubric import mutant


@mutant("M01-6", loses=["r3_example", "r3_steps"])
def fit(x, y, learning_rate, steps):
    """The steps go uphill."""
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        _, dw, db = loss_and_gradient(x, y, w, b)
        w, b = w + learning_rate * dw, b + learning_rate * db
    return w, b


@mutant("M01-7", loses=["r3_example", "r3_steps"])
def fit(x, y, learning_rate, steps):
    """The bias moves by a gradient that the new weights have."""
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        w = w - learning_rate * loss_and_gradient(x, y, w, b)[1]
        b = b - learning_rate * loss_and_gradient(x, y, w, b)[2]
    return w, b
