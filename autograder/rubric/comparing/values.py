"""Values as plain arrays and in words.

A value of a submission may be anything. Nothing here calls a method of it, converts an
object that is not a plain number or array, or prints more than its kind and its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.errors import CourseError
from autograder.remote import Handle, RemoteCallable, describe_handle
from autograder.rubric.checks import CheckFailed

Array = npt.NDArray[Any]

#: Kinds of dtype that a check compares: bool, signed and unsigned integers, real and complex
#: numbers.
NUMERIC = "biufc"

_TEXT_CHARS = 40

#: More axes than NumPy arrays have.
_MAX_DEPTH = 64


def is_number(value: object) -> bool:
    """Return True for a plain Python or NumPy scalar number, bool included."""
    return type(value) in (bool, int, float, complex) or (
        isinstance(value, np.generic) and is_numeric(value.dtype)
    )


def is_numeric(dtype: np.dtype[Any]) -> bool:
    """Return True if arrays of a dtype are compared as numbers."""
    return dtype.kind in NUMERIC or dtype.name.startswith(("bfloat", "float8"))


def array_of(value: object, name: str, expected: str = "an array") -> Array:
    """Return a submission's value as a plain array.

    It is of no subclass, has no object dtype and is in native byte order. A list or
    tuple of numbers is an array, also nested, and one of arrays of one shape.

    Raises
    ------
    CheckFailed
        If it is anything but a number, an array of numbers, or a list of these (kind "type").
    """
    if isinstance(value, np.ma.MaskedArray):
        raise CheckFailed(f"{name}: expected {expected}, got a masked array.", "type")
    if isinstance(value, np.ndarray) and is_numeric(value.dtype):
        return (
            np.asarray(value)
            if value.dtype.isnative
            else np.asarray(value, dtype=value.dtype.newbyteorder("="))
        )
    if is_number(value):
        return _array_of_number(value, name, expected)
    stacked = _stacked(value) if isinstance(value, (list, tuple)) else None
    if stacked is not None:
        return stacked
    raise CheckFailed(f"{name}: expected {expected}, got {describe(value)}.{remedy(value)}", "type")


def _stacked(items: Sequence[object], depth: int = 0) -> Array | None:
    """Return nested lists of numbers and arrays as one array.

    It is None where their shapes or kinds do not fit.
    """
    if depth > _MAX_DEPTH:
        return None
    if all(map(is_number, items)):
        array = np.asarray(items)
        return array if is_numeric(array.dtype) else None  # not integers beyond 64 bits
    parts = [_part(item, depth) for item in items]
    arrays = [part for part in parts if part is not None]
    if len(arrays) < len(parts) or len({part.shape for part in arrays}) != 1:
        return None
    try:
        return np.stack(arrays)
    except TypeError:  # dtypes without a common one
        return None


def _part(item: object, depth: int) -> Array | None:
    if isinstance(item, (list, tuple)):
        return _stacked(item, depth + 1)
    if isinstance(item, np.ma.MaskedArray):
        return None
    if is_number(item) or (isinstance(item, np.ndarray) and is_numeric(item.dtype)):
        array = np.asarray(item)
        return array if is_numeric(array.dtype) else None
    return None


def _array_of_number(value: Any, name: str, expected: str) -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in NUMERIC and not is_numeric(array.dtype):  # an int beyond 64 bits
        raise CheckFailed(f"{name}: expected {expected}, got an integer beyond 64 bits.", "type")
    return array


def remedy(value: object) -> str:
    """Return the sentence that helps with the commonest wrong kind, or nothing."""
    return " Is a `return` missing?" if is_none(value) else ""


def reference_array(value: object, name: str) -> Array:
    """Return a value of the reference or the rubric as a plain array.

    Raises
    ------
    CourseError
        If it does not hold numbers.
    """
    array = np.asarray(value)
    if not is_numeric(array.dtype):
        raise CourseError(
            f"{name}: the rubric compares with {describe(value)}, which does not hold numbers."
        )
    return array


def widened(array: Array) -> Array:
    """Return numbers in the types in which errors are computed.

    These are float64 and complex128.
    """
    return np.asarray(array, dtype=np.complex128 if array.dtype.kind == "c" else np.float64)


def describe(value: object) -> str:
    """Say in a few words what a value is.

    The words are about its kind and size, never its contents, and about why it did not
    come by value.
    """
    if is_none(value):
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if is_number(value):
        return f"the number {number(value)}"
    if isinstance(value, str):
        return f"the text {_cut(value)!r}"
    if isinstance(value, (bytes, Sequence, Mapping, set, frozenset)):
        return _describe_container(value)
    return _describe_object(value)


def _describe_object(value: object) -> str:
    if isinstance(value, RemoteCallable):
        return f"the function `{value.__name__}`"
    return (
        describe_handle(value)
        if isinstance(value, Handle)
        else f"an object of class `{class_name(value)}`"
    )


def class_name(value: object) -> str:
    """Return the name of a value's class.

    For a handle it is the class of the object that it stands for.
    """
    return value.type_name[:_TEXT_CHARS] if isinstance(value, Handle) else type(value).__name__


def is_none(value: object) -> bool:
    """Return True for None, here or in the candidate."""
    return value is None or class_name(value) == "NoneType"


def _describe_container(value: Any) -> str:
    words = (
        ("dict", Mapping),
        ("tuple", tuple),
        ("list", list),
        ("bytes", bytes),
        ("set", (set, frozenset)),
    )
    word = next((word for word, kind in words if isinstance(value, kind)), type(value).__name__)
    return f"a {word} of {len(value)}"


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT_CHARS else text[:_TEXT_CHARS] + "…"


def number(value: Any) -> str:
    """Write a number with six digits.

    Integers and booleans are written in full.
    """
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    return (
        f"{complex(value):.6g}"
        if isinstance(value, (complex, np.complexfloating))
        else f"{float(value):.6g}"
    )


def pair(actual: Any, expected: Any) -> tuple[str, str]:
    """Write two numbers so that their difference shows.

    They get more digits where six look alike.
    """
    short = number(actual), number(expected)
    if short[0] != short[1] or isinstance(actual, (int, np.integer, bool, np.bool_)):
        return short
    return repr(np.asarray(actual).item()), repr(np.asarray(expected).item())


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: 1 value, 2 values."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def place(index: Sequence[int]) -> str:
    """Write an index as it stands in Python: ``[3, 0]``."""
    return "[" + ", ".join(str(int(i)) for i in index) + "]"


def shape_words(shape: Sequence[int], axes: Sequence[str] = ()) -> str:
    """Write a shape with the letters of its axes.

    That is ``shape (N, D) = (3, 4)``, and ``a scalar`` for ().
    """
    if not shape:
        return "a scalar"
    numbers = _tuple_words(shape)
    return f"shape {_tuple_words(axes)} = {numbers}" if axes else f"shape {numbers}"


def _tuple_words(items: Sequence[object]) -> str:
    return "(" + ", ".join(map(str, items)) + (",)" if len(items) == 1 else ")")
