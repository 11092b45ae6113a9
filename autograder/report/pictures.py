"""The geometry of the pictures, computed once here and drawn by templates.

Horizontal places and widths of bars are in percent, so that a picture fits a phone and its text
keeps its size.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from autograder.records.report import total_points
from autograder.report.words import OUTCOME_WORDS, count_text, number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.records.evidence import Evidence
    from autograder.records.outcome import Outcome

_LEVELS = 4  # steps of colour beyond the tolerance: more cannot be told apart in a legend
# 32 cells make 160 px: fits beside the message on a desk, beside its legend on a phone
_CELL_PX = 5
_MAX_CELL_PX = 26  # a 2 by 3 matrix is no poster
_MAX_COLUMNS, _FOLDED_COLUMNS = 8, 6  # of numbers: two tables of 6 stand side by side on a desk
_ROOMY_COLUMNS = 4  # of numbers: a digit more fits
# that are shown if they tell got and expected apart; evidence has no more
_MAX_DIGITS, _ALL_DIGITS = (4, 7)
_PLAIN_FROM, _PLAIN_BELOW = 1e-2, 1e4  # values of this size are written as they are
_MAX_LINES = 12  # of numbers: more do not fit beside the message on a screen
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


class PicturedCriterion(Protocol):
    """The data of a criterion that a picture needs.

    The criterion is that of a report or of feedback.
    """

    @property
    def id(self) -> str:
        """Its stable id."""

    @property
    def exercise(self) -> str:
        """The id of its exercise."""

    @property
    def exercise_title(self) -> str:
        """The title of its exercise."""

    @property
    def title(self) -> str:
        """Its public name."""

    @property
    def points(self) -> float:
        """The points earned."""

    @property
    def max_points(self) -> int:
        """The points that can be earned."""

    @property
    def outcome(self) -> Outcome:
        """Its outcome."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A criterion in the bar of its exercise.

    It takes ``width`` of the bar [%], of which ``won`` is filled [%].
    """

    criterion: PicturedCriterion
    x: float
    width: float
    won: float
    tone: str


@dataclass(frozen=True, slots=True)
class ExerciseBar:
    """An exercise with its criteria and its bar.

    The bar is as long as the exercise's share of the largest exercise.
    """

    id: str
    title: str
    criteria: tuple[PicturedCriterion, ...]
    points: float
    max_points: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One colour of an error map.

    It has the cells as an SVG path, and their meaning.
    """

    name: str
    path: str
    label: str


@dataclass(frozen=True, slots=True)
class ErrorMap:
    """A map of an array's errors.

    It has blocks of the array's matrix by the size of their error.
    """

    rows: int
    cols: int
    width_px: int
    height_px: int
    levels: tuple[Level, ...]
    worst: tuple[int, int] | None
    text: str
    axes: str


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A line of values.

    It has the index of the first, and each value with True where it is off.
    """

    index: str
    cells: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class ValueTables:
    """The values of a small array, got and expected.

    Both are in the same lines. Only the values that were got are marked.

    Attributes
    ----------
    factor
        A power of ten that all values have in common, such as ``1e-3``; empty for one.
    is_wide
        True if the lines are long: their numbers are shorter and set smaller.
    """

    got: tuple[ValueLine, ...]
    expected: tuple[ValueLine, ...]
    factor: str
    is_wide: bool


@dataclass(frozen=True, slots=True)
class ErrorScale:
    """A scale of an array's largest error.

    Tolerance and largest error are on one logarithmic ruler [%].
    """

    tolerance: float
    error: float
    tolerance_label: str
    error_label: str
    text: str


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram.

    It has its share of the highest bar, and its count.
    """

    x: float
    width: float
    height: float
    count: int
    label: str


def exercises(criteria: Sequence[PicturedCriterion]) -> list[ExerciseBar]:
    """Group criteria under their exercises, with bars.

    Their order stays.
    """
    groups = [
        (key, tuple(group))
        for key, group in groupby(criteria, key=lambda criterion: criterion.exercise)
    ]
    largest = max((sum(item.max_points for item in group) for _, group in groups), default=0)
    return [
        ExerciseBar(
            id=key,
            title=group[0].exercise_title,
            criteria=group,
            points=total_points(item.points for item in group),
            max_points=sum(item.max_points for item in group),
            segments=tuple(_segments(group, largest)),
        )
        for key, group in groups
    ]


def _segments(criteria: Iterable[PicturedCriterion], largest: int) -> Iterable[Segment]:
    x = 0.0
    for criterion in criteria:
        width = 100 * criterion.max_points / largest if largest else 0.0
        share = criterion.points / criterion.max_points if criterion.max_points else 0.0
        yield Segment(
            criterion,
            round(x, 2),
            round(width, 2),
            round(100 * share, 2),
            OUTCOME_WORDS[criterion.outcome].tone,
        )
        x += width


