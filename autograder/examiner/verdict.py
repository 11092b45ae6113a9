"""Verdicts on escaped exceptions and unwritten functions.

There is one table and no I/O.
"""

from __future__ import annotations

import ast
import re
import unittest
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis.errors import Flaky

from autograder.course import Assignment
from autograder.records.criterion import Data
from autograder.records.outcome import Fault, Outcome
from autograder.remote import CandidateEnd, NotAValue, RemoteTrace
from autograder.remote.conversation import CALLED
from autograder.rubric import CheckFailed, Partial
from autograder.rubric.arguments import HelperMisused

MAX_MESSAGE_CHARACTERS = 4000
_MAX_EXAMPLE_CHARACTERS = 1000
_EXAMPLES = ("Failing test case", "Falsifying example")  # as versions of hypothesis call it
_DUE = "a number, an array, a text or a plain container of these is due."
_FIXTURES = ("submission=", "reference=", "rng=", "data=")
_NOT_RAISED = "DID NOT RAISE"  # as `pytest.raises` says it
_SKIPS = (pytest.skip.Exception, pytest.xfail.Exception, pytest.exit.Exception, unittest.SkipTest)


class InfrastructureEnd(BaseException):
    """The sandbox or the station failed, not the submission.

    Nothing that the rubric catches may swallow it.
    """


