"""Affine layer: an example."""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "Affine layer: an example",
    points=3,
    tests=["affine_forward"],
    hint="Compare with the example by hand: two samples, two features, one output.",
)
def test_a_example(submission, reference):
    x, w, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0], [1.0]]), np.array([0.5])
    out, _ = unpack(submission.affine_forward.keep(x, w, b), "out cache", of="affine_forward")
    assert_close(out.value(), reference.affine_forward(x, w, b)[0], name="out", axes="N M")
