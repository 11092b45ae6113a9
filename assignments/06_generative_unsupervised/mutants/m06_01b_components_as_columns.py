"""M06-1: components are the columns, as eigh has them.

file: generative.py
loses: g1_values, g1_properties
"""


def pca(X, k):
    mean = X.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False).reshape(X.shape[1], X.shape[1]))
    return vectors[:, ::-1][:, :k], values[::-1][:k], mean
