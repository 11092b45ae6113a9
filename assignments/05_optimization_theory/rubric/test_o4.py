"""Rates on quadratics"""

import numpy as np

from autograder.rubric import (
    assert_array,
    assert_between,
    assert_close,
    assert_rate,
    check,
    criterion,
    is_close,
    partial,
)

SPECTRA = (
    (1.0, 9.0),
    (0.5, 1.0, 2.0),
    (0.03, 0.2, 0.9, 3.0),
    (4.0, 4.0, 4.0),
    (2.0, 5.0, 50.0, 120.0, 200.0),
)


def matrix(rng, eigenvalues):
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    A = Q @ np.diag(eigenvalues) @ Q.T
    return (A + A.T) / 2


def keep_start(kept, x0):
    """Give half of the points to right norms whose run changes its start."""
    if not is_close(kept.value(), x0):
        partial(0.5, "The norms are right, but x0 is not what it was: it belongs to the caller.")


@criterion(
    "optimal_gd: learning rate and rate",
    points=1,
    tests=["optimal_gd"],
    hint="lr = 2 / (L + m) with the largest and smallest eigenvalue of A itself; 1 / L is safe but "
    "slower. A need not be diagonal.",
)
def test_o4_optimal_gd(submission, reference, rng):
    for spectrum in SPECTRA:
        A = matrix(rng, spectrum)
        assert_close(
            submission.optimal_gd(A),
            reference.optimal_gd(A),
            name=f"optimal_gd for eigenvalues {spectrum}",
        )


@criterion(
    "optimal_heavy_ball: learning rate, momentum and rate",
    points=2,
    tests=["optimal_heavy_ball"],
    hint="kappa is L / m of A, not of A^T A; the momentum is ((sqrt(kappa) - 1) / (sqrt(kappa) + "
    "1)) squared, and the rate its root.",
)
def test_o4_optimal_heavy_ball(submission, reference, rng):
    for spectrum in SPECTRA:
        A = matrix(rng, spectrum)
        best = reference.optimal_heavy_ball(A)
        assert_close(
            submission.optimal_heavy_ball(A),
            best,
            name=f"optimal_heavy_ball for eigenvalues {spectrum}",
        )


@criterion(
    "run_gd: path, rate and divergence",
    points=2,
    tests=["run_gd"],
    hint="x - lr * A x. With the best learning rate the norms shrink by (kappa - 1) / (kappa + 1) "
    "per step in the end; above 2 / L they grow. x0 stays as it is, so no x -= ... before there is "
    "an x of your own.",
)
def test_o4_gd(submission, reference, rng):
    for spectrum in SPECTRA:
        A, x0, lr = (
            matrix(rng, spectrum),
            rng.normal(size=len(spectrum)),
            float(rng.uniform(0.2, 1)) / spectrum[-1],
        )
        for n in (0, 1, 8):
            assert_close(
                submission.run_gd(A, x0, n, lr),
                reference.run_gd(A, x0, n, lr),
                name="norms",
                axes="n+1",
            )

    kept, start = submission.lend(x0), x0
    submission.run_gd(A, kept, 8, lr)

    A, x0 = matrix(rng, (1.0, 10.0, 30.0, 100.0)), np.ones(4)
    best = reference.optimal_gd(A)
    norms = assert_array(submission.run_gd(A, x0, 1000, best["lr"]), (1001,), name="norms")
    assert_rate(norms, best["rate"], window=(500, 1000), tolerance=1e-4)  # 0.980198
    norms = assert_array(submission.run_gd(A, x0, 200, 2.1 / 100), (201,), name="norms")
    check(
        bool(norms[200] > 1e3 * norms[0]),
        "norms: with a learning rate above 2 / L they must grow without end.",
    )
    keep_start(kept, start)


@criterion(
    "run_heavy_ball: path and rate",
    points=2,
    tests=["run_heavy_ball"],
    hint="x_{k+1} = x_k - lr * A x_k + momentum * (x_k - x_{k-1}), from rest. The gradient is "
    "taken at x_k: at the look-ahead point it would be Nesterov's method, which has nearly the "
    "same rate and another path. x0 stays as it is.",
)
def test_o4_heavy_ball(submission, reference, rng):
    for spectrum in SPECTRA:
        A, x0 = matrix(rng, spectrum), rng.normal(size=len(spectrum))
        lr, momentum = float(rng.uniform(0.2, 1)) / spectrum[-1], float(rng.uniform(0.3, 0.9))
        for n in (0, 1, 8):
            norms = submission.run_heavy_ball(A, x0, n, lr, momentum)
            assert_close(
                norms, reference.run_heavy_ball(A, x0, n, lr, momentum), name="norms", axes="n+1"
            )

    kept, start = submission.lend(x0), x0
    submission.run_heavy_ball(A, kept, 8, lr, momentum)

    A, x0 = matrix(rng, (1.0, 10.0, 30.0, 100.0)), np.ones(4)
    best = reference.optimal_heavy_ball(A)
    norms = assert_array(
        submission.run_heavy_ball(A, x0, 200, best["lr"], best["momentum"]), (201,), name="norms"
    )
    # Two equal eigenvalues of the step bring a factor k: (200 / 100)^(1 / 100) is 0.7 %.
    assert_rate(norms, best["rate"], window=(100, 200), tolerance=0.02)  # 0.8182
    keep_start(kept, start)


@criterion(
    "run_sgd: the noise floor",
    points=2,
    tests=["run_sgd"],
    hint="Every gradient gets noise of its own, multiplied by the learning rate as the gradient "
    "is; without noise it is run_gd. All of it comes from the rng that you are given, and x0 stays "
    "as it is.",
)
def test_o4_noise(submission, reference, rng):
    A, x0 = matrix(rng, (1.0, 3.0)), rng.normal(size=2)
    quiet = submission.run_sgd(A, x0, 8, 0.3, 0.0, submission.rng(1))
    assert_close(quiet, reference.run_gd(A, x0, 8, 0.3), name="norms without noise")

    first, again, other = (
        submission.run_sgd(A, x0, 8, 0.3, 0.5, submission.rng(seed)) for seed in (1, 1, 2)
    )
    assert_close(
        again,
        assert_array(first, (9,), name="norms"),
        name="norms with a generator in the same state",
    )
    check(
        not np.allclose(assert_array(other, (9,), name="norms"), first),
        "norms: another generator gives the same.",
    )

    # 200 directions and 400 steps, of which each forgets the one before: 0.7 to 1.1 % is one
    # standard deviation of the mean.
    for lr, curvature, noise in ((0.5, 1.0, 1.0), (0.2, 2.0, 0.5)):
        norms = submission.run_sgd(
            curvature * np.eye(200),
            np.zeros(200),
            450,
            lr,
            noise,
            submission.rng(int(rng.integers(10**9))),
        )
        floor = np.mean(assert_array(norms, (451,), name="norms")[51:].astype(float) ** 2) / 200
        due = lr * noise**2 / (curvature * (2 - lr * curvature))
        assert_between(
            floor / due, 0.92, 1.08, name="mean square of an entry, as a multiple of its theory"
        )

    kept = submission.lend(x0)
    submission.run_sgd(A, kept, 8, 0.3, 0.5, submission.rng(1))
    keep_start(kept, x0)
