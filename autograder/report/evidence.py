"""Where and how far a numeric answer is off: small, bounded, and never the array itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from autograder.report.text import stored_text

if TYPE_CHECKING:
    from collections.abc import Mapping

GRID_CELLS = 32  # per side: fine enough to see a row, a border or every other column, small enough for a phone
_WORD_CHARACTERS = 120
_MAX_DETAILS = 20


def _word(value: Any) -> Any:
    """Write a scalar as text: numbers with 7 significant digits, anything else by `str`."""
    if value is None or isinstance(value, str):
        text = value
    elif isinstance(value, float | complex):
        text = f"{value:.7g}"
    else:
        text = str(value)
    return None if text is None else stored_text(text, _WORD_CHARACTERS)


def _finite(value: Any) -> Any:
    """Make a number, or None of what is none: a report's numbers are finite."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _cells(value: Any) -> Any:
    """Round errors to 3 significant digits, None for NaN and infinity: a picture needs no more."""
    if not isinstance(value, list | tuple):
        return value
    return [[_cell(item) for item in row] for row in value]


def _cell(value: Any) -> float | None:
    number = _finite(value)
    return None if number is None else float(f"{number:.3g}")


def _sizes(value: Any) -> Any:
    return None if value is None else tuple(int(size) for size in value)


Word = Annotated[str | None, BeforeValidator(_word)]
Number = Annotated[float | None, BeforeValidator(_finite)]
Sizes = Annotated[Annotated[tuple[int, ...], Field(max_length=64)] | None, BeforeValidator(_sizes)]
Cells = Annotated[
    tuple[Annotated[tuple[float | None, ...], Field(max_length=GRID_CELLS)], ...],
    BeforeValidator(_cells),
    Field(max_length=GRID_CELLS),
]


class Evidence(BaseModel):
    """How an answer differs from the expected one.

    Attributes
    ----------
    name
        The compared value ("dx").
    shape, dtype, expected_shape, expected_dtype
        Of the answer and of what was expected.
    worst_index
        Index of the element that is furthest off, or of the first that is no number.
    actual, expected
        The values there, as text (they may be NaN or complex).
    max_abs, max_rel
        Largest absolute and relative error; None where it is no finite number.
    tolerance
        Largest absolute error that would have passed at the worst element.
    mismatched, total
        Number of elements out of tolerance, and of all.
    grid
        Largest absolute error in each of up to 32 by 32 blocks of the array seen as a matrix; None where a block holds
        NaN or infinity.
    grid_rows, grid_cols
        What the rows and columns of this matrix are ("axes 0 to 1, 40 rows", "axis 2, 512 columns").
    details
        Anything else a check measured, as text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: Word = None
    shape: Sizes = None
    dtype: Word = None
    expected_shape: Sizes = None
    expected_dtype: Word = None
    worst_index: Sizes = None
    actual: Word = None
    expected: Word = None
    max_abs: Number = None
    max_rel: Number = None
    tolerance: Number = None
    mismatched: Annotated[int, Field(ge=0)] | None = None
    total: Annotated[int, Field(ge=0)] | None = None
    grid: Cells = ()
    grid_rows: Word = None
    grid_cols: Word = None
    details: dict[str, Word] = Field(default_factory=dict)

    @classmethod
    def from_check(cls, evidence: Mapping[str, Any]) -> Evidence:
        """Build evidence from what a check raised with; keys that this model does not name become ``details``."""
        known = {key: value for key, value in evidence.items() if key in cls.model_fields}
        details = {_word(key): _word(value) for key, value in evidence.items() if key not in cls.model_fields}
        return cls(**{**known, "details": {**known.get("details", {}), **dict(list(details.items())[:_MAX_DETAILS])}})
