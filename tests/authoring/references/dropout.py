"""Regularisation."""

import numpy as np


def dropout(x, p, rng):
    """Inverted dropout.

    Parameters
    ----------
    x : array, shape (N, D)
    p : float
        Probability of dropping a unit, in [0, 1).
    rng : numpy.random.Generator
    """
    # BEGIN SOLUTION
    mask = (rng.random(x.shape) >= p) / (1 - p)
    return x * mask, mask
    # END SOLUTION


def he_init(fan_in: int, fan_out: int, *, rng: np.random.Generator) -> np.ndarray:
    """Weights of variance 2 / fan_in."""
    # BEGIN SOLUTION
    return rng.normal(size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)
    # END SOLUTION


def batch_norm(x, gamma, beta, running_var, eps=1e-5):
    """Normalise.

    Parameters
    ----------
    x : array, shape (N, D)
    gamma, beta : array, shape (D,)
    running_var : array, shape (D,)
        Variance, positive.
    """
    # BEGIN SOLUTION
    mu = x.mean(0)
    return gamma * (x - mu) / np.sqrt(running_var + eps) + beta
    # END SOLUTION


def shuffled(x, seed):
    """Rows in another order.

    x : array (N, D)
    seed : int
    """
    # BEGIN SOLUTION
    return x[np.random.default_rng(seed).permutation(len(x))]
    # END SOLUTION


def noisy(x):
    """Adds noise.

    x : array (N,)
    """
    # BEGIN SOLUTION
    return x + np.random.normal(size=x.shape)
    # END SOLUTION

