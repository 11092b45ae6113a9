"""Statistics and losses in Google style."""

import numpy as np


def gaussian_nll(x, mean, var):
    """Negative log-likelihood.

    Args:
        x: Array of shape (N, D) with observations.
        mean: Array of shape (D,).
        var: Array of shape (D,), variances (> 0).

    Returns:
        The mean over the batch.
    """
    # BEGIN SOLUTION
    return float(np.mean(np.sum(0.5 * np.log(2 * np.pi * var) + (x - mean) ** 2 / (2 * var), axis=1)))
    # END SOLUTION


def perceptron_update(w, x, y):
    """One update.

    Args:
        w (ndarray): weights, shape (D,)
        x (ndarray): one example, shape (D,)
        y (int): label, -1 or 1
    """
    # BEGIN SOLUTION
    return w + y * x if y * (w @ x) <= 0 else w
    # END SOLUTION


def mahalanobis(x, mu, cov):
    """Distance.

    Args:
        x (np.ndarray): (D,) vector
        mu (np.ndarray): (D,) vector
        cov (np.ndarray): (D, D) covariance
    """
    # BEGIN SOLUTION
    d = x - mu
    return float(np.sqrt(d @ np.linalg.solve(cov, d)))
    # END SOLUTION


def focal_loss(probs, labels, gamma):
    """Focal loss.

    Args:
        probs: (N,) predicted probabilities in (0, 1).
        labels: (N,) ground truth in {0, 1}.
        gamma: focusing parameter, >= 0.
    """
    # BEGIN SOLUTION
    pt = np.where(labels == 1, probs, 1 - probs)
    return float(np.mean(-((1 - pt) ** gamma) * np.log(pt)))
    # END SOLUTION


def triplet_loss(anchor, positive, negative, margin):
    """Triplet loss.

    Args:
        anchor (np.ndarray): embeddings (N, D)
        positive (np.ndarray): embeddings (N, D)
        negative (np.ndarray): embeddings (N, D)
        margin (float): margin
    """
    # BEGIN SOLUTION
    a = ((anchor - positive) ** 2).sum(1)
    b = ((anchor - negative) ** 2).sum(1)
    return float(np.maximum(0, a - b + margin).mean())
    # END SOLUTION


def discounted_returns(rewards, gamma):
    """Returns.

    Args:
        rewards (list of float): one per step
        gamma (float): discount in [0, 1]
    """
    # BEGIN SOLUTION
    out, g = [], 0.0
    for r in reversed(rewards):
        g = r + gamma * g
        out.append(g)
    return out[::-1]
    # END SOLUTION


def markov_step(p, P):
    """One step of a Markov chain.

    Args:
        p: distribution over states, shape (S,)
        P: transition matrix of shape (S, S), rows sum to one
    """
    # BEGIN SOLUTION
    assert np.allclose(P.sum(1), 1) and np.isclose(p.sum(), 1)
    return p @ P
    # END SOLUTION


def quantile_bins(x, edges):
    """Bins.

    Args:
        x: values, shape (N,)
        edges: increasing bin edges, shape (K,)
    """
    # BEGIN SOLUTION
    assert np.all(np.diff(edges) > 0)
    return np.digitize(x, edges)
    # END SOLUTION

