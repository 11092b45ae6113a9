"""Codes of the arrays, NumPy scalars and dtypes that may cross.

Every dtype has a code: bool, int8 to int64, uint8 to uint64, float16 to float64, complex64,
complex128 and bfloat16. Strings, dates, records, objects and long doubles do not cross. bfloat16
crosses by its bits; where `ml_dtypes` cannot be imported it comes out as the float32 of the same
value.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograder.frameworks.model import bfloat16_dtype
from autograder.wire.errors import WireError

# "=" and not "<" where that is the same, so that what comes out prints as NumPy's own dtypes do.
_ORDER: Literal["=", "<"] = "=" if sys.byteorder == "little" else "<"

DTYPES: tuple[np.dtype[Any], ...] = tuple(
    np.dtype(name).newbyteorder(_ORDER)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
)
SWAPPED: tuple[np.dtype[Any], ...] = tuple(dtype.newbyteorder(">") for dtype in DTYPES)
BOOL = 0
BFLOAT16 = len(DTYPES)
ITEM_BYTES: tuple[int, ...] = (*(dtype.itemsize for dtype in DTYPES), 2)

# NumPy's numbers of dtypes, of which several mean one type (on Linux "l" and "q" are both int64).
CODES: dict[int, int] = {
    np.dtype(char).num: DTYPES.index(np.dtype(char).newbyteorder("<"))
    for char in "?bBhHiIlLqQefdFD"
}

# Classes that may be passed as a dtype.
CLASSES: tuple[type, ...] = (bool, int, float, complex, *(dtype.type for dtype in DTYPES))


def find_code(dtype: np.dtype[Any]) -> int | None:
    """Return the code of a dtype, or None.

    The dtype may have any byte order. None means that it may not cross.
    """
    code = CODES.get(dtype.num)
    if code is None and dtype.name == "bfloat16" and dtype.type.__module__ == "ml_dtypes":
        return BFLOAT16
    return code


def is_little(dtype: np.dtype[Any]) -> bool:
    """Return True if a dtype lies in memory as on the wire."""
    return dtype.isnative == (sys.byteorder == "little") or dtype.itemsize == 1


def as_bits(array: np.ndarray[Any, Any], code: int) -> np.ndarray[Any, Any]:
    """Return the array in C order and little-endian.

    bfloat16 comes as uint16. The array is copied only where it must be. No bit changes.
    """
    if code == BFLOAT16:
        return np.asarray(array, order="C").view(np.uint16)
    if code == BOOL:
        return clean_bools(np.asarray(array, order="C"))
    if not is_little(array.dtype):
        array = array.byteswap().view(DTYPES[code])
    return np.asarray(array, order="C")


def clean_bools(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return bools whose bytes are 0 or 1.

    A view of other bytes can hold more, on which NumPy's loops disagree.
    """
    octets = array.view(np.uint8)
    return array if octets.size == 0 or octets.max() <= 1 else octets != 0


def _check_bools(array: np.ndarray[Any, Any]) -> None:
    if clean_bools(array) is not array:
        raise WireError("bad frame: a bool that is neither 0 nor 1")


def array_from(code: int, shape: tuple[int, ...], head: bytes, start: int) -> np.ndarray[Any, Any]:
    """Return a fresh array of the items in `head` at `start`.

    Raises
    ------
    WireError
        NumPy makes no array of that shape (an axis of 2**63 beside one of 0, for example), or bools
        are none.
    """
    try:
        items = np.ndarray(shape, "<u2" if code == BFLOAT16 else DTYPES[code], head, start)
    except (ValueError, OverflowError) as error:
        raise _no_array(shape) from error
    if code != BFLOAT16:
        array = items.copy()
        if code == BOOL:
            _check_bools(array)
        return array
    dtype = bfloat16_dtype()
    return items.copy().view(dtype) if dtype is not None else _widened(items)


def _no_array(shape: tuple[int, ...]) -> WireError:
    return WireError(
        f"bad frame: no array of {len(shape)} axes up to {max(shape, default=0)} can be made"
    )


def _widened(bits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the exact float32 values of bfloat16 `bits`.

    The bits are the upper halves of the values.
    """
    wide = bits.astype(np.uint32)
    wide <<= np.uint32(16)
    return wide.view(np.float32)


@dataclass(slots=True)
class Pending:
    """An array of a decoded head whose items are still to come.

    Attributes
    ----------
    array
        The array, as it stands in the value.
    target
        Its memory, or that of the `bits` from which `settle` makes it.
    bits
        The bits of an array of bfloat16 where there is no such dtype.
    """

    array: np.ndarray[Any, Any]
    target: memoryview
    bits: np.ndarray[Any, Any] | None = None

    def settle(self, *, readonly: bool) -> None:
        """Finish the array once `target` is filled."""
        if self.bits is not None:
            wide = self.array.view(np.uint32)
            wide[...] = self.bits
            wide <<= np.uint32(16)
            self.bits, self.target = None, memoryview(b"")
        elif self.array.dtype == np.bool_:
            _check_bools(self.array)
        if readonly:
            self.array.flags.writeable = False


def count_bytes(shape: tuple[int, ...], item_bytes: int) -> int:
    """Return the bytes of the items of an announced array.

    Any integers are safe here, since nothing is allocated.
    """
    return math.prod(shape) * item_bytes


def allocate(code: int, shape: tuple[int, ...]) -> Pending:
    """Return an array whose pages are untouched.

    An array that a peer announces costs memory only as it arrives.
    """
    try:
        bits = np.empty(shape, "<u2" if code == BFLOAT16 else DTYPES[code])
    except (ValueError, OverflowError, MemoryError) as error:
        raise _no_array(shape) from error
    target = memoryview(bits.reshape(-1).view(np.uint8))  # type: ignore[arg-type]
    if code != BFLOAT16:
        return Pending(bits, target)
    dtype = bfloat16_dtype()
    if dtype is not None:
        return Pending(bits.view(dtype), target)
    return Pending(np.empty(shape, np.float32), target, bits)
