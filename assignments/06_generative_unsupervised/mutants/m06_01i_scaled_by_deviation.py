"""M06-1: columns are standardised, too: that is PCA of the correlations.

file: generative.py
loses: g1_example, g1_values, g1_properties
"""


def pca(X, k):
    mean, std = X.mean(axis=0), X.std(axis=0, ddof=1)
    _, s, Vt = np.linalg.svd((X - mean) / std, full_matrices=False)
    return Vt[:k], s[:k] ** 2 / (len(X) - 1), mean
