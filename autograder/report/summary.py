"""A batch in short, and the causes that its submissions share.

It has one compact row per submission, and the figures of an overview.
"""

from __future__ import annotations

import statistics
from array import array
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from autograder.records.outcome import CauseKind, Outcome, Status
from autograder.records.text import log_line
from autograder.report.words import FAULT_WORDS, OUTCOME_WORDS, count_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograder.records.report import AssignmentRecord, Report


_SCORED = (Status.GRADED, Status.PARTLY_GRADED)
_NEEDS_TRY = (Status.PARTLY_GRADED, Status.UNGRADED)
TONES = ("good", "part", "bad", "halt", "idle", "staff")


@dataclass(frozen=True, slots=True)
class CriterionColumn:
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
    columns: tuple[CriterionColumn, ...]
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
class OutcomeTally:
    """The outcomes of one criterion over the batch.

    It has counts per tone of the submissions with that criterion.
    """

    column: CriterionColumn
    passed: int
    graded: int
    counts: tuple[tuple[str, int], ...]

    @property
    def pass_rate(self) -> float | None:
        """The share of graded submissions that passed.

        It is None where nothing was graded.
        """
        return self.passed / self.graded if self.graded else None


def columns_of(report: Report) -> tuple[CriterionColumn, ...]:
    """List the criteria of a report as columns."""
    return tuple(
        CriterionColumn(item.id, item.exercise, item.exercise_title, item.title, item.max_points)
        for item in report.criteria
    )


def summarise(report: Report, columns: Sequence[CriterionColumn]) -> Row:
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
        points=tuple(
            None if item is None or item.outcome is Outcome.UNGRADED else item.points
            for item in criteria
        ),
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


def tallies(batch: Batch) -> list[OutcomeTally]:
    """Count the outcomes of every criterion."""
    per_column = (
        zip(*(row.outcomes for row in batch.rows), strict=True)
        if batch.rows
        else ((),) * len(batch.columns)
    )
    return [
        _tally(column, outcomes) for column, outcomes in zip(batch.columns, per_column, strict=True)
    ]


def _tally(column: CriterionColumn, outcomes: Iterable[Outcome | None]) -> OutcomeTally:
    counts = Counter(outcome for outcome in outcomes if outcome is not None)
    tones: Counter[str] = Counter()
    for outcome, count in counts.items():
        tones[OUTCOME_WORDS[outcome].tone] += count
    return OutcomeTally(
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
        f"{item.id}: {FAULT_WORDS[item.fault]}: {item.message.rstrip('.')}"
        for item in ungraded
        if item.fault
    )


def pack_shapes(shapes: Iterable[int]) -> bytes:
    """Pack shapes of statements, 4 bytes each.

    A row is kept for each of thousands of submissions.
    """
    return array("I", sorted(shapes)).tobytes()


FEW_ROWS = 10  # in fewer submissions, what happened to a single one is worth a line as well
_COMMON = 2  # as many submissions share what a batch has in common
_MAX_SUBJECTS = 6  # in one line; the page lists all
_FEW_SUBJECTS = 3  # likewise, of many that no two submissions share
_MAX_SUBJECT = 90  # characters: foreign text, such as an exception's, is cut at a word


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words around the counts of one kind of cause.

    Attributes
    ----------
    some, one
        What befell the submissions, for several and for a single one.
    verb, verb_one
        Put before the first subject.
    noun
        A subject that is counted and not named.
    differ
        Said of several submissions that share no subject.
    """

    some: str
    one: str
    verb: str = ""
    verb_one: str = ""
    noun: str = "package"
    differ: str = "each a different one"


# Kinds that lose something stand first; each is told as what it is, since a stand-in costs nothing.
PHRASES: Mapping[CauseKind, Phrase] = MappingProxyType(
    {
        CauseKind.PACKAGE: Phrase("were not loaded whole", "was not loaded whole", "lack", "lacks"),
        CauseKind.LIMIT: Phrase(
            "met a limit while they were loaded", "met a limit while it was loaded", noun="limit"
        ),
        CauseKind.SYNTAX: Phrase("have a syntax error", "has a syntax error", noun="error"),
        CauseKind.RAISED: Phrase(
            "raised an error while they were loaded",
            "raised an error while it was loaded",
            noun="error",
        ),
        CauseKind.FORBIDDEN: Phrase("use a forbidden package", "uses a forbidden package"),
        CauseKind.UNREAD: Phrase(
            "have a file that could not be read",
            "has a file that could not be read",
            noun="reason",
            differ="each for a different reason",
        ),
        CauseKind.RENAMED: Phrase(
            "have a file under another name, which was taken",
            "has a file under another name, which was taken",
            "for",
            "for",
            noun="file",
        ),
        CauseKind.INERT: Phrase(
            "use packages that are not installed here, at no loss",
            "uses a package that is not installed here, at no loss",
        ),
    }
)
_LIMITS = MappingProxyType(
    {
        "time": "out of time",
        "memory": "out of memory",
        "crash": "crashed",
        "exit": "ended the process",
        "output": "printed too much",
    }
)
_SAME_LIMITS = MappingProxyType(
    {"time limit": "time", "memory limit": "memory", "ended the process": "exit"}
)
_SUBJECTS = MappingProxyType(
    {
        (CauseKind.RAISED, "exit"): "an exit of the process",
        (CauseKind.UNREAD, "empty"): "an empty file",
    }
)

_IN_WORDS = frozenset({CauseKind.SYNTAX, CauseKind.RAISED, CauseKind.UNREAD})


@dataclass(frozen=True, slots=True)
class CauseSubject:
    """A package, limit, exception or file, and the submissions that it concerns."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CommonCause:
    """One kind of cause and the submissions that share it.

    Attributes
    ----------
    rows
        Each submission once, however many subjects concern it.
    subjects
        The most frequent first.
    text
        One line: "20 of 50 submissions were not loaded whole: 14 lack matplotlib, 6 google.colab".
    """

    kind: CauseKind
    rows: tuple[Row, ...]
    subjects: tuple[CauseSubject, ...]
    text: str


