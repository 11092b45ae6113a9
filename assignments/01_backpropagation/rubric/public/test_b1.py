"""Affine layer"""

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion, unpack

# One image of 2 x 2 pixels (so N = 1, D = 4), two outputs.
X = np.array([[[1.0, 2.0], [3.0, 4.0]]])
W = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, -1.0]])
B = np.array([10.0, 20.0])
PARTS = ("dx", "dw", "db")


@criterion(
    "Affine layer, forward: an example to do by hand",
    points=1,
    tests=["affine_forward"],
    hint="Each example is flattened to one row: x.reshape(N, -1) keeps the first axis and merges "
    "all the others.",
)
def test_b1_example_forward(submission, reference, rng):
    out, _ = unpack(submission.affine_forward(X, W, B), "out cache", of="affine_forward")
    assert_close(out, np.array([[1 + 3 + 10.0, 2 + 3 - 4 + 20.0]]), name="out", axes="N M")

    x, w, b = rng.normal(size=(5, 3)), rng.normal(size=(3, 4)), rng.normal(size=4)
    out, _ = unpack(submission.affine_forward(x, w, b), "out cache", of="affine_forward")
    assert_close(out, reference.affine_forward(x, w, b)[0], name="out", axes="N M", inputs=(x, w, b))


@pytest.mark.parametrize("part", PARTS)
@criterion(
    "Affine layer, backward: an example to do by hand",
    points=1,
    tests=["affine_backward"],
    hint="dx, dw and db count a third each. Compare every shape first: dx must look like x, dw like "
    "w and db like b. The product that gives the shape of w is nearly always the right one.",
)
def test_b1_example_backward(submission, reference, rng, part):
    i = PARTS.index(part)
    dout = np.array([[1.0, -1.0]])
    expected = (
        np.array([[[1.0, -1.0], [0.0, 1.0]]]),  # dx: dout times the rows of w, in the shape of x
        np.array([[1.0, -1.0], [2.0, -2.0], [3.0, -3.0], [4.0, -4.0]]),  # dw: every pixel times dout
        np.array([1.0, -1.0]),  # db
    )
    actual = unpack(submission.affine_backward(dout, (X, W, B)), "dx dw db", of="affine_backward")
    assert_close(actual[i], expected[i], name=part, axes=("N H W", "D M", "M")[i])

    cache = (rng.normal(size=(5, 3)), rng.normal(size=(3, 4)), rng.normal(size=4))
    dout = rng.normal(size=(5, 4))
    expected = reference.affine_backward(dout, cache)
    actual = unpack(submission.affine_backward(dout, cache), "dx dw db", of="affine_backward")
    assert_close(actual[i], expected[i], name=part, axes=("N D", "D M", "M")[i], inputs=cache)
