"""From what escaped a rubric to a verdict: one table, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis.errors import Flaky

from autograder.outcome import Fault, Outcome
from autograder.remote import CandidateEnd
from autograder.rubric import CheckFailed, Partial

MAX_MESSAGE_CHARACTERS = 4000
_SKIPS = (pytest.skip.Exception, pytest.xfail.Exception, pytest.exit.Exception)


class InfrastructureEnd(BaseException):
    """The sandbox or the station, not the submission, failed; nothing the rubric catches may swallow it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one case of a criterion came to."""

    outcome: Outcome
    fault: Fault | None = None
    fraction: float = 0.0
    kind: str | None = None
    message: str = ""
    exception: dict[str, Any] | None = None
    evidence: dict[str, Any] | None = None
    notes: tuple[str, ...] = field(default=())


PASSED = Verdict(Outcome.PASSED, fraction=1.0)


def failed(kind: str, message: str, **more: Any) -> Verdict:
    """A wrong answer of the submission."""
    return Verdict(Outcome.FAILED, Fault.SUBMISSION, kind=kind, message=clip(message), **more)


def rubric_fault(message: str) -> Verdict:
    """A criterion that cannot be graded because the course is wrong."""
    return Verdict(Outcome.UNGRADED, Fault.RUBRIC, message=clip(message))


def infrastructure_fault(message: str) -> Verdict:
    """A criterion that could not be graded on this machine this time."""
    return Verdict(Outcome.UNGRADED, Fault.INFRASTRUCTURE, message=clip(message))


def judge(error: BaseException) -> Verdict | None:
    """The verdict on what escaped a rubric, or None where only an experiment can tell whose fault it is."""
    if isinstance(error, InfrastructureEnd):
        return infrastructure_fault(str(error))
    if isinstance(error, CandidateEnd):
        return Verdict(error.outcome, Fault.SUBMISSION, kind=error.kind, message=clip(error.message))
    if isinstance(error, Partial):
        return Verdict(Outcome.PARTIAL, Fault.SUBMISSION, error.fraction, "partial credit", clip(error.reason))
    if isinstance(error, CheckFailed):
        return failed(error.kind, error.message, evidence=error.evidence)
    if isinstance(error, AssertionError):
        return failed("wrong answer", author_message(error))
    if isinstance(error, Flaky):
        return failed("not repeatable", "Two calls with the same input gave different answers.")
    if isinstance(error, _SKIPS):
        return rubric_fault("A rubric must not skip, xfail or exit: the criterion would count as neither passed nor failed.")
    return _judge_remote(error)


def _judge_remote(error: BaseException) -> Verdict | None:
    """What the submission itself raised; anything else is for the experiment."""
    trace = getattr(error, "remote", None)
    if trace is None:
        return None
    exception = {
        "type": trace.type,
        "text": clip(trace.text),
        "frames": [
            {"file": frame.file, "line": frame.line, "function": frame.function, "source": frame.source} for frame in trace.frames
        ],
    }
    if isinstance(error, NotImplementedError):
        outcome = Outcome.NOT_ATTEMPTED
    elif trace.type == "ForbiddenImport":
        outcome = Outcome.FORBIDDEN
    else:
        outcome = Outcome.RAISED
    message = f"{trace.type}: {trace.text}" if trace.text else trace.type
    return Verdict(outcome, Fault.SUBMISSION, kind=trace.type, message=clip(message), exception=exception)


def author_message(error: AssertionError) -> str:
    """The author's message of a plain ``assert``, without pytest's explanation; the explanation where there is none."""
    text = str(error)
    message, _, explanation = text.partition("\nassert ")
    if text.startswith("assert "):
        return text.splitlines()[0]
    return message or explanation or "The check failed."


def clip(text: str) -> str:
    """Bound a text's length; what is left out is said."""
    if len(text) <= MAX_MESSAGE_CHARACTERS:
        return text
    return f"{text[:MAX_MESSAGE_CHARACTERS]} ... ({len(text) - MAX_MESSAGE_CHARACTERS} more characters)"


def combine(verdicts: list[Verdict], cases: int) -> Verdict:
    """The verdict of a criterion from those of its cases, which share its points.

    The first case that was lost says why; points are earned by the share of cases that passed.
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
        outcome, first.fault, fraction, first.kind, first.message, first.exception, first.evidence, first.notes
    )
