"""K-means and PCA."""

import numpy as np


def assign(X, centroids):
    """Index of the nearest centroid.

    :param X: array of shape (n, d)
    :param centroids: array of shape (k, d)
    :return: int array of shape (n,)
    """
    # BEGIN SOLUTION
    d = ((X[:, None] - centroids[None]) ** 2).sum(-1)
    return d.argmin(axis=1)
    # END SOLUTION


def update(X, assignments, k):
    """New centroids.

    X: (N, D) data
    assignments: (N,) indices of clusters in [0, k)
    k: int, number of clusters
    """
    # BEGIN SOLUTION
    return np.stack([X[assignments == j].mean(axis=0) if np.any(assignments == j) else np.zeros(X.shape[1]) for j in range(k)])
    # END SOLUTION


def kmeans(X, k, n_iter, rng):
    """Cluster.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    k : int
        Number of clusters.
    n_iter : int
    rng : np.random.Generator
    """
    # BEGIN SOLUTION
    c = X[rng.choice(len(X), size=k, replace=False)]
    for _ in range(n_iter):
        a = assign(X, c)
        c = update(X, a, k)
    return c, assign(X, c)
    # END SOLUTION


def whiten(X, cov):
    """Multiply by the inverse root of a covariance.

    Parameters
    ----------
    X : array (N, D)
    cov : array (D, D), symmetric positive definite covariance matrix
    """
    # BEGIN SOLUTION
    l = np.linalg.cholesky(cov)
    return np.linalg.solve(l, X.T).T
    # END SOLUTION

