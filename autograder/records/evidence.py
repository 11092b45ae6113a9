"""The errors of a numeric answer.

They tell where and how far it is off, small, bounded, and never the array itself.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from autograder.records.text import stored_text

# per side: fine enough to see a row, a border or every other column, small enough for a phone
GRID_CELLS = 32
_WORD_CHARACTERS = 120
LISTED_VALUES = 64  # shown as numbers; of more, a picture says more
_MAX_DETAILS = 20
_MAX_AXES = 64  # as many as NumPy allows


def _word(value: Any) -> Any:
    """Write a scalar as text.

    Numbers have 7 significant digits. Anything else is written by `str`.
    """
    if value is None or isinstance(value, str):
        text = value
    elif isinstance(value, float | complex):
        text = f"{value:.7g}"
    else:
        text = str(value)
    return None if text is None else stored_text(text, _WORD_CHARACTERS)


def _finite(value: Any) -> Any:
    """Return a finite number, or None.

    A report's numbers are finite.
    """
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):  # the last from an int beyond all floats
        return None
    return number if math.isfinite(number) else None


def _cells(value: Any) -> Any:
    """Round errors to 3 significant digits.

    NaN and infinity become None. A picture needs no more.
    """
    if not isinstance(value, list | tuple) or not all(
        isinstance(row, list | tuple) for row in value
    ):
        return ()
    grid = [[_cell(item) for item in row[:GRID_CELLS]] for row in value[:GRID_CELLS]]
    return grid if len({len(row) for row in grid}) == 1 else ()


def _cell(value: Any) -> float | None:
    number = _finite(value)
    if number is None:
        return None
    rounded = float(f"{number:.3g}")
    return rounded if math.isfinite(rounded) else number  # the largest floats round to infinity


def _sizes(value: Any) -> Any:
    """Return a tuple of sizes, or None.

    None stands for values that are no sizes.
    """
    if not isinstance(value, list | tuple):
        return None
    try:
        return tuple(operator.index(size) for size in value[:_MAX_AXES])
    except TypeError:
        return None


def _listed(value: Any) -> Any:
    """Keep a list of values that is short enough to be shown."""
    if not isinstance(value, list | tuple) or len(value) > LISTED_VALUES:
        return ()
    return ["None" if item is None else item for item in value]


def _places(value: Any) -> Any:
    sizes = _sizes(value)
    return sizes or ()


def _count(value: Any) -> Any:
    try:
        return max(0, operator.index(value))
    except TypeError:
        return None


Word = Annotated[str | None, BeforeValidator(_word)]
Key = Annotated[str, BeforeValidator(_word)]
Number = Annotated[float | None, BeforeValidator(_finite)]
Count = Annotated[int | None, BeforeValidator(_count)]
Sizes = Annotated[tuple[int, ...] | None, BeforeValidator(_sizes)]
Words = Annotated[tuple[Key, ...], BeforeValidator(_listed)]
Places = Annotated[tuple[int, ...], BeforeValidator(_places)]
Cells = Annotated[tuple[tuple[float | None, ...], ...], BeforeValidator(_cells)]


class Evidence(BaseModel):
    """How an answer differs from the expected one.

    Whatever a rubric states as evidence gives evidence: keys that are not named here become
    ``details``, and a value that does not fit its key is left out. No report is lost for it.

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
        Largest absolute error in each of up to 32 by 32 blocks of the array seen as a matrix; None
        where a block holds NaN or infinity.
    grid_rows, grid_cols
        What the rows and columns of this matrix are ("axes 0 to 1, 40 rows", "axis 2, 512
        columns").
    actual_values, expected_values
        All values in C order, as text, where there are at most 64; empty otherwise.
    off
        Places among them of those that are out of tolerance.
    details
        Anything else a check measured, as text.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,
    )

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
    mismatched: Count = None
    total: Count = None
    grid: Cells = ()
    grid_rows: Word = None
    grid_cols: Word = None
    actual_values: Words = ()
    expected_values: Words = ()
    off: Places = ()
    details: dict[Key, Word] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _keep_others(cls, data: Any) -> Any:
        """Move the keys that this model does not name into ``details``.

        A check may measure anything.
        """
        if not isinstance(data, Mapping):
            return data
        known = {key: value for key, value in data.items() if key in cls.model_fields}
        others = {str(key): value for key, value in data.items() if key not in cls.model_fields}
        stated = known.pop("details", None)
        details = {**(stated if isinstance(stated, Mapping) else {}), **others}
        return {**known, "details": dict(list(details.items())[:_MAX_DETAILS])}
