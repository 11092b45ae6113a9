"""Decoding of values that hold no others.

There is one reader per tag.

A reader gets the account and where its bytes begin; it returns the value and where they end.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.wire import layout
from autograder.wire.account import TRUNCATED, Account
from autograder.wire.arrays import (
    BFLOAT16,
    CLASSES,
    DTYPES,
    ITEM_BYTES,
    SWAPPED,
    allocate,
    array_from,
    bfloat16_dtype,
    count_bytes,
)
from autograder.wire.errors import WireError
from autograder.wire.layout import AXES, C128, F64, I64, U16, U32
from autograder.wire.values import ReadonlyList, Ref

Reader = Callable[[Account, int], tuple[Any, int]]


def _read_constant(value: object, _account: Account, at: int) -> tuple[object, int]:
    return value, at


def _read_int(account: Account, at: int) -> tuple[int, int]:
    return I64.unpack_from(account.data, at)[0], at + 8


def _read_long(account: Account, at: int) -> tuple[int, int]:
    n_bytes = U16.unpack_from(account.data, at)[0]
    account.charge(layout.long_cost(n_bytes))
    value = int.from_bytes(account.take(at + 2, n_bytes), "little", signed=True)
    bits, most = value.bit_length(), account.budget.int_bits
    if bits > most:
        raise WireError(f"bad frame: an integer of {bits} bits, at most {most} may cross")
    return value, at + 2 + n_bytes


def _read_float(account: Account, at: int) -> tuple[float, int]:
    return F64.unpack_from(account.data, at)[0], at + 8


def _read_complex(account: Account, at: int) -> tuple[complex, int]:
    return complex(*C128.unpack_from(account.data, at)), at + 16


def _text_length(account: Account, at: int) -> int:
    n_bytes: int = U32.unpack_from(account.data, at)[0]
    most = account.budget.str_bytes
    if n_bytes > most:
        raise WireError(f"bad frame: a string of {n_bytes} bytes, at most {most} may cross")
    return n_bytes


def _read_ascii(account: Account, at: int) -> tuple[str, int]:
    n_bytes = _text_length(account, at)
    return account.take(at + 4, n_bytes).decode("ascii"), at + 4 + n_bytes


def _read_text(account: Account, at: int) -> tuple[str, int]:
    n_bytes = _text_length(account, at)
    account.charge(layout.text_cost(n_bytes))
    return account.take(at + 4, n_bytes).decode("utf-8", "surrogatepass"), at + 4 + n_bytes


def _read_bytes(account: Account, at: int) -> tuple[bytes, int]:
    n_bytes = U32.unpack_from(account.data, at)[0]
    return account.take(at + 4, n_bytes), at + 4 + n_bytes


def _item_bytes(code: int) -> int:
    if code >= len(ITEM_BYTES):
        raise WireError(f"bad frame: unknown dtype code {code}")
    return ITEM_BYTES[code]


def _read_scalar(account: Account, at: int) -> tuple[object, int]:
    code = account.data[at]
    end = at + 1 + _item_bytes(code)
    if end > len(account.data):
        raise WireError(TRUNCATED)
    return array_from(code, (), account.data, at + 1)[()], end


def _read_dtype(account: Account, at: int) -> tuple[object, int]:
    code, is_swapped = account.data[at], account.data[at + 1]
    _item_bytes(code)
    if code == BFLOAT16:
        return bfloat16_dtype() or np.dtype(np.float32), at + 2
    return SWAPPED[code] if is_swapped else DTYPES[code], at + 2


def _read_class(account: Account, at: int) -> tuple[object, int]:
    index = account.data[at]
    if index >= len(CLASSES):
        raise WireError(f"bad frame: unknown class {index}")
    return CLASSES[index], at + 1


def _read_shape(account: Account, at: int) -> tuple[int, tuple[int, ...], int]:
    """Return code, shape and the place of the shape's end."""
    axes = account.data[at + 1]
    if axes >= len(AXES):
        raise WireError(f"bad frame: an array of {axes} axes, at most {len(AXES) - 1} may cross")
    account.charge(layout.array_cost(axes))
    return account.data[at], AXES[axes].unpack_from(account.data, at + 2), at + 2 + 8 * axes


