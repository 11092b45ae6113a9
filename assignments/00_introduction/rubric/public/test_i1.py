"""Stable activations."""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "Sigmoid: an example",
    points=1,
    tests=["sigmoid"],
    hint="With exp(-log 3) = 1/3, the sigmoid of log 3 is 1 / (1 + 1/3) = 3/4.",
)
def test_i1_sigmoid_example(submission, reference, rng):
    assert_close(submission.sigmoid(np.array([0.0, np.log(3.0)])), np.array([0.5, 0.75]), name="sigmoid(z)")
    z = rng.normal(0, 2, (3, 4))
    assert_close(submission.sigmoid(z), reference.sigmoid(z), name="sigmoid(z)")


@criterion(
    "Softmax: an example",
    points=1,
    tests=["softmax"],
    hint="Compute the two rows by hand: each row is a distribution of its own, and along axis 0 each column is.",
)
def test_i1_example(submission, reference, rng):
    z = np.log([[1.0, 3.0], [2.0, 2.0]])
    assert_close(submission.softmax(z), np.array([[0.25, 0.75], [0.5, 0.5]]), name="softmax(z)")
    assert_close(submission.softmax(z, 0), np.array([[1 / 3, 0.6], [2 / 3, 0.4]]), name="softmax(z, axis=0)")
    z = rng.normal(0, 2, (3, 4))
    assert_close(submission.softmax(z), reference.softmax(z), name="softmax(z)")
