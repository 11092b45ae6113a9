"""Mistakes: PCA, the linear auto-encoder."""

from autograder.rubric import mutant


@mutant("M06-1a", loses=["g1_example", "g1_values", "g1_properties"])
def pca(X, k):
    """The data are not centred."""
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X, full_matrices=False)
    return Vt[:k], s[:k] ** 2 / (len(X) - 1), mean


@mutant("M06-1b", loses=["g1_values", "g1_properties"])
def pca(X, k):
    """components are the columns, as eigh has them."""
    mean = X.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False).reshape(X.shape[1], X.shape[1]))
    return vectors[:, ::-1][:, :k], values[::-1][:k], mean


@mutant("M06-1c", loses=["g1_example", "g1_values"])
def pca(X, k):
    """The variance is divided by n, not n - 1."""
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return Vt[:k], s[:k] ** 2 / len(X), mean


@mutant("M06-1d", loses=["g1_example", "g1_values"])
def pca(X, k):
    """singular values are returned for variances."""
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return Vt[:k], s[:k], mean


@mutant("M06-1e", loses=["g1_example", "g1_values", "g1_properties"])
def pca(X, k):
    """eigh sorts upwards, and the first k are taken."""
    mean = X.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False).reshape(X.shape[1], X.shape[1]))
    return vectors.T[:k], values[:k], mean


@mutant("M06-1f", loses=["g1_reconstruct", "g1_example_reconstruct"])
def reconstruct(X, components, mean):
    """The mean is not added again."""
    return (X - mean) @ components.T @ components


@mutant("M06-1g", loses=["g1_reconstruct", "g1_example_reconstruct"])
def reconstruct(X, components, mean):
    """The mean is added to data of which it was never taken away."""
    return mean + X @ components.T @ components


@mutant("M06-1h", loses=["g1_reconstruct", "g1_projection"])
def reconstruct(X, components, mean):
    """The data are centred by their own mean, not by the one that is given."""
    return mean + (X - X.mean(axis=0)) @ components.T @ components


@mutant("M06-1i", loses=["g1_example", "g1_values", "g1_properties"])
def pca(X, k):
    """columns are standardised, too: that is PCA of the correlations."""
    mean, std = X.mean(axis=0), X.std(axis=0, ddof=1)
    _, s, Vt = np.linalg.svd((X - mean) / std, full_matrices=False)
    return Vt[:k], s[:k] ** 2 / (len(X) - 1), mean


@mutant("M06-13g", nothing_right=True, loses=["g1_example_reconstruct", "g1_reconstruct", "g1_projection"])
def reconstruct(X, components, mean):
    """Nothing but the mean is returned, which is a projection, too."""
    return np.tile(mean, (len(X), 1))
