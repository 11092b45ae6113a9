"""Softmax: an example."""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "Softmax: an example",
    points=2,
    tests=["softmax"],
    hint="Two equal scores share the probability: the answer to zeros is one half each.",
)
def test_s_example(submission, reference):
    z = np.array([[0.0, 0.0], [np.log(3.0), 0.0]])
    assert_close(submission.softmax(z), reference.softmax(z), name="p", axes="N C")
