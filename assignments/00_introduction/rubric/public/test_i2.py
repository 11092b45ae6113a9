"""One-hot and negative log-likelihood."""

import numpy as np

from autograder.rubric import assert_close, criterion


@criterion(
    "One-hot and log-likelihood: an example",
    points=2,
    tests=["one_hot", "nll"],
    hint="Of each row only the probability of the true class counts; take minus its logarithm, then the mean over "
    "the rows.",
)
def test_i2_example(submission, reference, rng):
    y = np.array([2, 0])
    rows = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    assert_close(submission.one_hot(y, 3), rows.astype(np.float32), name="one_hot")
    y_pred = np.array([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]])
    assert_close(submission.nll(rows, y_pred), 1.5 * np.log(2), name="nll")
    assert_close(submission.nll(rows[0], y_pred[0]), 2 * np.log(2), name="nll of a single example")
    y_pred = rng.dirichlet(np.full(3, 5.0), 2)
    assert_close(submission.nll(rows, y_pred), reference.nll(rows, y_pred), name="nll")
