"""Prediction"""

import pytest

from autograder.rubric import assert_close, criterion


@criterion(
    "Prediction: values",
    points=4,
    tests=["predict"],
    hint="One number per example: the sum over the features of x times w, plus b.",
)
@pytest.mark.parametrize(("n", "d"), [(5, 3), (1, 4), (4, 1), (3, 3)])  # a batch of one, one feature, a square
def test_r1_values(submission, reference, rng, n, d):
    x, w, b = rng.normal(size=(n, d)), rng.normal(size=d), float(rng.normal())
    assert_close(submission.predict(x, w, b), reference.predict(x, w, b), name="y", axes="N", inputs=(x, w))
