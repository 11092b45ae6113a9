"""The part of a report that a student may see.

One table states it, and the model holds nothing else.

What is printed, raised or returned while a *hidden* criterion runs may carry its inputs, so a
student sees none of it: only the outcome, the points, the words that the author wrote beforehand,
and which sort of mistake it was. Loading happens before any input exists, and public criteria are
the student's own, so these are shown in full; so is what a criterion uses of what was not loaded,
which is found in source and loading alone. Durations are shown to the second, and of hidden
criteria not at all: a function could sleep for as many seconds as an input says. What went wrong on
the grader's side is staff's business: the student reads that nothing was lost.
"""

from __future__ import annotations

import builtins
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AwareDatetime, Field

from autograder.records.evidence import Evidence
from autograder.records.outcome import Fault, Outcome, Status
from autograder.records.report import (
    SCHEMA_VERSION,
    AssignmentRecord,
    Body,
    Captured,
    Criterion,
    ExceptionRecord,
    Frame,
    Label,
    Model,
    Output,
    Points,
    Report,
    SubmittedFile,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Detail(StrEnum):
    """One row of the table.

    It is a detail that a report has of a criterion.
    """

    OUTCOME = "outcome"
    POINTS = "points"
    TITLE = "title"
    HINT = "hint"
    MESSAGE = "message"
    CAUSE = "cause"
    EVIDENCE = "evidence"
    NOTES = "notes"
    EXCEPTION = "exception"
    OUTPUT = "output"
    DURATION = "duration"


class FeedbackColumn(StrEnum):
    """One column of the table.

    It is the sort of criterion, or loading, that a detail belongs to.
    """

    OPEN = "loading, public criterion"
    HIDDEN = "hidden criterion, and a public one with functions of the assignment in it"
    UNGRADED = "the grader's own fault"


class FeedbackCell(StrEnum):
    """One cell of the table.

    It states how much of the detail a student sees.
    """

    ALL = "all"
    KIND = "its kind only"
    BUILTIN = "builtin type, file and line"
    SECONDS = "rounded to 1 s"
    NOTHING = "nothing"


def _row(
    is_open: FeedbackCell, hidden: FeedbackCell, ungraded: FeedbackCell
) -> Mapping[FeedbackColumn, FeedbackCell]:
    return MappingProxyType(
        {
            FeedbackColumn.OPEN: is_open,
            FeedbackColumn.HIDDEN: hidden,
            FeedbackColumn.UNGRADED: ungraded,
        }
    )


TABLE: Mapping[Detail, Mapping[FeedbackColumn, FeedbackCell]] = MappingProxyType(
    {
        Detail.OUTCOME: _row(FeedbackCell.ALL, FeedbackCell.ALL, FeedbackCell.ALL),
        Detail.POINTS: _row(FeedbackCell.ALL, FeedbackCell.ALL, FeedbackCell.ALL),
        Detail.TITLE: _row(FeedbackCell.ALL, FeedbackCell.ALL, FeedbackCell.ALL),
        Detail.HINT: _row(FeedbackCell.ALL, FeedbackCell.ALL, FeedbackCell.NOTHING),
        Detail.MESSAGE: _row(FeedbackCell.ALL, FeedbackCell.KIND, FeedbackCell.NOTHING),
        Detail.CAUSE: _row(FeedbackCell.ALL, FeedbackCell.ALL, FeedbackCell.NOTHING),
        Detail.EVIDENCE: _row(FeedbackCell.ALL, FeedbackCell.NOTHING, FeedbackCell.NOTHING),
        Detail.NOTES: _row(FeedbackCell.ALL, FeedbackCell.NOTHING, FeedbackCell.NOTHING),
        Detail.EXCEPTION: _row(FeedbackCell.ALL, FeedbackCell.BUILTIN, FeedbackCell.NOTHING),
        Detail.OUTPUT: _row(FeedbackCell.ALL, FeedbackCell.NOTHING, FeedbackCell.NOTHING),
        Detail.DURATION: _row(FeedbackCell.SECONDS, FeedbackCell.NOTHING, FeedbackCell.NOTHING),
    }
)
# Decided before the submission met any input: by which names its files define, and by what other
# criteria came to.
_BEFORE_ANY_INPUT = frozenset({Outcome.MISSING, Outcome.NOT_LOADED, Outcome.SKIPPED})
# The kinds that a check of the rubric states; of an exception the "kind" is the name that the
# student gave its class.
_KIND_BY_RUBRIC = frozenset({Outcome.FAILED, Outcome.PARTIAL})
NOT_BUILTIN = "an exception that is not built in"


class FeedbackCriterion(Model):
    """A student's view of one criterion.

    A value is None where they see nothing.
    """

    id: Label
    exercise: Label
    exercise_title: Label
    title: Label
    points: Points
    max_points: int
    outcome: Outcome
    fault: Fault | None
    public: bool
    has_provided: bool = False
    message: Body | None = None
    cause: Body = ""
    kind: Label | None = None
    hint: Body = ""
    evidence: Evidence | None = None
    notes: tuple[Body, ...] = ()
    exception: ExceptionRecord | None = None
    output: Output | None = None
    duration_s: Annotated[int, Field(ge=0)] | None = None


class Versions(Model):
    """The versions with which a submission was graded.

    They are the ones that a student can use.
    """

    python: Label
    numpy: Label
    tensorflow: Label | None
    keras: Label | None


class Feedback(Model):
    """A student's view of a report."""

    schema_version: int = SCHEMA_VERSION
    assignment: AssignmentRecord
    student: Label
    files: tuple[SubmittedFile, ...]
    received_utc: AwareDatetime | None
    status: Status
    score: Points
    max_score: float
    criteria: tuple[FeedbackCriterion, ...]
    environment: Versions
    stdout: Captured
    stderr: Captured
    notes: tuple[Body, ...]
    reasons: tuple[Body, ...]
    problems: tuple[Body, ...]
    started_utc: AwareDatetime
    grader_version: Label

    @classmethod
    def of(cls, report: Report, *, show_lines: bool) -> Self:
        """See `feedback`."""
        return cls(
            assignment=report.assignment,
            student=report.submission.student,
            files=report.submission.files,
            received_utc=report.submission.received_utc,
            status=report.status,
            score=report.score,
            max_score=report.max_score,
            criteria=tuple(
                _criterion(criterion, show_lines=show_lines) for criterion in report.criteria
            ),
            environment=Versions(
                **report.environment.model_dump(include=set(Versions.model_fields))
            ),
            stdout=report.stdout,
            stderr=report.stderr,
            notes=report.notes,
            reasons=report.reasons,
            problems=report.problems if report.status is Status.REJECTED else (),
            started_utc=report.started_utc,
            grader_version=report.grader_version,
        )


def feedback(report: Report, *, show_lines: bool) -> Feedback:
    """Reduce a report to a student's view.

    Parameters
    ----------
    show_lines
        True if file and line of an exception in a hidden criterion are shown: the assignment's
        choice.
    """
    return Feedback.of(report, show_lines=show_lines)


def column_of(criterion: Criterion) -> FeedbackColumn:
    """Return the table's column for a criterion."""
    if criterion.fault in (Fault.RUBRIC, Fault.INFRASTRUCTURE):
        return FeedbackColumn.UNGRADED
    is_open = criterion.public and not criterion.has_provided
    if is_open or criterion.outcome in _BEFORE_ANY_INPUT:
        return FeedbackColumn.OPEN
    return FeedbackColumn.HIDDEN


def _criterion(criterion: Criterion, *, show_lines: bool) -> FeedbackCriterion:
    column = column_of(criterion)

    def shown(detail: Detail) -> FeedbackCell:
        return TABLE[detail][column]

    def is_all(detail: Detail) -> bool:
        return shown(detail) is FeedbackCell.ALL

    return FeedbackCriterion(
        id=criterion.id,
        exercise=criterion.exercise,
        exercise_title=criterion.exercise_title,
        title=criterion.title,
        points=criterion.points,
        max_points=criterion.max_points,
        outcome=criterion.outcome,
        fault=criterion.fault,
        public=criterion.public,
        has_provided=criterion.has_provided,
        message=criterion.message if is_all(Detail.MESSAGE) else None,
        cause=criterion.cause if is_all(Detail.CAUSE) else "",
        kind=_kind(criterion, shown(Detail.MESSAGE)),
        hint=criterion.hint if is_all(Detail.HINT) else "",
        evidence=criterion.evidence if is_all(Detail.EVIDENCE) else None,
        notes=criterion.notes if is_all(Detail.NOTES) else (),
        exception=_exception(criterion.exception, shown(Detail.EXCEPTION), show_lines=show_lines),
        output=criterion.output if is_all(Detail.OUTPUT) else None,
        duration_s=round(criterion.duration_s)
        if shown(Detail.DURATION) is FeedbackCell.SECONDS
        else None,
    )


def _kind(criterion: Criterion, shown: FeedbackCell) -> str | None:
    if shown is FeedbackCell.NOTHING or (
        shown is FeedbackCell.KIND and criterion.outcome not in _KIND_BY_RUBRIC
    ):
        return None
    return criterion.kind


def _exception(
    exception: ExceptionRecord | None, shown: FeedbackCell, *, show_lines: bool
) -> ExceptionRecord | None:
    if exception is None or shown is FeedbackCell.NOTHING:
        return None
    if shown is FeedbackCell.ALL:
        return exception
    return ExceptionRecord(
        type=builtin_type(exception), frames=_place(exception) if show_lines else ()
    )


def builtin_type(exception: ExceptionRecord) -> str:
    """Return the builtin class of an exception.

    Its student sees it even of a hidden criterion.
    """
    for name in (exception.type, exception.builtin or ""):
        found = getattr(builtins, name, None)
        if isinstance(found, type) and issubclass(found, BaseException):
            return name
    return NOT_BUILTIN


def _place(exception: ExceptionRecord) -> tuple[Frame, ...]:
    """Find the innermost line that surely is a tested function's.

    A student can make up names and numbers.
    """
    found = next((frame for frame in reversed(exception.frames) if frame.is_tested), None)
    return () if found is None else (Frame(file=found.file, line=found.line, is_tested=True),)
