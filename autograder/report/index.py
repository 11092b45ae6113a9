"""The overview of a batch as one self-contained HTML page."""

from __future__ import annotations

import math
from functools import cache
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from autograder.records.outcome import Outcome, Status
from autograder.records.text import page_line
from autograder.report.html import asset, clipped, code_spans, source_hash, template
from autograder.report.pictures import histogram
from autograder.report.similarity import find_similar_submissions
from autograder.report.summary import figures, find_common_causes, sort_rows, subject_text, tallies
from autograder.report.words import OUTCOME_WORDS, STATUS_WORDS, points_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from autograder.report.summary import Batch, CriterionColumn, OutcomeTally, Row

# One letter per outcome: a batch of 1,000 students by 40 criteria has 40,000 of them in its page.
CELL_CLASSES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PASSED: "p",
        Outcome.PARTIAL: "h",
        Outcome.FAILED: "f",
        Outcome.RAISED: "r",
        Outcome.TIMEOUT: "t",
        Outcome.MEMORY: "m",
        Outcome.CRASHED: "c",
        Outcome.FORBIDDEN: "b",
        Outcome.MISSING: "g",
        Outcome.NOT_LOADED: "l",
        Outcome.NOT_ATTEMPTED: "n",
        Outcome.SKIPPED: "s",
        Outcome.UNGRADED: "u",
    }
)
TONE_LABELS = {
    "good": "passed",
    "part": "partly right",
    "bad": "failed or raised",
    "halt": "stopped by a limit",
    "idle": "missing or not run",
    "staff": "not graded",
}
# of the heat map: a column, a broad letter, a header's edge
_CELL_REM, _LETTER_REM, _PADDING_REM = (1.5, 0.52, 0.4)
_CELLS = {outcome: f"<td class={letter}>" for outcome, letter in CELL_CLASSES.items()} | {
    None: "<td>"
}
_WORST = 8  # criteria: as many as a person can act on before the next class
_WORST_RATE = 0.9  # a criterion that more pass than this is not among the worst
_NAMED = 8  # submissions of a common cause that stand in its line; the others fold
_UNFOLDED = 6  # of those that need another try, were rejected or flagged; more fold
_LISTED = 200  # of those that need another try, were rejected or flagged; the table has them all


def render_index_html(batch: Batch, *, written_utc: datetime | None = None) -> str:
    """Render the overview of a batch, for staff.

    Parameters
    ----------
    batch
        Its rows in any order. Links go to ``reports/<submission>.html``.
    written_utc
        When the page was written, to be said while the batch runs.
    """
    rows = sort_rows(batch.rows)
    style, script = _style(), asset("tips.js", "index.js")
    counted = tallies(batch)
    page = template("index.html.j2").render(
        style=style,
        style_hash=source_hash(style),
        script=script,
        script_hash=source_hash(script),
        nice_step=nice_step,
        quote=quote,
        tone_labels=TONE_LABELS,
        batch=batch,
        figures=figures(rows),
        bins=histogram([row.score for row in rows if row.has_score], batch.assignment.max_points),
        causes=find_common_causes(rows),
        subject_text=subject_text,
        named=_NAMED,
        tallies=counted,
        worst=find_worst(counted),
        exercise_columns=_exercise_columns(batch.columns),
        another_try=[row for row in rows if row.needs_another_try],
        rejected=[row for row in rows if row.status is Status.REJECTED],
        flagged=[row for row in rows if row.flags],
        similar=find_similar_submissions(rows) if batch.is_finished else [],
        listed=_LISTED,
        unfolded=_UNFOLDED,
        legend=[(CELL_CLASSES[outcome], OUTCOME_WORDS[outcome].label) for outcome in _used(rows)],
        table_rows=Markup("\n").join(_table_row(row, len(batch.columns)) for row in rows),
        written_utc=written_utc,
    )
    return page + "\n"


def find_worst(counted: Sequence[OutcomeTally]) -> list[OutcomeTally]:
    """Choose the criteria that the fewest pass, the worst first."""
    known = [one for one in counted if one.pass_rate is not None and one.pass_rate < _WORST_RATE]
    return sorted(known, key=lambda one: (one.pass_rate, -one.column.max_points))[:_WORST]


@cache
def _style() -> Markup:
    # our own words and letters
    return asset("base.css", "index.css") + Markup("\n" + _cell_styles())  # noqa: S704


def _cell_styles() -> str:
    """Write the rules for the cells of the heat map.

    They follow from the one table of words.
    """
    rules = []
    for outcome, letter in CELL_CLASSES.items():
        words = OUTCOME_WORDS[outcome]
        if outcome is Outcome.PASSED:
            rules.append(f".cells .{letter} {{ background: var(--good-soft); }}")
        else:
            rules.append(
                f".cells .{letter} {{ background: var(--{words.tone}-cell); }} "
                f'.cells .{letter}::before {{ content: "{words.letter}"; }}'
            )
    return "\n".join(rules)


def _used(rows: Iterable[Row]) -> list[Outcome]:
    seen = {outcome for row in rows for outcome in row.outcomes}
    return [outcome for outcome in CELL_CLASSES if outcome in seen]


def _exercise_columns(
    columns: Sequence[CriterionColumn],
) -> list[tuple[str, str, list[CriterionColumn], bool]]:
    """Group the columns by exercise.

    A group is marked if it is so wide that its title stands above it whole.
    """
    groups = groupby(columns, key=lambda column: (column.exercise, column.exercise_title))
    found = [(exercise, title, list(group)) for (exercise, title), group in groups]
    return [
        (exercise, title, group, _fits(f"{exercise} {title}", len(group)))
        for exercise, title, group in found
    ]


def _fits(text: str, columns: int) -> bool:
    return len(text) * _LETTER_REM + _PADDING_REM <= columns * _CELL_REM


def _table_row(row: Row, columns: int) -> Markup:
    head = Markup('<tr{}><th scope=row><a href="reports/{}.html"><bdi>{}</bdi></a>').format(
        Markup(" data-t") if row.needs_another_try else "",
        quote(row.submission),
        page_line(row.student),
    )
    if any(row.outcomes):
        cells = "".join(_CELLS[outcome] for outcome in row.outcomes)
        # our own letters
        return head + Markup("<td>{}").format(points_text(row.score)) + Markup(cells)  # noqa: S704
    words = STATUS_WORDS[row.status]
    text = code_spans(clipped(f"{words.label}: {page_line(row.why)}", 160))
    return head + Markup("<td>\u2013<td class=why colspan={}>{}").format(max(1, columns), text)


def nice_step(highest: int, lines: int = 4) -> int:
    """Choose a round step for an axis.

    It is 1, 2 or 5 times a power of ten and divides the axis into at most ``lines`` parts.
    """
    if highest <= lines:
        return 1
    power: int = 10 ** math.floor(math.log10(highest / lines))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor * lines >= highest)
