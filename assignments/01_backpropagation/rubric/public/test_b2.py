"""Relu"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "Relu, forward: an example to do by hand",
    points=1,
    tests=["relu_forward"],
    hint="np.maximum(x, 0) compares entry by entry; np.max(x, 0) is something else: the largest "
    "entry along axis 0.",
)
def test_b2_example_forward(submission):
    x = np.array([[-2.0, -0.5, 0.5], [1.0, -1.0, 3.0]])
    out, _ = unpack(submission.relu_forward(x), "out cache", of="relu_forward")
    assert_close(out, np.array([[0.0, 0.0, 0.5], [1.0, 0.0, 3.0]]), name="out", axes="N D")


@criterion(
    "Relu, backward: an example to do by hand",
    points=1,
    tests=["relu_backward"],
    hint="The gradient passes where the input x was positive. It is not the sign of dout that "
    "decides.",
)
def test_b2_example_backward(submission):
    x = np.array([[-2.0, -0.5, 0.5], [1.0, -1.0, 3.0]])
    dout = np.array([[10.0, -20.0, -30.0], [40.0, 50.0, 60.0]])
    dx = submission.relu_backward(dout, x)
    assert_close(dx, np.array([[0.0, 0.0, -30.0], [40.0, 0.0, 60.0]]), name="dx", axes="N D")
