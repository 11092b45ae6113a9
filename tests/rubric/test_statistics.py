"""Statistical properties: no honest student fails, every mistake of the course does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.rubric import CheckFailed, assert_fraction, assert_frequencies, assert_mean, assert_variance
from autograder.rubric.statistics import log_alarm

SAYS = "a fraction p of the values is kept"


@pytest.fixture
def rng():
    """Return the generator of a test."""
    return np.random.default_rng(11)


# false alarms -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_assert_fraction_honest_draws_never_fail(rng, p, axis):
    """Two thousand honest students pass, over the whole mask and along its rows and columns."""
    for _ in range(2000):
        assert_fraction(rng.random((60, 50)) < p, p, axis=axis, name="mask", says=SAYS)


def test_assert_fraction_bound_is_that_of_six_standard_deviations():
    """The exact binomial probability of a false alarm is below that of a normal variable beyond six deviations."""
    n, p = 1000, 0.1
    log_pmf = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log(1 - p)
        for k in range(n + 1)
    ]
    alarm = 0.0
    for k in range(n + 1):
        try:
            assert_fraction(np.arange(n) < k, p, name="mask", says=SAYS)
        except CheckFailed:
            alarm += math.exp(log_pmf[k])
    assert 1e-12 < alarm < 2e-9


def test_assert_mean_honest_draws_never_fail(rng):
    """Two thousand honest students pass, all columns at once."""
    for _ in range(2000):
        assert_mean(rng.normal(2.0, 0.3, size=(100, 20)), 2.0, std=0.3, axis=0, name="z", says="the mean is mu")


@pytest.mark.parametrize(("draw", "variance", "kurtosis"), [("normal", 1.0, 3.0), ("uniform", 1 / 12, 1.8)])
def test_assert_variance_honest_draws_never_fail(rng, draw, variance, kurtosis):
    """Two thousand honest students pass, with normal and with uniform draws."""
    for _ in range(2000):
        samples = getattr(rng, draw)(size=2000)
        assert_variance(samples, variance, kurtosis=kurtosis, name="W", says="the variance is 1")


@pytest.mark.parametrize("draws", [50, 20_000])
def test_assert_frequencies_honest_draws_never_fail(rng, draws):
    """Two thousand honest students pass, also with only five draws expected of each value."""
    for _ in range(2000):
        counts = rng.multinomial(draws, [0.1] * 10)
        assert_frequencies(counts, [0.1] * 10, name="items", says="all items are equally likely")


def test_log_alarm_shares_the_probability_among_the_values():
    """Bonferroni: checking a thousand values raises the bound, from 6.4 to 7.4 deviations."""
    assert math.sqrt(2 * log_alarm()) == pytest.approx(6.44, abs=0.01)
    assert math.sqrt(2 * log_alarm(1000)) == pytest.approx(7.43, abs=0.01)


# mistakes -----------------------------------------------------------------------------------------------------


def test_assert_fraction_drop_instead_of_keep_fails(fails, rng):
    """A student reads p as the probability to drop."""
    failure = fails(assert_fraction, rng.random((100, 40)) < 0.8, 0.2, name="dropout mask", says=SAYS)
    assert failure.message == (
        "dropout mask: a fraction p of the values is kept; expected 0.2, got 0.8123 in 4000 draws "
        "(96.8 standard deviations, chance stays below 6.4)."
    )
    assert failure.kind == "statistics"
    assert failure.evidence == {"name": "dropout mask", "actual": 0.81225, "expected": 0.2, "draws": 4000}


def test_assert_fraction_one_mask_for_all_rows_fails_along_the_rows(fails, rng):
    """One mask row that is shared has the right fraction over all, and columns of zeros and ones."""
    mask = np.broadcast_to(rng.random(400) < 0.5, (200, 400))
    failure = fails(assert_fraction, mask, 0.5, axis=0, name="mask", says="a column is kept in half of the rows")
    assert "(the worst of 400) in 200 draws (14.1 standard deviations, chance stays below 7.3)." in failure.message


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_assert_fraction_certain_probability_allows_no_exception(passes, fails, p):
    """What happens always, or never, has no deviation."""
    flags = np.full(100, bool(p))
    passes(assert_fraction, flags, p, name="mask", says=SAYS)
    flags[3] = not flags[3]
    fails(assert_fraction, flags, p, name="mask", says=SAYS)


def test_assert_mean_wrong_mean_and_inflated_spread_fail(fails, rng):
    """A wrong mean fails; blowing up the draws does not hide it."""
    draws = rng.normal(1.1, 1.0, size=10_000)
    assert fails(assert_mean, draws, 1.0, std=1.0, name="z", says="the mean is mu").message == (
        "z: the mean is mu; expected 1, got 1.114 in 10000 draws (11.4 standard deviations, chance stays below 6.4)."
    )
    fails(assert_mean, np.array([1e308, 1e308]), 1.0, std=1.0, name="z", says="the mean is mu")


@pytest.mark.parametrize("factor", [0.5, math.sqrt(0.02), 2.0])
def test_assert_variance_wrong_variance_fails(fails, rng, factor):
    """A standard deviation used as a variance, a wrong fan: too little and too much."""
    w = factor * rng.normal(size=(256, 128))
    failure = fails(assert_variance, w, 1.0, name="W", says="the variance is 2 / fan_in")
    assert failure.message.startswith("W: the variance is 2 / fan_in; expected 1, got ")


def test_assert_frequencies_draws_that_avoid_a_value_fail(fails, rng):
    """A generator that never draws the last value."""
    counts = np.bincount(rng.integers(9, size=20_000), minlength=10)
    failure = fails(assert_frequencies, counts, [0.1] * 10, name="negatives", says="all items are equally likely")
    assert failure.message == (
        "negatives: all items are equally likely; chi-square is 2227 for 20000 draws of 10 values, chance stays "
        "below 77.76. Value 9 was drawn 0 times, expected 2000."
    )


def test_assert_frequencies_impossible_value_fails(fails):
    """What has probability 0 must not be drawn at all."""
    failure = fails(assert_frequencies, np.array([50, 50, 1]), [0.5, 0.5, 0.0], name="items", says="only negatives")
    assert failure.message == "items: only negatives; 2 was drawn 1 times and cannot occur."


# answers that are no draws ------------------------------------------------------------------------------------

CALLS = {
    "fraction": lambda value: assert_fraction(value, 0.5, name="mask", says=SAYS),
    "mean": lambda value: assert_mean(value, 0.0, std=1.0, name="z", says="the mean is 0"),
    "variance": lambda value: assert_variance(value, 1.0, name="z", says="the variance is 1"),
    "frequencies": lambda value: assert_frequencies(value, [0.5, 0.5], name="items", says="a fair coin"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("value", [None, [], ["a"] * 100, "x", np.empty((0, 3)), np.full(100, "a"), np.full(100, None)])
def test_statistics_value_that_holds_no_draws_fails(fails, call, value):
    """Nothing, an empty array, a list, text and objects are no draws."""
    assert fails(call, value).kind in ("type", "shape")


@pytest.mark.parametrize("call", [CALLS["mean"], CALLS["variance"]])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_statistics_draws_that_are_not_finite_fail(fails, rng, call, value):
    """One NaN among the draws is not averaged away."""
    draws = rng.normal(size=1000)
    draws[17] = value
    assert fails(call, draws).message == "z: 1 of 1000 values are not finite."


def test_statistics_too_few_draws_fail(fails):
    """Where no answer could fail, none passes: the submission may have chosen how many draws there are."""
    assert fails(CALLS["fraction"], np.array([True, False])).message == (
        "mask: 2 draws are too few to tell right from wrong."
    )
    assert fails(CALLS["variance"], np.array([1.0])).message == "z: 1 draw is too few to tell a variance."
    assert fails(CALLS["variance"], np.array([1.0, -1.0])).message == (
        "z: 2 draws are too few to tell right from wrong."
    )
    assert fails(CALLS["frequencies"], np.array([2, 2])).message == (
        "items: 4 draws are too few to tell right from wrong."
    )


@pytest.mark.parametrize(
    ("call", "value", "message", "kind"),
    [
        ("fraction", np.full(100, 0.5), "mask: expected booleans, got float64.", "type"),
        ("mean", np.full(100, 1j), "z: expected real numbers, got complex128.", "type"),
        ("frequencies", np.array([50, 50, 0]), "items: expected 2 counts, got shape (3,).", "shape"),
        ("frequencies", np.array([50.5, 49.5]), "items: expected counts, got float64.", "type"),
        ("frequencies", np.array([120, -20]), "items: expected counts, got int64.", "type"),
    ],
)
def test_statistics_draws_of_the_wrong_kind_fail(fails, call, value, message, kind):
    """Draws of another kind or shape are told as that."""
    failure = fails(CALLS[call], value)
    assert (failure.message, failure.kind) == (message, kind)


def test_statistics_axis_that_the_answer_does_not_have_fails(fails):
    """A submission that returns fewer axes fails; it does not break the rubric."""
    failure = fails(assert_mean, np.zeros(1000), 0.0, std=1.0, axis=1, name="z", says="the mean is 0")
    assert failure.message == "z: expected draws along axis 1, got shape (1000,)."
