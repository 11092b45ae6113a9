"""Work: loops over the input are found by what they execute, and calls are counted outside."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from autograder.rubric import assert_calls, assert_linear, assert_vectorised, work_of


def arguments(n):
    """Return arguments with n rows."""
    return (np.zeros((n, 3)),)


@pytest.fixture
def working(local):
    """Make a function whose work is a given function of the number of rows."""
    return lambda lines, turns=lambda n: 0: local(
        lambda x: x, name="conv_forward", work=lambda x: (lines(len(x)), turns(len(x)))
    )


def test_assert_vectorised_constant_work_passes(passes, working):
    """The same lines for every size, and a few that depend on the values."""
    passes(assert_vectorised, (working(lambda n: 12), arguments), sizes=(8, 16, 32))
    passes(assert_vectorised, (working(lambda n: 20 + n % 3), arguments), sizes=(8, 16, 32))


def test_assert_vectorised_loop_fails(fails, working):
    """A loop over the rows, told with both sizes."""
    failure = fails(assert_vectorised, (working(lambda n: 5 + 2 * n), arguments), sizes=(8, 16, 32), axis="N")
    assert failure.message == (
        "conv_forward loops in Python over N: 21 executed lines and loop turns at size 8, 37 at size 16; "
        "it should stay below 1.2 times as many."
    )
    assert failure.kind == "work"
    assert failure.evidence == {
        "name": "conv_forward",
        "work at size 8": 21,
        "work at size 16": 37,
        "work at size 32": 69,
    }


def test_assert_vectorised_one_line_comprehension_fails_by_its_turns(fails, working):
    """A comprehension is one line, and as many turns as there are rows."""
    fails(assert_vectorised, (working(lambda n: 3, lambda n: n), arguments), sizes=(8, 16))


def test_assert_vectorised_loop_that_starts_late_fails(fails, working):
    """A fast path for small inputs does not hide the loop behind it."""
    fails(assert_vectorised, (working(lambda n: 5 if n < 20 else n), arguments), sizes=(8, 16, 32))


def test_assert_vectorised_measure_of_ones_own(passes, fails, working):
    """A rubric may measure by itself, for example when another size grows."""
    function = working(lambda n: n)
    passes(assert_vectorised, lambda n: work_of(function, np.zeros((4, n))), sizes=(8, 16), name="conv")
    failure = fails(assert_vectorised, lambda n: work_of(function, np.zeros((n, 4))), sizes=(8, 16), name="conv")
    assert failure.message.startswith("conv loops in Python over the input: 8 executed lines")


def test_assert_vectorised_without_a_line_passes_with_a_note(passes, working, tally):
    """An alias of a NumPy function executes no line of its own."""
    passes(assert_vectorised, (working(lambda n: 0), arguments), sizes=(8, 16))
    assert tally.notes == ["conv_forward ran no line of Python of its own"]


def test_assert_vectorised_work_that_was_not_counted_fails(fails, local):
    """A candidate that does not say what it did does not pass."""
    failure = fails(assert_vectorised, (local(lambda x: x, name="f"), arguments), sizes=(8, 16))
    assert failure.message == "f: its work could not be counted."


def test_assert_linear_linear_work_passes_and_quadratic_fails(passes, fails, working):
    """Twice the nodes, twice the work: a little more is allowed, four times is not."""
    passes(assert_linear, (working(lambda n: 7 * n + 30), arguments), sizes=(100, 200, 400))
    failure = fails(assert_linear, (working(lambda n: n * n), arguments), sizes=(100, 200), name="backward")
    assert failure.message == (
        "backward does more than linear work: 10000 executed lines and loop turns at size 100, 40000 at size 200; "
        "at most 2.2 times as many are linear."
    )


@pytest.mark.parametrize(
    ("bounds", "word"),
    [({"exactly": 2}, "exactly 2"), ({"at_most": 2}, "at most 2"), ({"at_least": 4}, "at least 4")],
)
@pytest.mark.parametrize("calls", [3, ["a", "b", "c"], SimpleNamespace(calls=[1, 2, 3]), SimpleNamespace(calls=3)])
def test_assert_calls_outside_its_bounds_fails(fails, calls, bounds, word):
    """A number, a list of calls and a recording stub are counted alike."""
    failure = fails(assert_calls, calls, name="forward", **bounds)
    assert failure.message == f"forward was called 3 times, expected {word}."


def test_assert_calls_within_its_bounds_passes(passes, fails):
    """Bounds may be combined, and zero is a bound."""
    passes(assert_calls, 3, at_least=1, at_most=3)
    passes(assert_calls, 0, exactly=0)
    assert fails(assert_calls, 1, exactly=0, name="rng").message == "rng was called once, expected exactly 0."
