"""A batch in short.

It has one compact row per submission, and the figures of an overview.
"""

from __future__ import annotations

import statistics
from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.records.outcome import CauseKind, Outcome, Status
from autograder.report.words import FAULT_WORDS, OUTCOME_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.records.report import AssignmentRecord, Report

_SCORED = (Status.GRADED, Status.PARTLY_GRADED)
_NEEDS_TRY = (Status.PARTLY_GRADED, Status.UNGRADED)
TONES = ("good", "part", "bad", "halt", "idle", "staff")


@dataclass(frozen=True, slots=True)
class Column:
    """One criterion of the assignment, as a column of the gradebook."""

    id: str
    exercise: str
    exercise_title: str
    title: str
    max_points: int


@dataclass(frozen=True, slots=True)
class Row:
    """One submission of the batch.

    It has the part of its report that the gradebook and the overview need.

    Attributes
    ----------
    submission
        The id made safe: the stem of its files in the output.
    points, outcomes
        Per column; None where the report has no such criterion, points None also where it was not
        graded.
    why
        One line: why it needs another try or was rejected; empty otherwise.
    shapes
        Of its statements, packed.
    causes
        Why it was not taken whole: sort and subject of each.
    """

    student: str
    submission: str
    digest: str
    status: Status
    score: float
    max_score: float
    points: tuple[float | None, ...]
    outcomes: tuple[Outcome | None, ...]
    why: str = ""
    flags: tuple[str, ...] = ()
    shapes: bytes = b""
    causes: tuple[tuple[CauseKind, str], ...] = ()

    @property
    def has_score(self) -> bool:
        """True if the score reflects the student's work."""
        return self.status in _SCORED

    @property
    def needs_another_try(self) -> bool:
        """True if a part is ungraded through no fault of the student."""
        return self.status in _NEEDS_TRY


@dataclass(frozen=True, slots=True)
class Batch:
    """Many submissions of one assignment.

    Attributes
    ----------
    total
        How many submissions there are in all; more than there are rows while the batch runs.
    """

    assignment: AssignmentRecord
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: int

    @property
    def is_finished(self) -> bool:
        """True if every submission has a row."""
        return len(self.rows) >= self.total


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures on scores in an overview.

    Mean and median are None without scores.
    """

    submissions: int
    scored: int
    mean: float | None
    median: float | None
    full_marks: int
    another_try: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The outcomes of one criterion over the batch.

    It has counts per tone of the submissions with that criterion.
    """

    column: Column
    passed: int
    graded: int
    counts: tuple[tuple[str, int], ...]

    @property
    def pass_rate(self) -> float | None:
        """The share of graded submissions that passed.

        It is None where nothing was graded.
        """
        return self.passed / self.graded if self.graded else None


def columns_of(report: Report) -> tuple[Column, ...]:
    """List the criteria of a report as columns."""
    return tuple(
        Column(item.id, item.exercise, item.exercise_title, item.title, item.max_points) for item in report.criteria
    )


def summarise(report: Report, columns: Sequence[Column]) -> Row:
    """Reduce a report to its row."""
    found = {criterion.id: criterion for criterion in report.criteria}
    criteria = [found.get(column.id) for column in columns]
    return Row(
        student=report.submission.student,
        submission=report.submission.id,
        digest=report.submission.digest,
        status=report.status,
        score=report.score,
        max_score=report.max_score,
        points=tuple(None if item is None or item.outcome is Outcome.UNGRADED else item.points for item in criteria),
        outcomes=tuple(None if item is None else item.outcome for item in criteria),
        why=_why(report),
        flags=report.flags,
        shapes=pack_shapes(report.submission.shapes),
        causes=tuple((cause.kind, cause.subject) for cause in report.causes),
    )


def sort_rows(rows: Iterable[Row]) -> list[Row]:
    """Sort by student, capitals beside small letters, then by submission."""
    return sorted(rows, key=lambda row: (row.student.casefold(), row.student, row.submission))


def figures(rows: Sequence[Row]) -> Figures:
    """Compute an overview's figures on the scores."""
    scores = [row.score for row in rows if row.has_score]
    return Figures(
        submissions=len(rows),
        scored=len(scores),
        mean=statistics.fmean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        full_marks=sum(row.has_score and row.score == row.max_score for row in rows),
        another_try=sum(row.needs_another_try for row in rows),
        rejected=sum(row.status is Status.REJECTED for row in rows),
    )


def tallies(batch: Batch) -> list[Tally]:
    """Count the outcomes of every criterion."""
    per_column = zip(*(row.outcomes for row in batch.rows), strict=True) if batch.rows else ((),) * len(batch.columns)
    return [_tally(column, outcomes) for column, outcomes in zip(batch.columns, per_column, strict=True)]


def _tally(column: Column, outcomes: Iterable[Outcome | None]) -> Tally:
    counts = Counter(outcome for outcome in outcomes if outcome is not None)
    tones: Counter[str] = Counter()
    for outcome, count in counts.items():
        tones[OUTCOME_WORDS[outcome].tone] += count
    return Tally(
        column=column,
        passed=counts[Outcome.PASSED],
        graded=counts.total() - counts[Outcome.UNGRADED],
        counts=tuple((tone, tones[tone]) for tone in TONES if tones[tone]),
    )


def _why(report: Report) -> str:
    if report.status is Status.REJECTED:
        return " ".join(report.problems)
    ungraded = [item for item in report.criteria if item.outcome is Outcome.UNGRADED and item.fault]
    if not ungraded and report.status is Status.UNGRADED:
        return " ".join(report.problems) or "Nothing was graded."
    return "; ".join(
        f"{item.id}: {FAULT_WORDS[item.fault]}: {item.message.rstrip('.')}" for item in ungraded if item.fault
    )


def pack_shapes(shapes: Iterable[int]) -> bytes:
    """Pack shapes of statements, 4 bytes each.

    A row is kept for each of thousands of submissions.
    """
    return array("I", sorted(shapes)).tobytes()
