"""Checks are counted while they run, and a failed one cannot be undone."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

import autograder.rubric
from autograder.rubric import CheckFailed, Partial, check, checks, note, partial


def test_check_true_condition_passes_and_counts(passes):
    """A condition that is True passes and counts once."""
    passes(check, True, "never shown")
    passes(check, np.True_, "never shown")


@pytest.mark.parametrize("condition", [False, np.False_, None, 1, "yes", [True], np.array([True]), np.array(True)])
def test_check_anything_but_true_fails(fails, condition):
    """Only an explicit True is a pass: a value that merely counts as true is none."""
    failure = fails(check, condition, "dx is not symmetric.", kind="gradient")
    assert failure.message == "dx is not symmetric."
    assert failure.kind == "gradient"
    assert failure.evidence is None


def test_check_object_that_claims_to_be_true_fails(fails):
    """An object whose comparisons and truth value lie does not pass."""

    class Liar:
        def __bool__(self):
            return True

        def __eq__(self, other):
            return True

        __hash__ = None

    fails(check, Liar(), "no verdict")


def test_tally_failure_that_is_caught_is_kept(tally):
    """A rubric that swallows a failed check leaves the failure in the tally."""
    with pytest.raises(CheckFailed):
        check(False, "wrong")
    check(True, "right")
    assert tally.checks == 2
    assert [failure.message for failure in tally.failures] == ["wrong"]


def test_tally_reset_begins_another_criterion(tally):
    """After a reset the counts of the criterion before are gone."""
    checks.count(3)
    note("float32 accepted for float64")
    fresh = checks.reset()
    assert checks.current() is fresh
    assert (fresh.checks, fresh.notes, fresh.failures) == (0, [], [])
    assert tally.checks == 3


def test_note_same_text_twice_stands_once(tally):
    """A remark of every case of a criterion is told once."""
    note("float32 accepted for float64")
    note("float32 accepted for float64")
    assert tally.notes == ["float32 accepted for float64"]


def test_count_adds_plain_asserts(tally):
    """The examiner counts plain asserts by the same tally."""
    checks.count()
    assert checks.current().checks == tally.checks == 1


def test_partial_ends_with_fraction_and_reason():
    """Partial credit is an exception with a fraction and a sentence."""
    with pytest.raises(Partial) as caught:
        partial(0.5, "dx is right for your own forward pass.")
    assert (caught.value.fraction, caught.value.reason) == (0.5, "dx is right for your own forward pass.")


def test_counted_exception_of_the_submission_passes_through(tally):
    """What a submission raises inside a check is no verdict of the check."""

    @checks.counted_check
    def call():
        raise ZeroDivisionError("division by zero")

    with pytest.raises(ZeroDivisionError):
        call()
    assert tally.checks == 0


@pytest.mark.parametrize(
    "module", [m.name for m in pkgutil.walk_packages(autograder.rubric.__path__, "autograder.rubric.")]
)
def test_docstring_examples_run(module):
    """Every example in a docstring of the vocabulary does what it says, wherever its message is wrapped."""
    loaded = importlib.import_module(module)
    assert doctest.testmod(loaded, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


def test_import_of_the_vocabulary_loads_no_framework():
    """A rubric of NumPy exercises starts without TensorFlow: nothing here imports one."""
    import subprocess
    import sys

    frameworks = {"tensorflow", "keras", "torch", "jax", "scipy"}
    code = f"import sys, autograder.rubric; print(sorted({frameworks} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
