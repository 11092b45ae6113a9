"""Prediction"""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "Prediction: an example to do by hand",
    points=1,
    tests=["predict"],
    hint="With w = (1, 10) and b = 0.5, the example (2, 3) gives 2 + 30 + 0.5.",
)
def test_r1_example(submission):
    x = np.array([[2.0, 3.0], [0.0, -1.0]])
    assert_close(submission.predict(x, np.array([1.0, 10.0]), 0.5), np.array([32.5, -9.5]), name="y", axes="N")
