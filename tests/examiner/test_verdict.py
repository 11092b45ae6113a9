"""What escapes a rubric becomes a verdict by one table."""

import numpy as np
import pytest
from hypothesis.errors import FlakyFailure

from autograder.examiner.verdict import (
    MAX_MESSAGE_CHARACTERS,
    PASSED,
    InfrastructureEnd,
    Verdict,
    author_message,
    clip_message,
    combine,
    failed,
    judge,
)
from autograder.records.outcome import Fault, Outcome
from autograder.remote import CandidateEnd, RemoteFrame, RemoteTrace, SubmissionError
from autograder.rubric import CheckFailed, Partial


def remote(error, kind, text="text"):
    error.remote = RemoteTrace(kind, text, (RemoteFrame("layers.py", 7, "affine_forward", "return x @ w"),))
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "fault", "kind"),
    [
        (CandidateEnd(Outcome.TIMEOUT, "too slow", kind="time limit"), Outcome.TIMEOUT, Fault.SUBMISSION, "time limit"),
        (
            CandidateEnd(Outcome.MEMORY, "too big", kind="memory limit"),
            Outcome.MEMORY,
            Fault.SUBMISSION,
            "memory limit",
        ),
        (InfrastructureEnd("the warden died"), Outcome.UNGRADED, Fault.INFRASTRUCTURE, None),
        (CheckFailed("out: shape", "shape"), Outcome.FAILED, Fault.SUBMISSION, "shape"),
        (AssertionError("out is wrong\nassert 1 == 2"), Outcome.FAILED, Fault.SUBMISSION, "wrong answer"),
        (Partial(0.5, "half"), Outcome.PARTIAL, Fault.SUBMISSION, "partial credit"),
        (remote(ValueError("x"), "ValueError"), Outcome.RAISED, Fault.SUBMISSION, "ValueError"),
        (remote(SubmissionError("x"), "ShapeError"), Outcome.RAISED, Fault.SUBMISSION, "ShapeError"),
        (
            remote(NotImplementedError(), "NotImplementedError"),
            Outcome.RAISED,
            Fault.SUBMISSION,
            "NotImplementedError",
        ),
        (remote(ImportError(), "ForbiddenImport"), Outcome.FORBIDDEN, Fault.SUBMISSION, "ForbiddenImport"),
        (FlakyFailure("x", [ValueError()]), Outcome.FAILED, Fault.SUBMISSION, "not repeatable"),
        (pytest.fail.Exception("DID NOT RAISE ValueError"), Outcome.FAILED, Fault.SUBMISSION, "no error raised"),
        (pytest.fail.Exception("The rows are not sorted."), Outcome.FAILED, Fault.SUBMISSION, "wrong answer"),
        (CandidateEnd(Outcome.UNGRADED, "the criterion is over", kind="over"), Outcome.UNGRADED, Fault.RUBRIC, None),
    ],
)
def test_judge_every_kind_of_end_has_its_outcome(error, outcome, fault, kind):
    """The table of outcomes and faults."""
    verdict = judge(error)
    assert (verdict.outcome, verdict.fault, verdict.kind) == (outcome, fault, kind)


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (ValueError, "Expected ValueError, and nothing was raised."),
        ((ValueError, TypeError), "Expected ValueError or TypeError, and nothing was raised."),
        ((KeyError, ValueError, TypeError), "Expected KeyError, ValueError or TypeError, and nothing was raised."),
        (Exception, "Expected Exception, and nothing was raised."),
        (np.linalg.LinAlgError, "Expected LinAlgError, and nothing was raised."),
    ],
)
def test_judge_missing_exception_says_so_in_a_sentence(expected, message):
    """Where nothing was raised, nothing says "exception"."""
    with pytest.raises(pytest.fail.Exception) as caught, pytest.raises(expected):
        pass
    verdict = judge(caught.value)
    assert (verdict.outcome, verdict.kind, verdict.message) == (Outcome.FAILED, "no error raised", message)


