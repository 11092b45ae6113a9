"""PCA, the linear auto-encoder"""

import numpy as np

from autograder.rubric import CheckFailed, assert_array, assert_close, check, criterion, is_close, partial, unpack

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
    right = {"the mean": True, "the variances": True, "the directions": True}
    failure = None
    for n, d, k in CASES:
        X, mean, directions, variances = draw(rng, n, d)
        components, explained, centre = fit(submission, X, k)
        projector = directions[:k].T @ directions[:k]  # the same, whatever the signs are
        try:
            assert_close(centre, mean, name="mean", axes="d", inputs=(X,))
            assert_close(explained, variances[:k], name="explained_variance", axes="k", inputs=(X,))
            assert_close(components.T @ components, projector, name="components^T components", axes="d d", inputs=(components,))
            each = np.abs(np.sum(components * directions[:k], axis=1))
            assert_close(each, np.ones(k), name="cosines of the components with the true directions", inputs=(components,))
        except CheckFailed as failed:
            failure = failure or failed
            each = np.abs(np.sum(components * directions[:k], axis=1))
            right["the mean"] &= is_close(centre, mean)
            right["the variances"] &= is_close(explained, variances[:k])
            right["the directions"] &= is_close(components.T @ components, projector) and is_close(each, np.ones(k))
    if failure is not None:
        earned = sum(share for name, share in (("the mean", 0.25), ("the variances", 0.25), ("the directions", 0.5)) if right[name])
        if not earned:
            raise failure
        told = " and ".join(name for name, is_right in right.items() if is_right)
        partial(earned, f"Right: {told}. {failure.message}")


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
    "pca: the best there is",
    points=1,
    tests=["pca"],
    hint="Rows are orthonormal; what is lost is the sum of the variances that were left out, times n - 1; with all components nothing is "
    "lost; and no other subspace of k dimensions loses less.",
)
def test_g1_properties(submission, reference, rng):
    for n, d, k in ((25, 6, 2), (12, 4, 4), (6, 8, 3)):
        X, mean, _, variances = draw(rng, n, d)
        components, _, centre = fit(submission, X, k)
        assert_close(components @ components.T, np.eye(k), name="components components^T", axes="k k", inputs=(components,))
        X_hat = reference.reconstruct(X, components, assert_array(centre, (d,), name="mean"))
        lost = float(np.sum((X - X_hat) ** 2))
        due = (n - 1) * float(variances[k:].sum())
        assert_close(lost, due, name="squared error of the reconstruction", inputs=(components, X_hat))
        others = (orthonormal(rng, d, k) for _ in range(50))
        least = min(float(np.sum((X - mean - (X - mean) @ Q @ Q.T) ** 2)) for Q in others)
        check(lost <= 1.0001 * least + 1e-6, f"squared error of the reconstruction: {lost:.4g}, with a subspace drawn at random {least:.4g}.")


@criterion(
    "reconstruct: a projection",
    points=1,
    tests=["reconstruct"],
    hint="What was reconstructed once lies in the subspace, so that a second time changes nothing; the farther apart two examples are along "
    "a component, the farther apart their reconstructions are.",
)
def test_g1_projection(submission, rng):
    X, components = rng.normal(size=(9, 5)), orthonormal(rng, 5, 2).T
    zero = np.zeros(5)
    once = assert_array(submission.reconstruct(X, components, zero), (9, 5), name="X_hat", axes="n d")
    assert_close(submission.reconstruct(once, components, zero), once, name="X_hat of X_hat, for a mean of 0", axes="n d")
    moved = assert_array(submission.reconstruct(X + 2 * components[0], components, zero), (9, 5), name="X_hat", axes="n d")
    assert_close(moved - once, np.tile(2 * components[0], (9, 1)), name="how far X_hat moves with X along a component", axes="n d")
