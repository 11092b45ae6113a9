"""Gradient descent"""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "Gradient descent: a step to do by hand",
    points=1,
    tests=["fit"],
    provided=["loss_and_gradient"],
    hint="From w = 0 and b = 0 the gradients are -12 for w and -6 for b; a step goes the other way.",
)
def test_r3_example(submission, reference):
    x, y = np.array([[2.0], [2.0]]), np.array([3.0, 3.0])
    assert_close(submission.fit(x, y, 0.1, 1), reference.fit(x, y, 0.1, 1), name="w b", axes="D; ")
