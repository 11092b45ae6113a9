"""Answers of another type, shape or precision with the right numbers.

It is one rule, for every helper that compares an answer:

* A list or tuple of numbers stands for an array, also nested, and one of arrays of one shape.
* Axes of length 1 may be more or fewer, where the other axes agree in order and the number of axes
  differs. So a number stands for an array of one value, and (N, 1) for (N,); but (1, 3) is (3, 1)
  transposed, and wrong.
* A number stands for the same number of another type: whole floats for integers, integers for
  floats, 0 and 1 for booleans, complex numbers without an imaginary part for real ones.
* Float32 stands for float64: see `autograder.rubric.comparing.tolerance`. Anything
  narrower is too low.

A conversion costs nothing, and the report notes one of each kind. `assert_form` converts nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograder.rubric.checks import CheckFailed, note_conversion
from autograder.rubric.comparing import pictures, tolerance, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.rubric.comparing.values import Array

CheckDtype = bool | Literal["exact"]

#: The first integer beyond 64 bits.
_BEYOND = 2.0**63


# shapes ---------------------------------------------------------------------------------------


def require_shape(
    actual: object,
    expected: Array,
    *,
    name: str,
    letters: Sequence[str] = (),
    converts: bool = True,
) -> Array:
    """Return an answer as an array of the expected shape, or fail.

    Raises
    ------
    CheckFailed
        Of kind "type" if it holds no numbers, of kind "shape" if these do not fit.
    """
    due = values.shape_words(expected.shape, letters)
    what = _due_words(expected, due)
    is_list = isinstance(actual, (list, tuple))
    if is_list and not converts:
        raise CheckFailed(f"{name}: expected {what}, got {values.describe(actual)}.", "type")
    array = values.array_of(actual, name, what)
    if array.shape != expected.shape and not (converts and fits(array.shape, expected.shape)):
        raise _misfit(actual, array, expected, name=name, due=due)
    if is_list:
        kind = "an array" if expected.ndim else "a number"
        note_conversion(
            "list",
            f"{name}: a {'tuple' if isinstance(actual, tuple) else 'list'} accepted for {kind}",
        )
    elif array.shape != expected.shape:
        got = values.shape_words(array.shape)
        note_conversion("axes", f"{name}: {got} accepted for {values.shape_words(expected.shape)}")
    return array.reshape(expected.shape)


def fits(shape: Sequence[int], due: Sequence[int]) -> bool:
    """Return True if shapes differ in axes of length 1 only.

    They have other numbers of axes.
    """
    return len(shape) != len(due) and _longer(shape) == _longer(due)


def _longer(shape: Sequence[int]) -> list[int]:
    return [length for length in shape if length != 1]


def _due_words(expected: Array, due: str) -> str:
    return f"an array of {due}" if expected.ndim else "a number"


def _misfit(actual: object, array: Array, expected: Array, *, name: str, due: str) -> CheckFailed:
    if isinstance(actual, (list, tuple)) and not _holds_numbers(actual):
        # Several answers where one is due: their shape together means nothing.
        what = _due_words(expected, due)
        return CheckFailed(f"{name}: expected {what}, got {values.describe(actual)}.", "type")
    sentence = (
        f"{name}: expected {due}, got {values.shape_words(array.shape).removeprefix('shape ')}."
    )
    if array.T.shape == expected.shape:
        allowed = tolerance.tolerance(pictures.largest_finite(expected), tolerance.SINGLE)
        hint = pictures.diagnose(array, expected, allowed)
        sentence += f" {hint}" if hint else ""
    return CheckFailed(sentence, "shape", pictures.shape_evidence(name, array, expected))


def _holds_numbers(items: Sequence[object]) -> bool:
    """Return True for a list of numbers, nested or not.

    A list with an array in it is none.
    """
    nested = [item for item in items if isinstance(item, (list, tuple))]
    return all(isinstance(item, (list, tuple)) or values.is_number(item) for item in items) and all(
        map(_holds_numbers, nested)
    )


# kinds of numbers -----------------------------------------------------------------------------


def require_numbers(
    array: Array,
    expected: np.dtype[Any],
    due: tolerance.Precision,
    *,
    name: str,
    check_dtype: CheckDtype = True,
) -> Array:
    """Return an answer in the expected kind of numbers, or fail.

    Raises
    ------
    CheckFailed
        Of kind "dtype" if these are other numbers, or of too little precision.
    """
    if check_dtype is False:
        return array
    if check_dtype == "exact":
        if array.dtype != expected:
            raise _other_dtype(
                array, expected, name, f"expected dtype {expected}, got {array.dtype}."
            )
        return array
    kind, wanted = number_kind(array.dtype), number_kind(expected)
    if kind != wanted:
        converted = _converted(array, expected, name)
        if array.ndim or (kind, wanted) != (
            "integer",
            "floating-point",
        ):  # 1 is 1.0, not worth a note
            note_conversion("numbers", f"{name}: {array.dtype} accepted for {expected}")
        array = converted
    elif expected.kind not in "biu":
        _require_precision(array, expected, due, name)
    return array


def number_kind(dtype: np.dtype[Any]) -> str:
    """Return the kind of numbers of a dtype in one word."""
    kinds = {"b": "boolean", "i": "integer", "u": "integer", "c": "complex"}
    return kinds.get(dtype.kind, "floating-point")


def _require_precision(
    array: Array, expected: np.dtype[Any], due: tolerance.Precision, name: str
) -> None:
    precision = tolerance.precision_of(array.dtype)
    if precision.epsilon > max(due.epsilon, tolerance.SINGLE.epsilon):
        raise _other_dtype(
            array, expected, name, f"precision too low ({array.dtype}), expected {due.name}."
        )
    if precision.epsilon > due.epsilon:
        note_precision(name, due)


def note_precision(name: str, due: tolerance.Precision) -> None:
    """Note that an answer was held to the precision of float32."""
    note_conversion("precision", f"{name}: float32 precision accepted for {due.name}")


def _other_dtype(array: Array, expected: np.dtype[Any], name: str, complaint: str) -> CheckFailed:
    evidence = {"name": name, "dtype": str(array.dtype), "expected_dtype": str(expected)}
    return CheckFailed(f"{name}: {complaint}", "dtype", evidence)


def _converted(array: Array, expected: np.dtype[Any], name: str) -> Array:
    """Return the same numbers in the expected kind, or fail."""
    wanted = number_kind(expected)
    if wanted == "complex":
        return array
    if array.dtype.kind == "c":
        if array.imag.any():
            raise _other_dtype(array, expected, name, _other_kind(array, expected))
        array = array.real
    if wanted == "floating-point":
        return array
    finite = values.widened(array)
    if not np.isfinite(finite).all():
        return finite  # to be told as NaN, or as infinite
    same = np.isin(finite, (0.0, 1.0)) if wanted == "boolean" else finite == np.rint(finite)
    if not same.all():
        first = tuple(int(i) for i in np.argwhere(~same)[0])
        where = f" at {values.place(first)}" if array.ndim else ""
        what = (
            "True or False"
            if wanted == "boolean"
            else "whole numbers"
            if array.ndim
            else "an integer"
        )
        complaint = f"expected {what}, got {values.number(array[first])}{where}."
        raise _other_dtype(array, expected, name, complaint)
    if wanted == "boolean":
        return array.astype(np.bool_)
    return array.astype(np.int64) if (np.abs(finite) < _BEYOND).all() else finite


def _other_kind(array: Array, expected: np.dtype[Any]) -> str:
    if array.ndim:
        return f"expected dtype {expected}, got {array.dtype}."
    kinds = {"boolean": "True or False", "integer": "an integer"}
    wanted, kind = number_kind(expected), number_kind(array.dtype)
    return (
        f"expected {kinds.get(wanted, f'a {wanted} number')}, got "
        f"{kinds.get(kind, f'a {kind} number')}."
    )


# form alone -----------------------------------------------------------------------------------


def require_form(array: Array, expected: np.dtype[Any], *, name: str) -> None:
    """Fail unless numbers have the expected kind and precision.

    Raises
    ------
    CheckFailed
        Of kind "dtype".
    """
    kind, wanted = number_kind(array.dtype), number_kind(expected)
    if kind != wanted and not (array.ndim == 0 and (kind, wanted) == ("integer", "floating-point")):
        raise _other_dtype(array, expected, name, _other_kind(array, expected))
    if kind == wanted and expected.kind not in "biu" and array.dtype != expected:
        raise _other_dtype(array, expected, name, f"expected dtype {expected}, got {array.dtype}.")
