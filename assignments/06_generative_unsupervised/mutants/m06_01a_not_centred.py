"""M06-1: the data are not centred.

file: generative.py
loses: g1_example, g1_values, g1_properties
"""


def pca(X, k):
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X, full_matrices=False)
    return Vt[:k], s[:k] ** 2 / (len(X) - 1), mean
