"""Rates on quadratics"""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "optimal_gd and optimal_heavy_ball: a matrix to do by hand",
    points=1,
    tests=["optimal_gd", "optimal_heavy_ball"],
    hint="Here m = 1, L = 9 and kappa = 9. The momentum is the SQUARE of (sqrt(kappa) - 1) / (sqrt(kappa) + 1), the rate is not.",
)
def test_o4_example_optimal(submission):
    A = np.array([[5.0, 4.0], [4.0, 5.0]])  # eigenvalues 1 and 9
    assert_close(submission.optimal_gd(A), {"lr": 0.2, "rate": 0.8}, name="optimal_gd")
    best = {"lr": 0.25, "momentum": 0.25, "rate": 0.5}
    assert_close(submission.optimal_heavy_ball(A), best, name="optimal_heavy_ball")


@criterion(
    "run_gd and run_heavy_ball: two steps to do by hand",
    points=1,
    tests=["run_gd", "run_heavy_ball"],
    hint="The first norm is that of x0, before any step, so two steps give three norms; the heavy ball starts at rest.",
)
def test_o4_example_runs(submission):
    A, x0 = np.diag([1.0, 2.0]), np.array([3.0, 4.0])
    # (3, 4), (1.5, 0), (0.75, 0); with the velocity (-1.5, -4) of the first step: (3, 4), (1.5, 0), (0, -2).
    assert_close(submission.run_gd(A, x0, 2, 0.5), np.array([5.0, 1.5, 0.75]), name="norms")
    assert_close(submission.run_heavy_ball(A, x0, 2, 0.5, 0.5), np.array([5.0, 1.5, 2.0]), name="norms")