class UndecidedEnd(BaseException):
    """A public criterion cannot be decided at home.

    Nothing that the rubric catches may swallow it.
    """


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one case of a criterion."""

    outcome: Outcome
    fault: Fault | None = None
    fraction: float = 0.0
    kind: str | None = None
    message: str = ""
    exception: Data | None = None
    evidence: Data | None = None


PASSED = Verdict(Outcome.PASSED, fraction=1.0)


def failed(kind: str, message: str, **more: Any) -> Verdict:
    """A wrong answer of the submission."""
    return Verdict(
        Outcome.FAILED, Fault.SUBMISSION, kind=kind, message=clip_message(message), **more
    )


def rubric_fault(message: str) -> Verdict:
    """A criterion that cannot be graded because the course is wrong."""
    return Verdict(Outcome.UNGRADED, Fault.RUBRIC, message=clip_message(message))


def infrastructure_fault(message: str) -> Verdict:
    """A criterion that could not be graded on this machine this time."""
    return Verdict(Outcome.UNGRADED, Fault.INFRASTRUCTURE, message=clip_message(message))


def judge(error: BaseException) -> Verdict | None:
    """Return the verdict on an exception that escaped a rubric.

    It is None where only an experiment can tell whose fault it is.
    """
    if isinstance(error, InfrastructureEnd):
        return infrastructure_fault(str(error))
    if isinstance(error, UndecidedEnd):
        message = clip_message(str(error))
        return Verdict(Outcome.UNGRADED, Fault.INFRASTRUCTURE, kind="undecided", message=message)
    if isinstance(error, CandidateEnd):
        return _judge_end(error)
    if isinstance(error, Partial):
        return Verdict(
            Outcome.PARTIAL,
            Fault.SUBMISSION,
            error.fraction,
            "partial credit",
            clip_message(error.reason),
        )
    if isinstance(error, HelperMisused) and error.is_written:  # the reference may never come here
        return rubric_fault(f"The rubric calls a helper wrongly{_place(error)}: {error.message}")
    return _judge_check(error) or _judge_remote(error)


def _judge_check(error: BaseException) -> Verdict | None:
    """A check that failed, of any vocabulary."""
    if isinstance(error, CheckFailed):
        return failed(error.kind, with_example(error.message, error), evidence=error.evidence)
    if isinstance(error, AssertionError):
        return failed("wrong answer", with_example(author_message(error), error))
    if isinstance(error, pytest.fail.Exception):
        kind, message = describe_fail(str(error.msg))
        return failed(kind, with_example(message, error))
    if isinstance(error, Flaky):
        return failed("not repeatable", "Two calls with the same input gave different answers.")
    return None


def describe_fail(text: str) -> tuple[str, str]:
    """Return kind and message of a call of `pytest.fail`.

    An author called it, or pytest itself.

    Examples
    --------
    >>> describe_fail("DID NOT RAISE ValueError")
    ('no error raised', 'Expected ValueError, and nothing was raised.')
    >>> describe_fail("The rows are not sorted.")
    ('wrong answer', 'The rows are not sorted.')
    """
    if text.startswith("DID NOT WARN"):
        return "no warning", "Expected a warning, and there was none."
    if not text.startswith(_NOT_RAISED):
        return "wrong answer", text
    group = re.search("`(.*)`", text)  # of a `pytest.RaisesGroup`
    names = [group[1]] if group else re.findall(r"([A-Za-z_]\w*)(?=[,)]|$)", text)
    *others, last = ("an exception" if name == "exception" else name for name in names)
    expected = f"{', '.join(others)} or {last}" if others else last
    return "no error raised", f"Expected {expected}, and nothing was raised."


def is_skip(error: BaseException | None) -> bool:
    """Return True if a rubric skipped, xfailed or exited.

    This is an error of the course, unless a submission led the rubric to it.
    """
    return isinstance(error, _SKIPS)


def _judge_end(end: CandidateEnd) -> Verdict:
    if end.outcome is Outcome.UNGRADED:  # the rubric asked a submission whose criterion is over
        return rubric_fault(f"The rubric used something of another criterion: {end.message}.")
    return Verdict(end.outcome, Fault.SUBMISSION, kind=end.kind, message=clip_message(end.message))


def _judge_remote(error: BaseException) -> Verdict | None:
    """Return the verdict on an exception of the submission's.

    It is None for any other, which is for the experiment.
    """
    trace = getattr(error, "remote", None)
    if trace is None:
        return None
    exception = {
        "type": trace.type,
        "text": clip_message(trace.text),
        "frames": [
            {
                "file": frame.file,
                "line": frame.line,
                "function": frame.function,
                "source": frame.source,
            }
            for frame in trace.frames
        ],
    }
    outcome = Outcome.FORBIDDEN if trace.type == "ForbiddenImport" else Outcome.RAISED
    message = with_example(f"{trace.type}: {trace.text}" if trace.text else trace.type, error)
    return Verdict(
        outcome,
        Fault.SUBMISSION,
        kind=trace.type,
        message=clip_message(message),
        exception=exception,
    )


def author_message(error: AssertionError) -> str:
    """Return the author's message of a plain ``assert``.

    pytest's explanation is left out, but stands in where there is no message.
    """
    text = str(error)
    message, _, explanation = text.partition("\nassert ")
    if text.startswith("assert "):
        return text.splitlines()[0]
    return message or explanation or "The check failed."


def with_example(message: str, error: BaseException) -> str:
    """Return a message with hypothesis's smallest failing input.

    Without such an input, it is the message alone.
    """
    notes = getattr(error, "__notes__", ())
    example = next((note for note in notes if note.startswith(_EXAMPLES)), None)
    if example is None:
        return message
    _, *arguments = example.splitlines()
    drawn = [line.strip() for line in arguments if not line.strip().startswith((")", *_FIXTURES))]
    shown = " ".join(drawn).removesuffix(",")[:_MAX_EXAMPLE_CHARACTERS]
    return f"{message}\nSmallest input that shows it: {shown}" if shown else message


def clip_message(text: str) -> str:
    """Bound a text's length.

    The end of a cut text says how much was left out.
    """
    if len(text) <= MAX_MESSAGE_CHARACTERS:
        return text
    return (
        f"{text[:MAX_MESSAGE_CHARACTERS]} ... ({len(text) - MAX_MESSAGE_CHARACTERS} more "
        "characters)"
    )


def unusable(error: BaseException, answered: str) -> Verdict:
    """Return the verdict on an answer that a rubric stumbled over.

    The reference shows that the rubric is sound.
    """
    called = vars(error).get(CALLED)
    if called is not None:
        return failed(
            "call of the grader",
            f"A function of the grader that your code called raised {_brief(error)} ({called}).",
        )
    why = _DUE if isinstance(error, NotAValue) else f"{_brief(error)}."
    return failed("unexpected answer", f"The checks could not use {answered}: {why}")


def _brief(error: BaseException) -> str:
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}"[:300]


def describe_error(error: BaseException) -> str:
    """Return a description of an error in a rubric, for staff.

    It has the place from which the error escaped.
    """
    if is_skip(error):
        return (
            "A rubric must not skip, xfail or exit: the criterion would count as neither passed "
            "nor failed."
        )
    return f"{_brief(error)}{_place(error)}"


def _place(error: BaseException) -> str:
    """Return the line of the rubric that an error came from.

    It is in brackets, and empty without such a line.
    """
    trace = error.__traceback__
    place = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "/rubric/test_" in name or "/rubric/public/test_" in name:
            place = f" ({name.rpartition('/')[2]}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return place


def combine(verdicts: list[Verdict], cases: int) -> Verdict:
    """Return the verdict of a criterion from its cases.

    The cases share its points. The first case that was lost gives the reason; points are earned by
    the share of cases that passed.
    """
    lost = [verdict for verdict in verdicts if verdict.outcome is not Outcome.PASSED]
    if not lost:
        return PASSED
    ungraded = [verdict for verdict in lost if verdict.outcome is Outcome.UNGRADED]
    first = (ungraded or lost)[0]
    fraction = sum(verdict.fraction for verdict in verdicts) / cases
    if ungraded or fraction == first.fraction:
        return first
    outcome = Outcome.PARTIAL if fraction > 0 else first.outcome
    return Verdict(
        outcome, first.fault, fraction, first.kind, first.message, first.exception, first.evidence
    )


_NAME = NotImplementedError.__name__
_RAISE = f"raise {_NAME}"


def mark_unwritten(
    verdict: Verdict | None, error: BaseException, assignment: Assignment, tests: Collection[str]
) -> Verdict | None:
    """Turn a verdict into ``not_attempted`` where the template's own line raised.

    Parameters
    ----------
    verdict
        The verdict on the exception.
    error
        What escaped the rubric.
    tests
        The functions and classes under test.
    """
    trace = getattr(error, "remote", None)
    if verdict is None or trace is None or verdict.outcome is not Outcome.RAISED:
        return verdict
    is_unwritten = _is_unwritten(trace, assignment, tests)
    return replace(verdict, outcome=Outcome.NOT_ATTEMPTED) if is_unwritten else verdict


def _is_unwritten(trace: RemoteTrace, assignment: Assignment, tests: Collection[str]) -> bool:
    """Return True if unwritten code raised.

    The line is the template's, or it is all that a function under test does.
    """
    if trace.type != _NAME or not trace.frames or _RAISE not in trace.frames[-1].source:
        return False
    place = trace.frames[-1]
    is_under_test = place.function.partition(".")[0] in tests and "<locals>" not in place.function
    if is_under_test and trace.is_stub:
        return True
    paths = [assignment.template / name for name in assignment.files]
    known = [path.read_text(encoding="utf-8") for path in paths if path.is_file()]
    if not known:  # at home, where the template lies under the student's own work
        return is_under_test
    return any((place.function, place.source) in _raises_of(text) for text in known)


def _raises_of(source: str) -> set[tuple[str, str]]:
    """Collect the lines of a template that raise, each with its function."""
    lines = source.splitlines()
    return {(name, lines[line - 1].strip()) for name, line in _raises(ast.parse(source), "")}


def _raises(node: ast.AST, name: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _raises(child, f"{name}.{child.name}".removeprefix("."))
        elif isinstance(child, ast.Raise):
            yield name, child.lineno
        else:
            yield from _raises(child, name)
