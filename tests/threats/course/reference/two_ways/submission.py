"""Functions that meet a grader's other ways: plain asserts, provided functions, callbacks, loans, and training.

N samples, D features, K held out samples.
"""

import numpy as np


def greet(name):
    """Return a greeting, one line per letter of the name."""
    # BEGIN SOLUTION
    return "".join(f"Hello, {letter}!\n" for letter in name)
    # END SOLUTION


def rows(x):
    """Return the rows of an array of shape (N, D) as a list, each divided by its sum."""
    # BEGIN SOLUTION
    return [row / row.sum() for row in x]
    # END SOLUTION


def pair(x):
    """Return an array and its negative."""
    # BEGIN SOLUTION
    return x, -x
    # END SOLUTION


def predict(x, w):
    """Return predictions of shape (N,)."""
    # BEGIN SOLUTION
    return x @ w
    # END SOLUTION


def loss(x, y, w):
    """Return the mean squared error of `predict`."""
    # BEGIN SOLUTION
    return np.mean((predict(x, w) - y) ** 2)
    # END SOLUTION


def gradient(x, y, w):
    """Return the gradient of the loss with respect to w, shape (D,)."""
    # BEGIN SOLUTION
    return 2 / len(y) * x.T @ (x @ w - y)
    # END SOLUTION


def relay(box, ask):
    """Return what ``ask`` says of a box that one cannot look into."""
    # BEGIN SOLUTION
    return ask(box)
    # END SOLUTION


def train(x, y, held, steps):
    """Descend for some steps of length 0.1; return w, the loss before each step, and predictions for what is held out."""
    # BEGIN SOLUTION
    w = np.zeros(x.shape[1])
    history = []
    for _ in range(steps):
        history.append(float(loss(x, y, w)))
        w = w - 0.1 * gradient(x, y, w)
    return w, history, predict(held, w)
    # END SOLUTION