def test_judge_missing_exception_of_any_class_says_so():
    """A rubric may leave the class open."""
    with pytest.raises(pytest.fail.Exception) as caught, pytest.raises(check=lambda _: True):
        pass
    assert judge(caught.value).message == "Expected an exception, and nothing was raised."


def test_judge_missing_group_says_so():
    """`pytest.RaisesGroup` fails in other words."""
    with pytest.raises(pytest.fail.Exception) as caught, pytest.RaisesGroup(ValueError):
        pass
    assert judge(caught.value).message == "Expected ExceptionGroup(ValueError), and nothing was raised."


def test_judge_missing_warning_says_so():
    """`pytest.warns` fails in the same way."""
    with pytest.raises(pytest.fail.Exception) as caught, pytest.warns(UserWarning, match="slow"):
        pass
    verdict = judge(caught.value)
    assert (verdict.kind, verdict.message) == ("no warning", "Expected a warning, and there was none.")


@pytest.mark.parametrize(
    "error",
    [
        TypeError("cannot unpack non-iterable NoneType object"),
        MemoryError(),
        pytest.skip.Exception("later"),
        KeyError("dx"),
    ],
)
def test_judge_what_the_rubric_raised_needs_an_experiment(error):
    """An exception of the rubric's own frame, and a skip, are nobody's fault yet: an answer may have brought it about."""
    assert judge(error) is None


@pytest.mark.parametrize("first", ["Failing test case", "Falsifying example"])
def test_judge_smallest_input_of_hypothesis_stands_in_the_message(first):
    """The drawn arguments are shown, the fixtures beside them are not."""
    error = CheckFailed("out: shape", "shape")
    error.add_note(f"{first}: test_a(\n    submission=<the submission>,\n    x=array([0.]),\n    n=3,\n)")
    assert judge(error).message == "out: shape\nSmallest input that shows it: x=array([0.]), n=3"


def test_judge_remote_exception_keeps_the_students_frames():
    """File, line, function and source of the student's code are in the record."""
    verdict = judge(remote(ValueError("shapes"), "ValueError", "shapes"))
    assert verdict.exception == {
        "type": "ValueError",
        "text": "shapes",
        "frames": [{"file": "layers.py", "line": 7, "function": "affine_forward", "source": "return x @ w"}],
    }


def test_author_message_drops_pytests_explanation():
    """What the author wrote is the message; without it, pytest's first line is."""
    assert author_message(AssertionError("rows must sum to 1\nassert False")) == "rows must sum to 1"
    assert author_message(AssertionError("assert (2, 3) == (3, 2)\n  diff")) == "assert (2, 3) == (3, 2)"
    assert author_message(AssertionError()) == "The check failed."


def test_clip_long_text_says_how_much_is_missing():
    """A message is bounded and says so."""
    assert clip_message("a" * (MAX_MESSAGE_CHARACTERS + 5)) == "a" * MAX_MESSAGE_CHARACTERS + " ... (5 more characters)"


def test_combine_all_cases_passed_is_passed():
    """Every case passed."""
    assert combine([PASSED, PASSED], 2) == PASSED


def test_combine_lost_case_costs_its_share_and_says_why():
    """Two of three cases earn two thirds; the first lost one gives the message."""
    verdict = combine([PASSED, failed("shape", "out: shape"), PASSED], 3)
    assert (verdict.outcome, verdict.fault, verdict.kind, verdict.message) == (
        Outcome.PARTIAL,
        Fault.SUBMISSION,
        "shape",
        "out: shape",
    )
    assert verdict.fraction == pytest.approx(2 / 3)


def test_combine_cases_that_never_ran_earn_nothing():
    """After a death the remaining cases are lost."""
    end = Verdict(Outcome.CRASHED, Fault.SUBMISSION, kind="crash")
    assert combine([PASSED, end], 4).fraction == 0.25


def test_combine_ungraded_case_leaves_the_criterion_ungraded():
    """A machine's failure in one case must not be mixed with lost points in another."""
    lost = Verdict(Outcome.UNGRADED, Fault.INFRASTRUCTURE)
    assert combine([failed("shape", "x"), lost], 2).fault is Fault.INFRASTRUCTURE
