"""Alternating least squares"""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "als_update: three users by hand",
    points=2,
    tests=["als_update"],
    hint="With vectors of one number, p is the sum of r q over the rated items, divided by the sum of q q over the same items plus reg: "
    "2 / (1 + 1), then (4 + 12) / (1 + 9 + 1), then nothing at all.",
)
def test_r2_example(submission):
    R = np.array([[2.0, 9.0], [4.0, 4.0], [5.0, 5.0]])
    M = np.array([[True, False], [True, True], [False, False]])
    P = submission.als_update(R, M, np.array([[1.0], [3.0]]), 1.0)
    assert_close(P, np.array([[1.0], [16 / 11], [0.0]]), name="P", axes="U k")
    # With Q the identity and no penalty, a rating is explained by its own coordinate.
    P = submission.als_update(np.array([[2.0, -3.0]]), np.array([[True, True]]), np.eye(2), 0.0)
    assert_close(P, np.array([[2.0, -3.0]]), name="P for Q = the identity and reg = 0", axes="U k")
