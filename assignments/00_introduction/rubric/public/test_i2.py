"""One-hot and negative log-likelihood."""

import numpy as np

from autograder.rubric import assert_close, criterion

ROWS = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])


@criterion(
    "One-hot: an example",
    points=1,
    tests=["one_hot"],
    hint="Label 2 of 3 classes is the row 0, 0, 1; with 4 classes it has one more column.",
)
def test_i2_one_hot_example(submission):
    y = np.array([2, 0])
    assert_close(submission.one_hot(y, 3), ROWS.astype(np.float32), name="one_hot")
    wider = np.hstack([ROWS, np.zeros((2, 1))]).astype(np.float32)
    assert_close(submission.one_hot(y, 4), wider, name="one_hot with 4 classes")


@criterion(
    "Log-likelihood: an example",
    points=1,
    tests=["nll"],
    hint="Of each row only the probability of the true class counts; take minus its logarithm, then the mean over "
    "the rows.",
)
def test_i2_example(submission, reference, rng):
    y_pred = np.array([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]])
    assert_close(submission.nll(ROWS, y_pred), 1.5 * np.log(2), name="nll")
    assert_close(submission.nll(ROWS[0], y_pred[0]), 2 * np.log(2), name="nll of a single example")
    y_pred = rng.dirichlet(np.full(3, 5.0), 2)
    assert_close(submission.nll(ROWS, y_pred), reference.nll(ROWS, y_pred), name="nll")
