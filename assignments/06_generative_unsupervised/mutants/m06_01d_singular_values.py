"""M06-1: singular values are returned for variances.

file: generative.py
loses: g1_example, g1_values
"""


def pca(X, k):
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return Vt[:k], s[:k], mean
