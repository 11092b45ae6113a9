"""Bounds, rates and orders: the right ones pass, neighbours fail, and nothing that is no number passes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.rubric import assert_between, assert_order, assert_rate

CALLS = {
    "between": lambda value: assert_between(value, -math.inf, math.inf, name="x"),
    "rate": lambda value: assert_rate(value, 0.5, window=(0, 1), name="x"),
    "order": lambda value: assert_order(value, [0.2, 0.1], 2, name="x"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "value",
    [None, [], "x", np.empty((0, 2)), np.array([np.nan, 1.0]), np.array([np.inf, 1.0]), np.array([None, None])],
)
def test_rates_value_without_finite_numbers_fails(fails, call, value):
    """NaN is not outside any bounds, so it is asked for first."""
    assert fails(call, value).kind in ("type", "shape", "NaN")


def test_assert_between_includes_its_bounds(passes, fails):
    """A number on the bound passes, one beyond it fails."""
    passes(assert_between, 3.8, 3.8, 4.2, name="ratio")
    passes(assert_between, np.array([0, 1]), 0, 1, name="iou")
    assert fails(assert_between, 4.3, 3.8, 4.2, name="ratio").message == "ratio: got 4.3, expected 3.8 to 4.2."
    assert fails(assert_between, -1, 0, math.inf, name="KL").message == "KL: got -1, expected at least 0."
    assert fails(assert_between, 2, -math.inf, 1, name="KL").message == "KL: got 2, expected at most 1."


def test_assert_between_worst_value_of_an_array_is_told(fails):
    """Of several values the one that is furthest out."""
    failure = fails(assert_between, np.array([[0.5, -3.0], [1.5, 0.0]]), 0, 1, name="iou")
    assert failure.message == "iou: 2 of 4 values are outside 0 to 1; the worst is -3 at [0, 1]."
    assert failure.evidence["mismatched"] == 2


def heavy_ball(condition, steps):
    """Norms of heavy ball on a quadratic: the rate of the theory times a polynomial factor."""
    root = math.sqrt(condition)
    rate = (root - 1) / (root + 1)
    return rate, (1 + np.arange(steps)) * rate ** np.arange(steps)


def test_assert_rate_heavy_ball_within_its_window_passes(passes, fails):
    """The polynomial factor leaves 2 % over a late window, and much more over the first steps."""
    rate, norms = heavy_ball(100, 200)
    passes(assert_rate, norms, rate, window=(100, 199))
    fails(assert_rate, norms, rate, window=(0, 20))


def test_assert_rate_wrong_rate_fails(fails):
    """A neighbouring method has another rate."""
    failure = fails(assert_rate, 0.9802 ** np.arange(300), 0.9048, window=(100, 299), tolerance=1e-4, name="gd")
    assert failure.message == "gd: got 0.9802 per step over steps 100 to 299, expected 0.9048 (within 0.01 %)."


@pytest.mark.parametrize(
    ("norms", "message"),
    [
        (np.ones(10), "rate: expected at least 20 norms, got shape (10,)."),
        (np.ones((20, 1)), "rate: expected at least 20 norms, got shape (20, 1)."),
        (np.zeros(20), "rate: norms must be above 0, got 0."),
    ],
)
def test_assert_rate_norms_that_cannot_be_measured_fail(fails, norms, message):
    """Too few norms, another shape, and zeros."""
    assert fails(assert_rate, norms, 0.5, window=(5, 19)).message == message


def test_assert_order_first_order_instead_of_second_fails(passes, fails):
    """An energy drift of leapfrog falls by four when the step halves, that of Euler by two."""
    passes(assert_order, np.array([4.001e-4, 1e-4]), [0.02, 0.01], 2, name="drift")
    failure = fails(assert_order, [4e-4, 1e-4, 0.5e-4], [0.02, 0.01, 0.005], 2, name="drift")
    assert failure.message == "drift: it shrinks 2 times from step 0.01 to 0.005, expected 4 times (order 2)."


def test_assert_order_zero_error_or_other_shape_fails(fails):
    """No order can be told from zeros, and there is one error for each step."""
    assert fails(assert_order, [0.0, 0.0], [0.2, 0.1], 2).message == "error is 0, an order cannot be told from it."
    assert fails(assert_order, [1.0], [0.2, 0.1], 2).message == "error: expected 2 errors, got shape (1,)."
