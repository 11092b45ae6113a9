"""Rates on quadratics"""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "optimal_gd: a matrix to do by hand",
    points=1,
    tests=["optimal_gd"],
    hint="Here m = 4 and L = 36. The learning rate is 2 / (L + m), the rate is (kappa - 1) / "
    "(kappa + 1) with kappa = L / m = 9.",
)
def test_o4_example_optimal(submission):
    A = np.array([[20.0, 16.0], [16.0, 20.0]])  # eigenvalues 4 and 36
    assert_close(submission.optimal_gd(A), {"lr": 0.05, "rate": 0.8}, name="optimal_gd")


@criterion(
    "optimal_heavy_ball: a matrix to do by hand",
    points=1,
    tests=["optimal_heavy_ball"],
    hint="Here m = 4, L = 36 and kappa = 9. The momentum is the SQUARE of (sqrt(kappa) - 1) / "
    "(sqrt(kappa) + 1), the rate is not.",
)
def test_o4_example_best(submission):
    A = np.array([[20.0, 16.0], [16.0, 20.0]])  # eigenvalues 4 and 36
    best = {"lr": 0.0625, "momentum": 0.25, "rate": 0.5}
    assert_close(submission.optimal_heavy_ball(A), best, name="optimal_heavy_ball")


@criterion(
    "run_heavy_ball: two steps to do by hand",
    points=1,
    tests=["run_heavy_ball"],
    hint="The first norm is that of x0, before any step, so two steps give three norms; the heavy "
    "ball starts at rest.",
)
def test_o4_example_runs(submission):
    A, x0 = np.diag([1.0, 2.0]), np.array([3.0, 4.0])
    # (3, 4); (1.5, 0), with the velocity (-1.5, -4); then (1.5 - 0.75 - 0.375, -1).
    due = np.array([5.0, 1.5, np.hypot(0.375, 1.0)])
    assert_close(submission.run_heavy_ball(A, x0, 2, 0.5, 0.25), due, name="norms")
