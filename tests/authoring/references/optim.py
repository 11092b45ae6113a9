"""Optimisation."""

import numpy as np


def sgd_step(w, grad, lr):
    """In place.

    w : array (D,)
    grad : array (D,)
    lr : float
    """
    # BEGIN SOLUTION
    w -= lr * grad
    return w
    # END SOLUTION


def numerical_gradient(f, x, h=1e-5):
    """Central differences.

    Parameters
    ----------
    f : callable
        From an array to a number.
    x : array, shape (D,)
    """
    # BEGIN SOLUTION
    g = np.zeros_like(x)
    for i in range(x.size):
        e = np.zeros_like(x)
        e[i] = h
        g[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g
    # END SOLUTION


def newton(hessian, gradient):
    """Step.

    hessian : array (D, D), symmetric positive definite
    gradient : array (D,)
    """
    # BEGIN SOLUTION
    return np.linalg.solve(hessian, gradient)
    # END SOLUTION


def interpolate(xs, ys, x):
    """Piecewise linear.

    xs : array (N,), sorted in increasing order
    ys : array (N,)
    x : float
    """
    # BEGIN SOLUTION
    assert np.all(np.diff(xs) > 0)
    return float(np.interp(x, xs, ys))
    # END SOLUTION


def activation(x, kind):
    """Apply.

    x : array (N,)
    kind : {'relu', 'tanh'}
    """
    # BEGIN SOLUTION
    if kind == "relu":
        return np.maximum(x, 0)
    if kind == "tanh":
        return np.tanh(x)
    raise ValueError(kind)
    # END SOLUTION


def geometric_mean(x):
    """Of positive numbers.

    Parameters
    ----------
    x : array, shape (N,)
        Positive numbers.
    """
    # BEGIN SOLUTION
    return float(np.exp(np.mean(np.log(x))))
    # END SOLUTION


def cosine(u, v):
    """Cosine similarity: u float[D], v float[D]."""
    # BEGIN SOLUTION
    return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))
    # END SOLUTION


def adam(w, dw, config):
    """One step of Adam.

    - w: array (D,)
    - dw: array (D,)
    - config: dict with keys m, v, t
    """
    # BEGIN SOLUTION
    config["t"] += 1
    return w - dw * config["t"]
    # END SOLUTION


def hinge(scores, y):
    """Hinge loss.

    scores : array (N,)
    y : array (N,), labels that are -1 or +1
    """
    # BEGIN SOLUTION
    assert set(np.unique(y)) <= {-1, 1}
    return float(np.maximum(0, 1 - y * scores).mean())
    # END SOLUTION

