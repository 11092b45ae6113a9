"""Answers that are right in part: what counts as a multiple, another direction, and a right part."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.rubric import Partial, count_close, has_other_direction, is_multiple, partial_for_close

X = np.arange(1.0, 7.0).reshape(2, 3)
#: Answers that are no numbers, or no single one.
ODD = [None, "2", [], {}, object(), np.array(["2"]), X, float("nan")]


@pytest.mark.parametrize(
    ("actual", "is_one"),
    [
        ([1.0, 2.0, 4.0], True),
        ([0.5, 1.0, 2.0], True),
        ([np.float32(3), [6.0], np.array([12])], True),
        ([2.0, 6.0, 16.0], True),
        ([-1.0, -2.0, -4.0], False),
        ([0.0, 0.0, 0.0], False),
        ([1.0, 2.0, 5.0], False),
        ([1.0, 2.0], False),
        (3.0, False),
    ],
)
def test_is_multiple_knows_one_positive_factor_and_the_factors_that_are_named(tally, actual, is_one):
    """A factor common to all numbers, or the given ones; nothing else, and no check is counted."""
    assert is_multiple(actual, [1.0, 2.0, 4.0], [2, 3, 4]) is is_one
    assert (tally.checks, tally.failures, tally.notes) == (0, [], [])


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_answers_are_no_multiple_and_have_no_direction(odd):
    """Whatever a submission returns, a question is answered and nothing is raised."""
    assert not is_multiple([odd, 2.0], [1.0, 2.0])
    assert not is_multiple([1.0, odd], [1.0, 2.0])
    assert not is_multiple(odd, [1.0, 2.0])
    assert not has_other_direction(odd, np.ones((4, 4)))


def test_direction_is_the_same_for_multiples_alone():
    """A gradient that only grows or changes its sign has the direction that it had; zeros have none."""
    assert has_other_direction(X, X**2)
    assert has_other_direction(X.tolist(), X**2)
    for same in (3 * X, -X, 0 * X):
        assert not has_other_direction(X, same)
    assert not has_other_direction(np.full(3, 1e300), np.full(3, 1e300))


@pytest.mark.parametrize(
    ("actual", "right"),
    [((X, X), 1), ([X, X + 1], 2), ((X + 1, X), 0), ((X,), 0), (None, 0), (X, 0), ((X, "x"), 1)],
    ids=range(7),
)
def test_count_close_counts_right_parts(actual, right):
    """A part is right where `is_close` says so; another number of parts has no right one."""
    assert count_close(actual, (X, X + 1)) == right


def test_partial_for_close_pays_parts_that_are_right_for_every_draw():
    """The second part is right once and wrong once, so that two of three are paid."""
    due = [(X, X + 1, X + 2)] * 2
    with pytest.raises(Partial) as caught:
        partial_for_close([due[0], (X, X, X + 2)], due, [(X,), (X,)], name="dx dw db")
    assert caught.value.fraction == pytest.approx(2 / 3)
    assert caught.value.reason == "Right: dx, db."


@pytest.mark.parametrize("answers", [[(X, X + 1)], [(X + 1, X)], [None], [(X,)], []], ids=range(5))
def test_partial_for_close_leaves_all_and_nothing_to_the_checks(answers):
    """Where all parts are right, or none is, the comparison that follows says so."""
    partial_for_close(answers, [(X, X + 1)] * len(answers), name="dx dw")
