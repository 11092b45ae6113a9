"""Provided functions: an example."""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "Loss: an example", points=4, tests=["loss"], hint="Square the differences before you take their mean over samples."
)
def test_c_example(submission, reference):
    x, y, w = np.eye(2), np.array([1.0, 2.0]), np.array([0.0, 0.0])
    assert_close(submission.loss(x, y, w), reference.loss(x, y, w), name="loss")
