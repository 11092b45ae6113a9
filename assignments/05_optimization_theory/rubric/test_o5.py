"""Curvature"""

import numpy as np

from autograder.remote import ArrayOf
from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_between,
    assert_calls,
    assert_close,
    criterion,
    partial,
    unpack,
)


def rotation(rng, n):
    """Return a random orthogonal matrix."""
    return np.linalg.qr(rng.normal(size=(n, n)))[0]


def matrix(rng, eigenvalues):
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    Q = rotation(rng, len(eigenvalues))
    return Q @ np.diag(eigenvalues) @ Q.T


def operator(submission, function, n):
    """Return a function of the examiner that takes vectors of length n, and counts its calls."""
    return submission.callback(function, takes=(ArrayOf((n,), "float"),))


@criterion(
    "hvp: the Hessian of a wavy landscape",
    points=4,
    tests=["hvp"],
    hint="(grad(w + eps v) - grad(w - eps v)) / (2 eps). Without the minus on the other side the "
    "error is of order eps, 1e-4, not eps^2. Two gradients are enough.",
)
def test_o5_hvp(submission, rng):
    # Waves so short that a one-sided difference is off by 1 % or so, a central one by 0.02 %; the
    # rounding of float32 is far below that.
    waves, asked = 300.0, 0
    for n in (1, 3, 6):
        Q = rotation(rng, n)
        grad_fn = operator(submission, lambda w, Q=Q: Q.T @ np.sin(waves * (Q @ w)), n)
        for settings in ((), (), (5e-5,)):
            phase, sign = rng.uniform(0.8, 1.2, size=n), rng.choice([-1.0, 1.0], size=n)
            w, v = Q.T @ phase / waves, Q.T @ sign / np.sqrt(n)
            exact = waves * Q.T @ (np.cos(phase) * (Q @ v))
            assert_close(
                submission.hvp(grad_fn, w, v, *settings), exact, name="Hv", axes="n", rtol=3e-3
            )
        asked += grad_fn.calls
    try:
        assert_calls(asked, exactly=18, name="grad_fn, for 9 products,")
    except CheckFailed as failed:
        partial(1 / 3, f"The products are right. {failed.message}")


def find_pair(submission, H, iters, expected):
    """Check the eigenvalue, and return the vector and the number of products."""
    n = len(H)
    multiply = operator(submission, lambda v: H @ v, n)
    lam, vec = unpack(submission.max_eig(multiply, n, iters, 3), "lam vec", of="max_eig")
    size = abs(expected)
    assert_between(lam, expected - 1e-3 * size, expected + 1e-3 * size, name="lam")
    return vec, multiply.calls


@criterion(
    "max_eig: positive definite matrices",
    points=2,
    tests=["max_eig"],
    hint="v = H v / |H v|, iters times; then v^T H v. The vector that is returned has norm 1, and "
    "hvp_fn is asked iters + 1 times at most.",
)
def test_o5_max_eig(submission, rng):
    found = []
    # The second eigenvalue is at most 0.7 of the first: after 40 turns the vector is right to
    # 0.7^40 = 1e-6.
    for n, iters in ((1, 40), (2, 41), (5, 60), (12, 40)):
        others, largest = rng.uniform(0.1, 0.7, size=n - 1), float(rng.uniform(1, 3))
        H = matrix(rng, [largest, *(largest * others)])
        found.append((H / largest, iters, *find_pair(submission, H, iters, largest)))
    try:
        for H, _, vec, _ in found:
            vec = assert_array(vec, (len(H),), name="vec", axes="n")
            assert_between(np.linalg.norm(vec), 0.999, 1.001, name="norm of vec")
            assert_close(H @ vec, vec, name="H vec / lam", atol=3e-3)
    except CheckFailed as failed:
        partial(0.5, f"The eigenvalues are right, the vectors are not: {failed.message}")
    try:
        for _, iters, _, calls in found:
            assert_calls(calls, at_most=iters + 1, name=f"hvp_fn, with iters = {iters},")
    except CheckFailed as failed:
        partial(2 / 3, f"Eigenvalues and vectors are right. {failed.message}")


@criterion(
    "max_eig: negative, huge and tiny eigenvalues",
    points=2,
    tests=["max_eig"],
    hint="|H v| is the absolute value of the eigenvalue; its sign is in v^T H v. And normalise in "
    "every turn: 10^8 to the power of 50 is infinite.",
)
def test_o5_extremes(submission, rng):
    others = rng.uniform(-0.7, 0.7, size=4)
    for largest in (-3.0, 1e8, -1e8, 1e-4):
        find_pair(submission, matrix(rng, [largest, *(largest * others)]), 50, largest)
