"""Linear regression by gradient descent.

Notation: N examples, D features; arrays are float64.
"""

import numpy as np

# R1: prediction


def predict(x, w, b):
    """Return the prediction for every example: ``x @ w + b``.

    Parameters
    ----------
    x : array, shape (N, D)
    w : array, shape (D,)
    b : float

    Returns
    -------
    array, shape (N,)
    """
    # BEGIN SOLUTION
    return x @ w + b
    # END SOLUTION


# R2: loss and gradient


def loss_and_gradient(x, y, w, b):
    """Return the mean squared error of the predictions, and its gradient.

    Parameters
    ----------
    x : array, shape (N, D)
    y : array, shape (N,)
        What should be predicted.
    w : array, shape (D,)
    b : float

    Returns
    -------
    tuple
        The loss, a number; dw, of shape (D,); db, a number.
    """
    # BEGIN SOLUTION
    error = predict(x, w, b) - y  # (N,)
    loss = np.mean(error**2)
    dw = 2 * x.T @ error / len(y)  # (D, N) @ (N,) -> (D,)
    db = 2 * np.mean(error)
    return loss, dw, db
    # END SOLUTION


# R3: gradient descent


def fit(x, y, learning_rate, steps):
    """Return weights and bias after so many steps of gradient descent from zero.

    Parameters
    ----------
    x : array, shape (N, D)
    y : array, shape (N,)
    learning_rate : float
    steps : int

    Returns
    -------
    tuple
        w, of shape (D,); b, a number.
    """
    w, b = np.zeros(x.shape[1]), 0.0
    # BEGIN SOLUTION
    # STUDENT: # TODO: write the steps.
    # STUDENT: raise NotImplementedError("fit: not written yet")
    for _ in range(steps):
        _, dw, db = loss_and_gradient(x, y, w, b)
        w, b = w - learning_rate * dw, b - learning_rate * db
    # END SOLUTION
    return w, b