def lost_points(criteria: Sequence[PicturedCriterion]) -> list[tuple[float, PicturedCriterion]]:
    """List the criteria without full marks.

    Each comes with the points that it lacks, most first.
    """
    lost = [
        (total_points([item.max_points, -item.points]), item)
        for item in criteria
        if item.points < item.max_points
    ]
    return sorted(lost, key=lambda pair: -pair[0])


def error_map(evidence: Evidence) -> ErrorMap | None:
    """Draw a map of an array's errors.

    It is None where numbers say it, or where every block is alike.
    """
    grid = evidence.grid
    if not grid or not grid[0] or len(grid) * len(grid[0]) == 1 or evidence.actual_values:
        return None
    rows, cols = len(grid), len(grid[0])
    values = [value for row in grid for value in row if value is not None]
    bounds = _bounds(values, evidence.tolerance)
    places: dict[str, list[str]] = {}
    for y, row in enumerate(grid):
        for name, start, length in _runs([_level(value, bounds) for value in row]):
            places.setdefault(name, []).append(f"M{start} {y}h{length}v1h-{length}z")
    if len(places) == 1:  # a solid block shows nothing
        return None
    labels = {**_labels(bounds), "nan": "NaN or infinite"}
    cell = min(_MAX_CELL_PX, max(_CELL_PX, 32 * _CELL_PX // max(rows, cols)))
    return ErrorMap(
        rows=rows,
        cols=cols,
        width_px=cell * cols,
        height_px=cell * rows,
        levels=tuple(
            Level(name, "".join(places[name]), label)
            for name, label in labels.items()
            if name in places
        ),
        worst=_worst(grid),
        text=f"Largest error in {rows} by {cols} blocks of the array.",
        axes=_axes(evidence),
    )


def _axes(evidence: Evidence) -> str:
    """Return a sentence on the map's axes.

    It follows from the shape where the check does not state the axes.
    """
    if evidence.grid_rows or evidence.grid_cols:
        return f"Down: {evidence.grid_rows or 'rows'}. Across: {evidence.grid_cols or 'columns'}."
    match evidence.shape or evidence.expected_shape:
        case (length,):
            is_folded = len(evidence.grid) > 1
            return (
                f"Its {count_text(length, 'element')}, "
                f"{'line by line' if is_folded else 'from left to right'}."
            )
        case (rows, cols):
            return f"Down: {count_text(rows, 'row')}. Across: {count_text(cols, 'column')}."
        case (*leading, last):
            rows = math.prod(leading)
            return (
                f"Down: axes 0 to {len(leading) - 1} ({count_text(rows, 'row')}). Across: axis "
                f"{len(leading)} ({last:,})."
            )
        case _:
            return ""


def _bounds(values: Sequence[float], tolerance: float | None) -> list[float]:
    """Return the upper bounds of the levels.

    The tolerance comes first, then equal steps of magnitude up to the largest error.
    """
    high = max(values, default=0.0)
    positive = [value for value in values if value > 0]
    low = tolerance or min(positive, default=0.0)
    if high <= low or low <= 0:
        return [low, high] if high > low else [max(low, high)]
    decades = math.log10(high) - math.log10(low)  # the quotient itself may be infinite
    steps = min(_LEVELS, max(1, round(decades)))
    return [
        low,
        *(10 ** (math.log10(low) + decades * step / steps) for step in range(1, steps)),
        high,
    ]


def _level(value: float | None, bounds: Sequence[float]) -> str:
    if value is None:
        return "nan"
    for level, bound in enumerate(bounds):
        if value <= bound:
            return f"l{level}" if len(bounds) > 1 or level else "l0"
    return f"l{len(bounds) - 1}"


def _labels(bounds: Sequence[float]) -> dict[str, str]:
    labels = {
        f"l{level}": f"up to {number_text(float(f'{bound:.2g}'))}"
        for level, bound in enumerate(bounds)
    }
    return {**labels, "l0": f"within {number_text(bounds[0])}"}


def _runs(names: Sequence[str]) -> Iterable[tuple[str, int, int]]:
    start = 0
    for name, group in groupby(names):
        length = sum(1 for _ in group)
        yield name, start, length
        start += length


def _worst(grid: Sequence[Sequence[float | None]]) -> tuple[int, int] | None:
    """Find the block that is furthest off, as (column, row).

    A block that holds no number is further off than any other.
    """
    cells = [
        (math.inf if value is None else value, -y, -x)
        for y, row in enumerate(grid)
        for x, value in enumerate(row)
    ]
    _, y, x = max(cells)
    return (-x, -y)


def value_tables(evidence: Evidence) -> ValueTables | None:
    """Lay out the values of a small array.

    It is None where there are none, or not as many as expected.
    """
    got, expected = evidence.actual_values, evidence.expected_values
    if not got or len(got) != len(expected):
        return None
    off = frozenset(evidence.off)
    shape = (
        evidence.shape if evidence.shape and math.prod(evidence.shape) == len(got) else (len(got),)
    )
    lines = list(_lines(shape, len(got)))
    exponent = _common_exponent((*got, *expected))
    is_wide = max(stop - start for _, start, stop in lines) > _ROOMY_COLUMNS
    digits = _MAX_DIGITS - 1 if is_wide else _MAX_DIGITS
    shown_got, shown_expected = _distinct(got, expected, off, digits, exponent)

    def laid_out(values: Sequence[str], marked: frozenset[int]) -> tuple[ValueLine, ...]:
        return tuple(
            ValueLine(
                index, tuple((values[place], place in marked) for place in range(start, stop))
            )
            for index, start, stop in lines
        )

    factor = f"1e{exponent}" if exponent else ""
    return ValueTables(
        laid_out(shown_got, off), laid_out(shown_expected, frozenset()), factor, is_wide
    )


def _common_exponent(texts: Iterable[str]) -> int:
    """Choose the power of ten that is taken out.

    Small and large values are then short to read.
    """
    largest = max((abs(float(text)) for text in texts if _is_fraction(text)), default=0.0)
    if not math.isfinite(largest) or largest == 0 or _PLAIN_FROM <= largest < _PLAIN_BELOW:
        return 0
    return math.floor(math.log10(largest))


def _distinct(
    got: Sequence[str], expected: Sequence[str], off: frozenset[int], digits: int, exponent: int
) -> tuple[Sequence[str], Sequence[str]]:
    """Round values to few digits that still show errors.

    Each value that is off differs from the expected one as shown.
    """
    for more in range(digits, _ALL_DIGITS + 1):
        rounded = (
            [_rounded(text, more, exponent) for text in got],
            [_rounded(text, more, exponent) for text in expected],
        )
        if all(rounded[0][place] != rounded[1][place] for place in off if place < len(got)):
            break
    return rounded


def _rounded(text: str, digits: int, exponent: int) -> str:
    """Round a decimal number without the common power of ten.

    Words stay as they are, and so do integers of one unit.
    """
    if not _DECIMAL.fullmatch(text) or not (exponent or _is_fraction(text)):
        return text
    exact = Decimal(float(text))  # a power of ten beyond the range of floats is no float
    return number_text(
        float(exact.scaleb(-exponent)) if exact.is_finite() else float(exact), digits
    )


def _is_fraction(text: str) -> bool:
    return bool(_DECIMAL.fullmatch(text)) and not text.lstrip("-").isdecimal()


def _lines(shape: tuple[int, ...], total: int) -> Iterable[tuple[str, int, int]]:
    """Cut an array into lines.

    A line is the index of its first value, start and stop.

    A row of the matrix is a line where it fits; what is long or tall is cut into even pieces.
    """
    columns = shape[-1]
    is_matrix = len(shape) > 1 and columns and total // columns <= _MAX_LINES
    is_whole = is_matrix and columns <= _MAX_COLUMNS
    step = columns if is_whole else _FOLDED_COLUMNS
    for start in range(0, total, columns if is_matrix else total):
        end = start + (columns if is_matrix else total)
        for place in range(start, end, step):
            index = (
                _index_text(place // columns, shape[:-1]) if is_whole else _index_text(place, shape)
            )
            yield index, place, min(place + step, end)


def _index_text(place: int, shape: tuple[int, ...]) -> str:
    """Write the index of a place in C order, as NumPy does."""
    index = []
    for size in reversed(shape):
        place, rest = divmod(place, size)
        index.append(str(rest))
    return f"[{', '.join(reversed(index))}]"


def error_scale(evidence: Evidence) -> ErrorScale | None:
    """Draw the scale of an array's largest error.

    It is None where there is no tolerance or no finite error beyond it.
    """
    tolerance, error = evidence.tolerance, evidence.max_abs
    if not tolerance or not error or error <= tolerance or tolerance < 0:
        return None
    low, high = math.log10(tolerance) - 1.0, math.log10(error) + 0.4
    decades = math.log10(error) - math.log10(tolerance)  # the quotient itself may be infinite
    times = f"{error / tolerance:,.3g} times" if decades < 4 else f"about 10^{round(decades)} times"
    return ErrorScale(
        tolerance=round(100 / (high - low), 2),
        error=round(100 * (math.log10(error) - low) / (high - low), 2),
        tolerance_label=f"tolerance {number_text(tolerance)}",
        error_label=f"error {number_text(error)}",
        text=f"The largest error is {times} the tolerance.",
    )


def histogram(scores: Sequence[float], max_score: float, bins: int = 20) -> list[Bin]:
    """Count scores in equal steps.

    The last step includes the full score.

    Parameters
    ----------
    scores
        Scores from 0 to ``max_score``.
    """
    counts = [0] * bins
    for score in scores:
        place = int(bins * score / max_score) if max_score else 0
        counts[min(place, bins - 1)] += 1
    highest = max(counts, default=0)
    step = max_score / bins
    width = 100 / bins
    return [
        Bin(
            x=round(place * width, 3),
            width=round(width, 3),
            height=round(100 * count / highest, 2) if highest else 0.0,
            count=count,
            label=f"{place * step:g} to {(place + 1) * step:g}",
        )
        for place, count in enumerate(counts)
    ]