def _read_inline(account: Account, at: int) -> tuple[object, int]:
    code, shape, at = _read_shape(account, at)
    end = at + count_bytes(shape, _item_bytes(code))
    if end > len(account.data):
        raise WireError(TRUNCATED)
    if code == BFLOAT16:
        account.charge(end - at)
    array = array_from(code, shape, account.data, at)
    if account.readonly:
        array.flags.writeable = False
    return array, end


def _read_array(account: Account, at: int) -> tuple[object, int]:
    code, shape, at = _read_shape(account, at)
    n_bytes = count_bytes(shape, _item_bytes(code))
    if n_bytes > account.body_left:
        raise WireError(f"bad frame: an array of {n_bytes} bytes where {account.body_left} are left")
    account.body_left -= n_bytes
    pending = allocate(code, shape)
    account.pending.append(pending)
    return pending.array, at


def _read_packed(dtype: str, account: Account, at: int) -> tuple[object, int]:
    is_tuple, count = account.data[at], U32.unpack_from(account.data, at + 1)[0]
    start = at + 5
    if 8 * count > len(account.data) - start:
        raise WireError(TRUNCATED)
    account.charge(layout.SEQUENCE_COST + layout.PACKED_COST * count, count)
    items = np.ndarray((count,), dtype, account.data, start).tolist()
    if is_tuple:
        return tuple(items), start + 8 * count
    return ReadonlyList(items) if account.readonly else items, start + 8 * count


def read_ref_fields(account: Account, at: int) -> tuple[Ref, int]:
    """Return a reference without its info, and its end."""
    account.refs += 1
    if account.refs > account.budget.handles:
        raise WireError(f"bad frame: more than {account.budget.handles} references")
    kind_bytes = account.data[at]
    start = at + 1 + kind_bytes
    kind = account.take(at + 1, kind_bytes).decode("ascii")
    number, name_bytes = _ID_AND_LENGTH.unpack_from(account.data, start)
    account.charge(layout.text_cost(name_bytes))
    name = account.take(start + 10, name_bytes).decode("utf-8", "surrogatepass")
    return Ref(kind, number, name), start + 10 + name_bytes


def _read_ref(account: Account, at: int) -> tuple[object, int]:
    account.charge(layout.REF_COST)
    ref, at = read_ref_fields(account, at)
    return account.resolved(ref), at


def _read_unknown(account: Account, at: int) -> tuple[object, int]:
    raise WireError(f"bad frame: unknown tag 0x{account.data[at - 1]:02x}")


_ID_AND_LENGTH = struct.Struct("<qH")
_READERS: dict[int, Reader] = {
    layout.NONE: partial(_read_constant, None),
    layout.FALSE: partial(_read_constant, False),
    layout.TRUE: partial(_read_constant, True),
    layout.ELLIPSIS: partial(_read_constant, ...),
    layout.INT: _read_int,
    layout.LONG: _read_long,
    layout.FLOAT: _read_float,
    layout.COMPLEX: _read_complex,
    layout.ASCII: _read_ascii,
    layout.TEXT: _read_text,
    layout.BYTES: _read_bytes,
    layout.SCALAR: _read_scalar,
    layout.DTYPE: _read_dtype,
    layout.CLASS: _read_class,
    layout.INLINE: _read_inline,
    layout.ARRAY: _read_array,
    layout.FLOATS: partial(_read_packed, "<f8"),
    layout.INTS: partial(_read_packed, "<i8"),
    layout.REF: _read_ref,
}
LEAVES: tuple[Reader, ...] = tuple(_READERS.get(tag, _read_unknown) for tag in range(layout.FIRST_CONTAINER))
