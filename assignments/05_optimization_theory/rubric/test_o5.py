"""Curvature"""

import numpy as np

from autograder.remote import ArrayOf
from autograder.rubric import assert_array, assert_between, assert_calls, assert_close, criterion, unpack


def matrix(rng, eigenvalues):
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    return Q @ np.diag(eigenvalues) @ Q.T


def operator(submission, function, n):
    """Return a function of the examiner that takes vectors of length n, and counts its calls."""
    return submission.callback(function, takes=(ArrayOf((n,), "float"),))


@criterion(
    "hvp: the Hessian of a quartic",
    points=3,
    tests=["hvp"],
    hint="(grad(w + eps v) - grad(w - eps v)) / (2 eps). Without the minus on the other side the error is of order eps, 1e-4, not "
    "eps^2. Two gradients are enough.",
)
def test_o5_hvp(submission, rng):
    for n in (1, 3, 6):
        M = rng.normal(size=(n, n))
        M /= np.linalg.norm(M, 2)  # then the central difference is off by eps^2 = 1e-8 at most
        grad_fn = operator(submission, lambda w, M=M: M.T @ (M @ w) ** 3, n)  # of the sum of (M w)^4 / 4
        for _ in range(3):
            w, v = rng.uniform(0.5, 1, size=n), rng.normal(size=n)
            v /= np.linalg.norm(v)
            exact = M.T @ (3 * (M @ w) ** 2 * (M @ v))
            assert_close(submission.hvp(grad_fn, w, v), exact, name="Hv", axes="n", atol=1e-6)
        assert_calls(grad_fn.calls, exactly=6, name="grad_fn, for 3 products,")


def assert_eigenpair(submission, H, iters, expected):
    """Check value and vector, up to sign, and how often the operator was called."""
    n = len(H)
    multiply = operator(submission, lambda v: H @ v, n)
    lam, vec = unpack(submission.max_eig(multiply, n, iters, 3), "lam vec", of="max_eig")
    assert_calls(multiply.calls, at_most=iters + 1, name=f"hvp_fn, with iters = {iters},")
    size = abs(expected)
    assert_between(lam, expected - 1e-3 * size, expected + 1e-3 * size, name="lam")
    vec = assert_array(vec, (n,), name="vec", axes="n")
    assert_between(np.linalg.norm(vec), 0.999, 1.001, name="norm of vec")
    assert_close(H @ vec / expected, vec, name="H vec / lam", atol=3e-3)


@criterion(
    "max_eig: positive definite matrices",
    points=3,
    tests=["max_eig"],
    hint="v = H v / |H v|, iters times; then v^T H v. The vector that is returned has norm 1.",
)
def test_o5_max_eig(submission, rng):
    # The second eigenvalue is at most 0.7 of the first: after 40 turns the vector is right to 0.7^40 = 1e-6.
    for n, iters in ((1, 40), (2, 41), (5, 60), (12, 40)):
        others, largest = rng.uniform(0.1, 0.7, size=n - 1), float(rng.uniform(1, 3))
        assert_eigenpair(submission, matrix(rng, [largest, *(largest * others)]), iters, largest)


@criterion(
    "max_eig: negative, huge and tiny eigenvalues",
    points=2,
    tests=["max_eig"],
    hint="|H v| is the absolute value of the eigenvalue; its sign is in v^T H v. And normalise in every turn: 10^8 to the power of 50 "
    "is infinite.",
)
def test_o5_extremes(submission, rng):
    others = rng.uniform(-0.7, 0.7, size=4)
    for largest in (-3.0, 1e8, -1e8, 1e-8):
        H = matrix(rng, [largest, *(largest * others)])
        assert_eigenpair(submission, H, 50, largest)
