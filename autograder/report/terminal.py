"""Reports and batches for a terminal.

They are plain text, and foreign parts have no control sequences.
"""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from typing import TYPE_CHECKING

from autograder.records.outcome import Outcome, Status
from autograder.records.report import Report
from autograder.records.text import log_line, terminal_text
from autograder.report.pictures import exercises
from autograder.report.sections import entry_of, has_full_marks, notes_of, reasons_of
from autograder.report.summary import figures, find_common_causes, sort_rows
from autograder.report.words import (
    OUTCOME_WORDS,
    STATUS_WORDS,
    count_text,
    kind_text,
    points_text,
    shape_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autograder.records.evidence import Evidence
    from autograder.records.report import ExceptionRecord
    from autograder.report.feedback import Feedback
    from autograder.report.sections import Entry
    from autograder.report.summary import Batch, Row

_CODES = {
    "good": "32",
    "part": "33",
    "bad": "31",
    "halt": "35",
    "idle": "90",
    "staff": "34",
    "bold": "1",
    "quiet": "90",
}
_MARKS = {
    Outcome.PASSED: "\u2713",
    Outcome.PARTIAL: "\u00bd",
    Outcome.SKIPPED: "\u00b7",
    Outcome.UNGRADED: "?",
}
_INDENT = " " * 6
_MAX_NAME = 32


def render_text(
    report: Report | Feedback, *, width: int | None = None, has_colour: bool = False
) -> str:
    """Render a report for a terminal.

    It may be feedback, which is the part that a student may see.

    Parameters
    ----------
    width
        Columns; None asks the terminal.
    has_colour
        True to mark outcomes by colour as well as by words.
    """
    paint = _Paint(has_colour=has_colour)
    columns = width or shutil.get_terminal_size().columns
    lines = [*_head(report, paint), *_criteria(report, columns, paint)]
    below = list(_loading(report)) if has_full_marks(report) else []
    return "\n".join([*lines, *(["", "Loading the files:", *below] if below else [])]) + "\n"


def render_batch_text(batch: Batch, *, has_colour: bool = False) -> str:
    """Render a batch as a table for a terminal.

    Matters that need a person's attention stand below.
    """
    paint = _Paint(has_colour=has_colour)
    rows = sort_rows(batch.rows)
    names = [log_line(row.student)[:_MAX_NAME] for row in rows]
    scores = [_score(row) for row in rows]
    space = max(map(_columns, [*names, "student"]))
    most = max(map(len, [*scores, "score"]))
    lines = [paint("quiet", f"{_padded('student', space)}  {'score':>{most}}  status")]
    for name, score, row in zip(names, scores, rows, strict=True):
        lines.append(f"{_padded(name, space)}  {score:>{most}}  {_status(row, paint)}")
    return (
        "\n".join([*lines, "", *_totals(batch, rows), *_in_common(rows), *_attention(rows)]) + "\n"
    )


class _Paint:
    """Sets our own words, never foreign ones, in colour."""

    def __init__(self, *, has_colour: bool) -> None:
        self._has_colour = has_colour

    def __call__(self, tone: str, text: str) -> str:
        return f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if self._has_colour else text


def _head(report: Report | Feedback, paint: _Paint) -> Iterator[str]:
    student = report.submission.student if isinstance(report, Report) else report.student
    words = STATUS_WORDS[report.status]
    score = f"{points_text(report.score)} / {points_text(report.max_score)}"
    yield f"{log_line(student)}: {paint('bold', score)} points"
    if report.status is not Status.GRADED:
        yield f"{paint(words.tone, words.label)}: {words.sentence}"
    # a warning at home, or why nothing was graded
    mark = "note: " if report.status is Status.GRADED else ""
    yield from (f"  {mark}{log_line(problem)}" for problem in report.problems)
    if not has_full_marks(report):
        yield from _loading(report)


def _loading(report: Report | Feedback) -> Iterator[str]:
    notes = notes_of(report)
    yield from (f"  note: {log_line(note)}" for note in (*notes.others, *notes.commands))
    for reason in () if has_full_marks(report) else reasons_of(report):
        yield f"  not loaded: {log_line(reason.text)}"
        yield from _trace(reason.exception)
    yield from _printed("printed while loading", report.stdout)
    yield from _printed("printed to stderr while loading", report.stderr)


def _criteria(report: Report | Feedback, width: int, paint: _Paint) -> Iterator[str]:
    reasons = reasons_of(report)
    for group in exercises(report.criteria):
        yield ""
        score = f"{points_text(group.points)} / {group.max_points}"
        yield paint("bold", f"{group.id} {group.title}") + f"  {score}"
        for criterion in report.criteria:
            if criterion.exercise == group.id:
                yield from _criterion(entry_of(criterion, reasons), width, paint)


def _criterion(entry: Entry, width: int, paint: _Paint) -> Iterator[str]:
    criterion = entry.criterion
    words = OUTCOME_WORDS[criterion.outcome]
    mark = paint(words.tone, _MARKS.get(criterion.outcome, "\u2717"))
    points = f"{points_text(criterion.points)} / {criterion.max_points}"
    yield f"  {mark} {points:>9}  {criterion.title}"
    if criterion.outcome is Outcome.PASSED:
        yield from _paragraphs(criterion.notes, width)
        return
    kind = kind_text(criterion)
    more = f" ({log_line(kind)})" if kind and not criterion.message else ""
    where = ": see above" if entry.has_reason else ""
    yield f"{_INDENT}{paint(words.tone, words.label)}{more}{where}"
    yield from _indented(entry.message)
    yield from _paragraphs(filter(None, [criterion.cause]), width)
    if entry.is_explained:
        return
    if criterion.hint and criterion.outcome is not Outcome.UNGRADED:
        yield from _paragraphs([f"Hint: {criterion.hint}"], width)
    if not entry.has_reason:
        yield from _trace(criterion.exception)
    yield from _evidence(criterion.evidence)
    yield from _paragraphs(criterion.notes, width)
    if criterion.output:
        yield from _printed("printed", criterion.output.stdout)
        yield from _printed("printed to stderr", criterion.output.stderr)


def _trace(exception: ExceptionRecord | None) -> Iterator[str]:
    if exception is None:
        return
    for frame in exception.frames:
        place = f"{log_line(frame.file)}, line {frame.line}" if frame.line else log_line(frame.file)
        yield f"{_INDENT}{place}{f', in {log_line(frame.function)}' if frame.function else ''}"
        if frame.source:
            yield f"{_INDENT}    {log_line(frame.source)}"
    if not exception.text:
        yield f"{_INDENT}{log_line(exception.type)}"


def _evidence(evidence: Evidence | None) -> Iterator[str]:
    if evidence is None or evidence.actual is None or evidence.expected is None:
        return
    where = f"[{', '.join(map(str, evidence.worst_index))}]" if evidence.worst_index else ""
    name = log_line(evidence.name or "value")
    shape = f" of shape {shape_text(evidence.shape)}" if evidence.shape else ""
    yield (
        f"{_INDENT}{name}{where}{shape}: got {log_line(evidence.actual)}, expected "
        f"{log_line(evidence.expected)}"
    )


def _printed(label: str, text: str) -> Iterator[str]:
    if text:
        yield f"{_INDENT}{label}:"
        yield from _indented(text, "    ")


def _indented(text: str, more: str = "") -> Iterator[str]:
    for line in terminal_text(text).rstrip("\n").split("\n") if text else ():
        yield f"{_INDENT}{more}{line}"


def _paragraphs(texts: Iterable[str], width: int) -> Iterator[str]:
    for text in texts:
        yield from textwrap.wrap(
            log_line(text),
            max(30, width),
            initial_indent=_INDENT,
            subsequent_indent=_INDENT,
            break_on_hyphens=False,
        )


def _columns(text: str) -> int:
    """Count a text's columns on a terminal.

    East Asian letters fill two columns. Separate accents fill none.
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - _columns(text))


def _score(row: Row) -> str:
    if row.status is Status.UNGRADED:
        return "-"
    return f"{points_text(row.score)} / {points_text(row.max_score)}"


def _status(row: Row, paint: _Paint) -> str:
    words = STATUS_WORDS[row.status]
    return paint(words.tone, words.label)


def _totals(batch: Batch, rows: list[Row]) -> Iterator[str]:
    found = figures(rows)
    yield f"{count_text(found.submissions, 'submission')} of {log_line(batch.assignment.title)}"
    if found.mean is not None and found.median is not None:
        mean, median = points_text(round(found.mean, 1)), points_text(found.median)
        yield (
            f"mean {mean}, median {median} of {batch.assignment.max_points} points, "
            f"{found.full_marks:,} with full marks"
        )


def _in_common(rows: list[Row]) -> Iterator[str]:
    causes = find_common_causes(rows)
    if causes:
        yield "\nIn common:"
        yield from (f"  {cause.text}" for cause in causes)


def _attention(rows: list[Row]) -> Iterator[str]:
    for title, chosen in (
        ("Needs another try", [row for row in rows if row.needs_another_try]),
        ("Rejected", [row for row in rows if row.status is Status.REJECTED]),
    ):
        if chosen:
            yield f"\n{title}:"
            yield from (
                f"  {log_line(row.student)[:_MAX_NAME]}: {log_line(row.why)[:200]}"
                for row in chosen
            )
