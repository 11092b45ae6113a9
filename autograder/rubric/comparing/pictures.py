"""Evidence of an answer's errors, small enough for a report.

The evidence of a failed comparison is a dict that JSON can hold:

``name``                            what was compared
``shape``, ``dtype``                of the answer (lists of int; text)
``expected_shape``, ``expected_dtype``
``worst_index``                     list of int
``actual``, ``expected``            the two values there: number, bool, or text for what
JSON has no number for ``max_abs``, ``max_rel``            largest error; the same
divided by the largest expected value. None: not finite ``tolerance``
largest error that is allowed ``mismatched``, ``total``           how many values are
off, and of how many ``grid``                            at most 32 x 32 largest errors
of blocks, rows first; None stands for not finite ``grid_rows``, ``grid_cols``
what its rows and columns are, in words ``actual_values``                   all values
of the answer in C order, where there are at most 64 ``expected_values``, ``off``
the expected ones; the places of those that are off
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.records.criterion import Data
from autograder.rubric.comparing.values import Array, number, widened

#: Most rows and columns of a grid: what a person can still see on a phone.
GRID_CELLS = 32
#: Most values that are shown as numbers: more are read by nobody, and a picture says more.
LISTED_VALUES = 64

Errors = npt.NDArray[np.float64]


def error_grid(errors: Errors) -> list[list[float | None]]:
    """Return the largest absolute errors of at most 32 x 32 blocks.

    Parameters
    ----------
    errors : float64[...]
        Absolute errors. Leading axes are joined to rows; the last axis is the columns.
        NaN counts as infinite.

    Returns
    -------
    list of rows
        None stands for a block with an error that is not finite.

    Examples
    --------
    >>> error_grid(np.array([[0.0, 0.5], [0.25, np.nan]]))
    [[0.0, 0.5], [0.25, None]]
    """
    table = _as_table(np.where(np.isnan(errors), np.inf, errors))
    if table.size == 0:
        return []
    blocks = np.maximum.reduceat(table, _starts(table.shape[0]), axis=0)
    blocks = np.maximum.reduceat(blocks, _starts(table.shape[1]), axis=1)
    return [[_finite(cell) for cell in row] for row in blocks.tolist()]


def _as_table(values: Errors) -> Errors:
    """Return values as rows and columns.

    A long vector is folded, so that its picture is a square and no line.
    """
    if values.ndim > 1:
        return values.reshape(-1, values.shape[-1]) if values.size else values.reshape(0, 0)
    flat = values.reshape(-1)
    if flat.size <= GRID_CELLS:
        return flat.reshape(1, -1) if flat.size else flat.reshape(0, 0)
    columns = _folded_columns(flat.size)
    rows = -(-flat.size // columns)
    folded = np.zeros(rows * columns)
    folded[: flat.size] = flat
    return folded.reshape(rows, columns)


def _grid_words(shape: tuple[int, ...]) -> dict[str, str]:
    """Say what the rows and columns of a grid are."""
    if len(shape) > 1:
        axes = f"axes 0 to {len(shape) - 2}" if len(shape) > 2 else "axis 0"
        rows = f"{axes}, {math.prod(shape[:-1])} rows"
        return {"grid_rows": rows, "grid_cols": f"axis {len(shape) - 1}, {shape[-1]} columns"}
    if not shape:
        return {"grid_rows": "1 row", "grid_cols": "1 value"}
    if shape[0] <= GRID_CELLS:
        return {"grid_rows": "1 row", "grid_cols": f"axis 0, {shape[0]} values"}
    columns = _folded_columns(shape[0])
    return {
        "grid_rows": f"{-(-shape[0] // columns)} rows",
        "grid_cols": f"axis 0, in rows of {columns} values",
    }


def _folded_columns(length: int) -> int:
    """Return the length of the rows of a folded vector."""
    return math.isqrt(length - 1) + 1


def _starts(length: int) -> npt.NDArray[np.intp]:
    """Return the starts of at most 32 blocks of nearly equal length."""
    blocks = min(length, GRID_CELLS)
    return np.arange(blocks) * length // blocks


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def shape_evidence(name: str, actual: Array, expected: Array) -> Data:
    """Return the evidence of arrays without a comparison by value."""
    return {
        "name": name,
        "shape": list(actual.shape),
        "dtype": str(actual.dtype),
        "expected_shape": list(expected.shape),
        "expected_dtype": str(expected.dtype),
    }


def value_evidence(  # noqa: PLR0913  # as many facts as the check has
    name: str,
    actual: Array,
    expected: Array,
    *,
    errors: Errors,
    wrong: Array,
    worst: tuple[int, ...],
    allowed: float,
) -> Data:
    """Return the evidence of arrays of one shape whose values differ.

    Parameters
    ----------
    errors : float64[...]
        Absolute errors, NaN where one of the two is NaN.
    wrong : bool[...]
        Which values are off.
    worst
        Index of the largest error.
    allowed
        Largest absolute error that is allowed there.
    """
    largest = float(errors[worst])
    scale = largest_finite(expected)
    return shape_evidence(name, actual, expected) | {
        "worst_index": [int(i) for i in worst],
        "actual": json_value(actual[worst]),
        "expected": json_value(expected[worst]),
        "max_abs": _finite(largest),
        "max_rel": _finite(largest / scale) if scale > 0 else None,
        "tolerance": float(allowed),
        "mismatched": int(np.count_nonzero(wrong)),
        "total": int(wrong.size),
        "grid": error_grid(errors),
        **_grid_words(errors.shape),
        **_listed(actual, expected, wrong),
    }


def _listed(actual: Array, expected: Array, wrong: Array) -> Data:
    """Return the values themselves where they are few.

    A single one stands in the evidence already.
    """
    if not 1 < wrong.size <= LISTED_VALUES or actual.shape != expected.shape:
        return {}
    return {
        "actual_values": [json_value(value) for value in actual.reshape(-1)],
        "expected_values": [json_value(value) for value in expected.reshape(-1)],
        "off": [int(place) for place in np.flatnonzero(wrong)],
    }


def largest_finite(array: Array) -> float:
    """Return the largest finite absolute value, or 0."""
    magnitudes = np.abs(widened(array))
    largest = float(np.max(magnitudes, initial=0.0))
    if math.isfinite(largest):
        return largest
    return float(np.max(magnitudes, initial=0.0, where=np.isfinite(magnitudes)))


def json_value(value: Any) -> float | int | bool | str:
    """Return a NumPy scalar as what JSON can hold.

    That is text for complex numbers and those that are not finite.
    """
    plain = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    if isinstance(plain, complex):
        return str(plain)
    if isinstance(plain, float) and not math.isfinite(plain):
        return str(plain)
    return plain  # type: ignore[no-any-return]


#: Answers with more values than this are not diagnosed: a failed check of a million values stays
#: below 20 ms.
LARGEST = 1 << 16

#: A factor this close to 1 is no factor.
_NEARLY_ONE = 1e-3

Agrees = Callable[[Array], bool]


def diagnose(
    actual: Array, expected: Array, allowed: float | Array, lengths: Mapping[str, int] | None = None
) -> str | None:
    """Return what would make a wrong answer right, or None.

    Parameters
    ----------
    actual, expected
        Numbers; of one shape, or the second's transposed.
    allowed
        Largest absolute error of the check.
    lengths
        Lengths of axes by letter, to name a factor: ``{"N": 12}``.

    Examples
    --------
    >>> e = np.array([[1.0, 2.0], [3.0, 5.0]])
    >>> diagnose(e.T, e, 1e-7)
    'It would be right if transposed.'
    >>> diagnose(2 * e, e, 1e-7, {"N": 2})
    'Every value is 2 times (N = 2) what it should be.'
    """
    if not 0 < actual.size <= LARGEST or actual.dtype.kind == "b" or expected.dtype.kind == "b":
        return None
    a, e = widened(actual), widened(expected)
    if not (np.isfinite(a).all() and np.isfinite(e).all()):
        return None

    def agrees(changed: Array) -> bool:
        return changed.shape == e.shape and bool((np.abs(changed - e) <= allowed).all())

    with np.errstate(all="ignore"):
        return next(_sentences(a, e, agrees, lengths or {}), None)


def _sentences(a: Array, e: Array, agrees: Agrees, lengths: Mapping[str, int]) -> Iterator[str]:
    """Yield what is true of the answer, the most telling first."""
    if not a.any() and e.any():
        yield "Every value is zero." if a.ndim else "It is zero."
        return
    if a.shape == e.shape:
        yield from _of_scale(a, e, agrees, lengths)
    if a.ndim > 1 and agrees(a.T):
        yield "It would be right if transposed."
    if a.shape != e.shape:
        return
    yield from _of_order(a, e, agrees)


def _of_scale(a: Array, e: Array, agrees: Agrees, lengths: Mapping[str, int]) -> Iterator[str]:
    whole = "It is" if a.ndim == 0 else "Every value is"
    if e.any() and agrees(-a):
        yield f"{'It' if a.ndim == 0 else 'Every value'} has the wrong sign."
    factor = _factor(a, e)
    if factor is not None and agrees(a / factor):
        named = _named_factor(factor, lengths)
        if named is not None or np.count_nonzero(e) > 1:
            yield f"{whole} {named or number(factor) + ' times'} what it should be."
    if a.size > 1:
        offset = (a - e).mean()
        if agrees(a - offset):
            yield f"{whole} off by the same amount, {number(offset)}."


def _factor(a: Array, e: Array) -> float | None:
    """Return the least-squares factor of the answer, or None.

    None means that it is nearly 1, or that there is none.
    """
    power = float(np.vdot(e, e).real)
    if power == 0 or a.dtype.kind == "c":
        return None
    factor = float(np.vdot(e, a)) / power
    return (
        None if factor == 0 or abs(factor - 1) < _NEARLY_ONE or not np.isfinite(factor) else factor
    )


def _named_factor(factor: float, lengths: Mapping[str, int]) -> str | None:
    """Return a factor in words if it is known.

    Known are the length of an axis, two, and the inverse of one of these.
    """
    for size, name in [*((size, letter) for letter, size in lengths.items()), (2, "")]:
        meaning = f" ({name} = {size})" if name else ""
        if size > 1 and np.isclose(factor, size, rtol=1e-6, atol=0):
            return f"{size} times{meaning}"
        if size > 1 and np.isclose(factor, 1 / size, rtol=1e-6, atol=0):
            return f"1/{size}{meaning} of"
    return None


def _of_order(a: Array, e: Array, agrees: Agrees) -> Iterator[str]:
    for axis in range(a.ndim):
        if a.shape[axis] > 1 and agrees(np.flip(a, axis)):
            yield (
                "It would be right in reverse order."
                if a.ndim == 1
                else f"It would be right with axis {axis} reversed."
            )
    if a.size > 1 and a.dtype.kind == "f" and agrees(_in_order_of(a, e)):
        yield "The values are right, but in another order."


def _in_order_of(a: Array, e: Array) -> Array:
    """Return the values of one array in the other's order of size."""
    placed = np.empty_like(a).reshape(-1)
    placed[np.argsort(e, axis=None, kind="stable")] = np.sort(a, axis=None)
    return placed.reshape(e.shape)
