"""PCA, the linear auto-encoder"""

import numpy as np

from autograder.rubric import assert_array, assert_close, check, criterion, unpack

CASES = ((20, 5, 1), (20, 5, 3), (6, 9, 4), (9, 4, 4), (30, 1, 1))  # n, d, k


def orthonormal(rng, n, k, like=None):
    """Return k orthonormal columns of length n, orthogonal to a column of ones if that is asked for."""
    start = rng.normal(size=(n, k)) if like is None else np.column_stack([like, rng.normal(size=(n, k))])
    Q = np.linalg.qr(start)[0]
    return Q[:, -k:]


def draw(rng, n, d):
    """Return data whose mean, directions and variances are known: these stand first, each variance half of the one before."""
    rank = min(n - 1, d)
    U, V = orthonormal(rng, n, rank, like=np.ones(n)), orthonormal(rng, d, rank)
    variances = float(rng.uniform(2, 8)) * 0.5 ** np.arange(rank)
    mean = 5 * rng.normal(size=d)
    return mean + U * np.sqrt((n - 1) * variances) @ V.T, mean, V.T, variances


def fit(submission, X, k):
    """Return components, variances and mean, as arrays."""
    components, variance, mean = unpack(submission.pca(X, k), "components explained_variance mean", of="pca")
    components = assert_array(components, (k, X.shape[1]), name="components", axes="k d")
    return components, variance, mean


@criterion(
    "pca: directions, variances, mean",
    points=4,
    tests=["pca"],
    hint="Subtract the mean of every column first. The rows of V^T, not the columns, are the components; s^2 / (n - 1) their variances, "
    "largest first.",
)
def test_g1_values(submission, rng):
    for n, d, k in CASES:
        X, mean, directions, variances = draw(rng, n, d)
        components, explained, centre = fit(submission, X, k)
        assert_close(centre, mean, name="mean", axes="d", inputs=(X,))
        assert_close(explained, variances[:k], name="explained_variance", axes="k", inputs=(X,))
        projector = directions[:k].T @ directions[:k]  # the same, whatever the signs are
        assert_close(components.T @ components, projector, name="components^T components", axes="d d", inputs=(components,))
        each = np.abs(np.sum(components * directions[:k], axis=1))
        assert_close(each, np.ones(k), name="cosines of the components with the true directions", inputs=(components,))


@criterion(
    "reconstruct: encode and decode",
    points=2,
    tests=["reconstruct"],
    hint="The mean is subtracted before the data are projected and added afterwards; the data need not be those of pca, so their own "
    "mean does not matter.",
)
def test_g1_reconstruct(submission, rng):
    for n, d, k in ((7, 4, 2), (1, 5, 1), (5, 3, 3)):
        X, mean, components = rng.normal(size=(n, d)), 3 * rng.normal(size=d), orthonormal(rng, d, k).T
        expected = mean + np.einsum("ni,ki,kj->nj", X - mean, components, components)
        assert_close(submission.reconstruct(X, components, mean), expected, name="X_hat", axes="n d", inputs=(X,))


@criterion(
    "pca and reconstruct: the best there is",
    points=2,
    tests=["pca", "reconstruct"],
    hint="Rows are orthonormal; what is lost is the sum of the variances that were left out, times n - 1; with all components nothing is "
    "lost; and no other subspace of k dimensions loses less.",
)
def test_g1_properties(submission, rng):
    for n, d, k in ((25, 6, 2), (12, 4, 4), (6, 8, 3)):
        X, mean, _, variances = draw(rng, n, d)
        components, _, centre = fit(submission, X, k)
        assert_close(components @ components.T, np.eye(k), name="components components^T", axes="k k", inputs=(components,))
        X_hat = assert_array(submission.reconstruct(X, components, assert_array(centre, (d,), name="mean")), (n, d), name="X_hat")
        lost = float(np.sum((X - X_hat) ** 2))
        due = (n - 1) * float(variances[k:].sum())
        assert_close(lost, due, name="squared error of the reconstruction", inputs=(components, X_hat))
        others = (orthonormal(rng, d, k) for _ in range(50))
        least = min(float(np.sum((X - mean - (X - mean) @ Q @ Q.T) ** 2)) for Q in others)
        check(lost <= 1.0001 * least + 1e-6, f"squared error of the reconstruction: {lost:.4g}, with a subspace drawn at random {least:.4g}.")
