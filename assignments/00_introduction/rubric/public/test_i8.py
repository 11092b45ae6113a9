"""How much data does it need?"""

import numpy as np

from autograder.rubric import assert_calls, assert_close, criterion


@criterion(
    "learning_curve: an example",
    points=1,
    tests=["learning_curve"],
    hint="The classifier always answers 0: it is always right where all labels are 0, always wrong where all are 1, "
    "and nothing spreads.",
)
def test_i8_example(submission, rng):
    X = rng.normal(size=(20, 2))
    calls = []

    def always_zero(X_train, y_train, X_test):
        calls.append(len(X_train))
        return np.zeros(len(X_test), dtype=int)

    curve = submission.learning_curve(always_zero, X, np.zeros(20, dtype=int), [2, 5, 15], 2, 0)
    assert_close(curve, {"mean": np.ones(3), "std": np.zeros(3)}, name="the curve of a classifier that is always right")
    assert_calls(len(calls), exactly=6, name="fit_predict")
    curve = submission.learning_curve(always_zero, X, np.ones(20, dtype=int), [2, 5], 2, 0)
    assert_close(
        curve, {"mean": np.zeros(2), "std": np.zeros(2)}, name="the curve of a classifier that is always wrong"
    )
