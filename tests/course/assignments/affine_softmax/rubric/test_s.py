"""Softmax."""

import numpy as np

from autograder.rubric import assert_close, assert_stable, criterion


@criterion(
    "Softmax: values",
    points=4,
    tests=["softmax"],
    hint="Divide the exponentials by their sum along each row, not over the whole array.",
)
def test_s_values(submission, reference, rng):
    for shape in ((4, 3), (1, 6), (5, 1)):
        z = rng.normal(size=shape)
        assert_close(submission.softmax(z), reference.softmax(z), name="p", axes="N C", inputs=(z,))


@criterion(
    "Softmax: large scores",
    points=4,
    tests=["softmax"],
    hint="Subtract the largest score of a row before you take exponentials, so that they cannot overflow.",
)
def test_s_stable(submission, rng):
    p = assert_stable(submission.softmax, 1000.0 * rng.normal(size=(4, 3)), name="p")
    assert np.abs(p.sum(axis=1) - 1).max() < 1e-9, "the rows do not sum to 1"