def count_subjects(rows: Sequence[Row]) -> dict[CauseKind, list[CauseSubject]]:
    """Collect the submissions of each kind and subject.

    The most frequent come first.
    """
    found: dict[CauseKind, dict[str, list[Row]]] = {kind: {} for kind in PHRASES}
    for row in rows:
        for kind, subject in dict.fromkeys(
            (kind, _canonical(kind, subject)) for kind, subject in row.causes
        ):
            found[kind].setdefault(subject, []).append(row)
    return {
        kind: sorted(
            (CauseSubject(name, tuple(owners)) for name, owners in subjects.items()),
            key=lambda one: (-len(one.rows), one.name),
        )
        for kind, subjects in found.items()
        if subjects
    }


def _canonical(kind: CauseKind, subject: str) -> str:
    return _SAME_LIMITS.get(subject, subject) if kind is CauseKind.LIMIT else subject


def find_common_causes(rows: Sequence[Row]) -> list[CommonCause]:
    """Find the causes that several submissions share, losses first.

    In a batch of fewer than 10 submissions a single one counts as well.
    """
    least = _COMMON if len(rows) >= FEW_ROWS else 1
    causes = []
    for kind, subjects in count_subjects(rows).items():
        concerned = tuple(
            {row.submission: row for subject in subjects for row in subject.rows}.values()
        )
        if len(concerned) >= least:
            text = _line(kind, subjects, len(concerned), len(rows))
            causes.append(CommonCause(kind, concerned, tuple(subjects), text))
    return causes


def subject_text(kind: CauseKind, name: str) -> str:
    """Write a subject for people, on one line.

    A part of it may be a student's own words.
    """
    known = (
        _LIMITS.get(name, name) if kind is CauseKind.LIMIT else _SUBJECTS.get((kind, name), name)
    )
    text = log_line(known).strip() or "unknown"
    if len(text) <= _MAX_SUBJECT:
        return text
    whole, _, _ = text[:_MAX_SUBJECT].rpartition(" ")
    kept = whole if len(whole) > _MAX_SUBJECT // 2 else text[: _MAX_SUBJECT - 1]
    return f"{kept.rstrip(' ,;:(')}\u2026"


def _line(kind: CauseKind, subjects: Sequence[CauseSubject], concerned: int, total: int) -> str:
    phrase = PHRASES[kind]
    befell = phrase.some if concerned > 1 else phrase.one
    head = f"{concerned:,} of {count_text(total, 'submission')} {befell}"
    listed = _listed(kind, subjects)
    if not listed:
        is_each = len(subjects) == concerned
        return (
            f"{head}, {phrase.differ}"
            if is_each
            else f"{head}: {len(subjects):,} different {phrase.noun}s"
        )
    parts = [_counted(kind, one) for one in listed]
    if phrase.verb:
        count, _, name = parts[0].partition(" ")
        parts[0] = f"{count} {phrase.verb if len(listed[0].rows) > 1 else phrase.verb_one} {name}"
    others = len(subjects) - len(listed)
    rest = f" and {count_text(others, f'other {phrase.noun}')}" if others else ""
    return f"{head}: {', '.join(parts)}{rest}"


def _listed(kind: CauseKind, subjects: Sequence[CauseSubject]) -> Sequence[CauseSubject]:
    """Choose the subjects of a line.

    An exception that one submission alone raised is too long to be named.
    """
    shared = [one for one in subjects if len(one.rows) >= _COMMON]
    if kind in _IN_WORDS:
        return subjects if len(subjects) <= _COMMON else shared[:_MAX_SUBJECTS]
    return (
        subjects
        if len(subjects) <= _MAX_SUBJECTS
        else shared[:_MAX_SUBJECTS] or subjects[:_FEW_SUBJECTS]
    )


def _counted(kind: CauseKind, subject: CauseSubject) -> str:
    """Return a subject with its count.

    The count stands in front of a name, but behind words.
    """
    text = subject_text(kind, subject.name)
    return (
        f"{text} ({len(subject.rows):,})" if kind in _IN_WORDS else f"{len(subject.rows):,} {text}"
    )
