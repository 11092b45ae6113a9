"""Training outcomes: enough runs must reach the bar, and no more runs are made than the verdict needs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.rubric import assert_trains


def scores(*values):
    """Make a training that returns these scores, one for each seed, and remembers which it was asked for."""

    def train(seed):
        train.asked.append(seed)
        return values[seed]

    train.asked = []
    return train


def test_assert_trains_all_runs_reach_the_bar_passes(passes):
    """By default every run must reach the bar, the bar itself included."""
    train = scores(0.95, 0.99)
    passes(assert_trains, train, bar=0.95, seeds=(0, 1))
    assert train.asked == [0, 1]


def test_assert_trains_some_runs_are_enough_and_the_rest_is_not_made(passes):
    """When the verdict is certain, no more time is spent."""
    train = scores(0.2, 0.99, 0.97, 0.98)
    passes(assert_trains, train, bar=0.95, seeds=(0, 1, 2, 3), must_reach=2)
    assert train.asked == [0, 1, 2]


def test_assert_trains_too_few_runs_fail_with_the_scores(fails):
    """The failure tells the scores and what was needed, and ends as soon as it is certain."""
    train = scores(0.61, 0.97, 0.52, 0.99)
    failure = fails(assert_trains, train, bar=0.95, seeds=(0, 1, 2, 3), must_reach=3)
    assert failure.message == "accuracy: got 0.61, 0.97, 0.52; at least 0.95 is needed in 3 of 4 runs."
    assert failure.kind == "training"
    assert train.asked == [0, 1, 2]


def test_assert_trains_loss_must_stay_below_the_bar(passes, fails):
    """For a loss less is better."""
    passes(assert_trains, scores(5.2, 4.7), bar=6.5, seeds=(0, 1), higher_is_better=False)
    failure = fails(assert_trains, scores(7.0, 4.7), bar=6.5, seeds=(0, 1), higher_is_better=False, name="loss")
    assert failure.message == "loss: got 7; at most 6.5 is needed in 2 of 2 runs."


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (math.nan, "accuracy is nan, expected a finite number."),
        (math.inf, "accuracy is inf, expected a finite number."),
        (None, "accuracy: expected a number, got None. Is a `return` missing?"),
        ([0.99, 0.98], "accuracy: expected a number, got a list of 2."),
        (np.array([0.99, 1]), "accuracy: expected a number, got an array of shape (2,) and dtype float64."),
        (True, "accuracy: expected a number, got the number True."),
    ],
)
@pytest.mark.parametrize("higher_is_better", [True, False])
def test_assert_trains_score_that_is_no_number_fails(fails, score, message, higher_is_better):
    """NaN is neither at least nor at most anything."""
    failure = fails(assert_trains, lambda seed: score, bar=0.5, seeds=(0,), higher_is_better=higher_is_better)
    assert failure.message == message
