"""M06-1: the variance is divided by n, not n - 1.

file: generative.py
loses: g1_example, g1_values
"""


def pca(X, k):
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return Vt[:k], s[:k] ** 2 / len(X), mean
