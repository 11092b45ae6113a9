"""M06-1: eigh sorts upwards, and the first k are taken.

file: generative.py
loses: g1_example, g1_values, g1_properties
"""


def pca(X, k):
    mean = X.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False).reshape(X.shape[1], X.shape[1]))
    return vectors.T[:k], values[:k], mean
