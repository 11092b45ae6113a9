"""Curvature"""

import numpy as np

from autograder.rubric import assert_array, assert_between, assert_close, criterion, unpack


@criterion(
    "hvp: a quadratic to do by hand",
    points=1,
    tests=["hvp"],
    hint="The difference of two gradients, divided by their distance: 2 * eps.",
)
def test_o5_example_hvp(submission):
    H = np.array([[2.0, 1.0], [1.0, 3.0]])
    Hv = submission.hvp(lambda w: H @ w, np.array([5.0, -7.0]), np.array([1.0, 2.0]))
    # In float32 a difference over 2e-4 is rounded to some 0.01.
    assert_close(Hv, np.array([4.0, 7.0]), name="Hv", axes="n", atol=0.05)


@criterion(
    "max_eig: the largest eigenvalue of a diagonal matrix",
    points=1,
    tests=["max_eig"],
    hint="Multiply and normalise, again and again; the eigenvalue is v^T H v of the last v, with "
    "its sign.",
)
def test_o5_example_eig(submission):
    H = np.diag([1.0, -5.0, 2.0])
    lam, vec = unpack(submission.max_eig(lambda v: H @ v, 3), "lam vec", of="max_eig")
    assert_between(lam, -5.001, -4.999, name="lam")
    vec = assert_array(vec, (3,), name="vec", axes="n")
    assert_close(np.abs(vec), np.array([0.0, 1.0, 0.0]), name="|vec|", axes="n", atol=1e-3)
