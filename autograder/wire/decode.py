"""Decoding of frames to values.

Any byte string gives a value or `WireError`.

No recursion: containers under construction stand on a list of at most `Budget.depth` entries.
Nothing is allocated before it is counted against the budget and the head's own length (see
`layout`), and every byte is looked at a bounded number of times.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.frameworks.model import bfloat16_dtype
from autograder.wire import layout
from autograder.wire.account import KEY_TYPES, MEMBER_TYPES, TRUNCATED, FrameAccount, Resolve
from autograder.wire.arrays import (
    BFLOAT16,
    CLASSES,
    DTYPES,
    ITEM_BYTES,
    SWAPPED,
    allocate,
    array_from,
    count_bytes,
)
from autograder.wire.errors import WireError
from autograder.wire.layout import (
    AXES,
    C128,
    F64,
    FIRST_CONTAINER,
    I64,
    LONG_COUNT,
    SHORT_TEXT,
    SMALL_INT,
    U16,
    U32,
)
from autograder.wire.values import DEFAULT_BUDGET, Budget, ReadonlyDict, ReadonlyList, Ref

Builder = Callable[[FrameAccount, list[Any]], object]


def build_list(account: FrameAccount, items: list[Any]) -> object:
    """Return the list itself, or one that cannot be changed."""
    return ReadonlyList(items) if account.readonly else items


def _build_tuple(_account: FrameAccount, items: list[Any]) -> object:
    return tuple(items)


def _build_dict(account: FrameAccount, items: list[Any]) -> object:
    count = len(items) >> 1
    keys = items[:count]
    if set(map(type, keys)) != _ONLY_STR:
        account.check_keys(keys, KEY_TYPES)
    pairs = zip(keys, items[count:], strict=True)
    value = ReadonlyDict(pairs) if account.readonly else dict(pairs)
    if len(value) != count:
        raise WireError("bad frame: a dict with equal keys")
    return value


def _build_set(account: FrameAccount, items: list[Any]) -> object:
    if account.readonly:
        return _build_frozenset(account, items)
    account.check_keys(items, MEMBER_TYPES)
    return _all_of(set(items), items)


def _build_frozenset(account: FrameAccount, items: list[Any]) -> object:
    account.check_keys(items, MEMBER_TYPES)
    return _all_of(frozenset(items), items)


def _all_of(members: set[Any] | frozenset[Any], items: list[Any]) -> object:
    if len(members) != len(items):
        raise WireError("bad frame: a set with equal elements")
    return members


def _build_range(_account: FrameAccount, items: list[Any]) -> object:
    if len(items) != 3 or any(type(item) is not int for item in items) or items[2] == 0:
        raise WireError("bad frame: a range needs three integers, the last not 0")
    return range(*items)


def _build_slice(_account: FrameAccount, items: list[Any]) -> object:
    if len(items) != 3:
        raise WireError("bad frame: a slice needs three values")
    return slice(*items)


def _build_ref(ref: Ref, account: FrameAccount, items: list[Any]) -> object:
    return account.resolved(Ref(ref.kind, ref.id, ref.type_name, items[0]))


_ONLY_STR = {str}
_BUILDERS: dict[int, Builder] = {
    layout.LIST: build_list,
    layout.TUPLE: _build_tuple,
    layout.DICT: _build_dict,
    layout.SET: _build_set,
    layout.FROZENSET: _build_frozenset,
    layout.RANGE: _build_range,
    layout.SLICE: _build_slice,
    layout.REF_INFO: build_list,
}
_PLANS = {tag: (builder, *layout.CONTAINERS[tag]) for tag, builder in _BUILDERS.items()}
_KEYED = frozenset({layout.DICT, layout.SET, layout.FROZENSET})


def open_container(account: FrameAccount, tag: int, at: int) -> tuple[int, Builder, int]:
    """Begin a container.

    Returns the number of values that it needs, its builder, and the place where the values begin.
    """
    plan = _PLANS.get(tag)
    if plan is None:
        raise WireError(f"bad frame: unknown tag 0x{tag:02x}")
    builder, empty, base, each, per_count = plan
    count = account.data[at]
    at += 1
    if count == LONG_COUNT:
        count = U32.unpack_from(account.data, at)[0]
        at += 4
    if count:
        if count * per_count > len(account.data) - at:
            raise WireError(TRUNCATED)
        if count > account.budget.dict_keys and tag in _KEYED:
            raise WireError(
                f"bad frame: {count} keys in one container, at most {account.budget.dict_keys} may "
                "cross"
            )
        account.charge(base + each * count, count * per_count)
    elif empty:
        account.charge(empty)
    if tag == layout.REF_INFO:
        if count != 1:
            raise WireError("bad frame: a reference needs one value of information")
        ref, at = read_ref_fields(account, at)
        builder = partial(_build_ref, ref)
    return count * per_count, builder, at


Reader = Callable[[FrameAccount, int], tuple[Any, int]]


def _read_constant(value: object, _account: FrameAccount, at: int) -> tuple[object, int]:
    return value, at


def _read_int(account: FrameAccount, at: int) -> tuple[int, int]:
    return I64.unpack_from(account.data, at)[0], at + 8


def _read_long(account: FrameAccount, at: int) -> tuple[int, int]:
    n_bytes = U16.unpack_from(account.data, at)[0]
    account.charge(layout.long_cost(n_bytes))
    value = int.from_bytes(account.take(at + 2, n_bytes), "little", signed=True)
    bits, most = value.bit_length(), account.budget.int_bits
    if bits > most:
        raise WireError(f"bad frame: an integer of {bits} bits, at most {most} may cross")
    return value, at + 2 + n_bytes


def _read_float(account: FrameAccount, at: int) -> tuple[float, int]:
    return F64.unpack_from(account.data, at)[0], at + 8


def _read_complex(account: FrameAccount, at: int) -> tuple[complex, int]:
    return complex(*C128.unpack_from(account.data, at)), at + 16


def _text_length(account: FrameAccount, at: int) -> int:
    n_bytes: int = U32.unpack_from(account.data, at)[0]
    most = account.budget.str_bytes
    if n_bytes > most:
        raise WireError(f"bad frame: a string of {n_bytes} bytes, at most {most} may cross")
    return n_bytes


def _read_ascii(account: FrameAccount, at: int) -> tuple[str, int]:
    n_bytes = _text_length(account, at)
    return account.take(at + 4, n_bytes).decode("ascii"), at + 4 + n_bytes


def _read_text(account: FrameAccount, at: int) -> tuple[str, int]:
    n_bytes = _text_length(account, at)
    account.charge(layout.text_cost(n_bytes))
    return account.take(at + 4, n_bytes).decode("utf-8", "surrogatepass"), at + 4 + n_bytes


def _read_bytes(account: FrameAccount, at: int) -> tuple[bytes, int]:
    n_bytes = U32.unpack_from(account.data, at)[0]
    return account.take(at + 4, n_bytes), at + 4 + n_bytes


def _item_bytes(code: int) -> int:
    if code >= len(ITEM_BYTES):
        raise WireError(f"bad frame: unknown dtype code {code}")
    return ITEM_BYTES[code]


def _read_scalar(account: FrameAccount, at: int) -> tuple[object, int]:
    code = account.data[at]
    end = at + 1 + _item_bytes(code)
    if end > len(account.data):
        raise WireError(TRUNCATED)
    return array_from(code, (), account.data, at + 1)[()], end


def _read_dtype(account: FrameAccount, at: int) -> tuple[object, int]:
    code, is_swapped = account.data[at], account.data[at + 1]
    _item_bytes(code)
    if code == BFLOAT16:
        return bfloat16_dtype() or np.dtype(np.float32), at + 2
    return SWAPPED[code] if is_swapped else DTYPES[code], at + 2


def _read_class(account: FrameAccount, at: int) -> tuple[object, int]:
    index = account.data[at]
    if index >= len(CLASSES):
        raise WireError(f"bad frame: unknown class {index}")
    return CLASSES[index], at + 1


def _read_shape(account: FrameAccount, at: int) -> tuple[int, tuple[int, ...], int]:
    """Return code, shape and the place of the shape's end."""
    axes = account.data[at + 1]
    if axes >= len(AXES):
        raise WireError(f"bad frame: an array of {axes} axes, at most {len(AXES) - 1} may cross")
    account.charge(layout.array_cost(axes))
    return account.data[at], AXES[axes].unpack_from(account.data, at + 2), at + 2 + 8 * axes


def _read_inline(account: FrameAccount, at: int) -> tuple[object, int]:
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


def _read_array(account: FrameAccount, at: int) -> tuple[object, int]:
    code, shape, at = _read_shape(account, at)
    n_bytes = count_bytes(shape, _item_bytes(code))
    if n_bytes > account.body_left:
        raise WireError(
            f"bad frame: an array of {n_bytes} bytes where {account.body_left} are left"
        )
    account.body_left -= n_bytes
    pending = allocate(code, shape)
    account.pending.append(pending)
    return pending.array, at


def _read_packed(dtype: str, account: FrameAccount, at: int) -> tuple[object, int]:
    is_tuple, count = account.data[at], U32.unpack_from(account.data, at + 1)[0]
    start = at + 5
    if 8 * count > len(account.data) - start:
        raise WireError(TRUNCATED)
    account.charge(layout.SEQUENCE_COST + layout.PACKED_COST * count, count)
    items = np.ndarray((count,), dtype, account.data, start).tolist()
    if is_tuple:
        return tuple(items), start + 8 * count
    return ReadonlyList(items) if account.readonly else items, start + 8 * count


def read_ref_fields(account: FrameAccount, at: int) -> tuple[Ref, int]:
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


def _read_ref(account: FrameAccount, at: int) -> tuple[object, int]:
    account.charge(layout.REF_COST)
    ref, at = read_ref_fields(account, at)
    return account.resolved(ref), at


def _read_unknown(account: FrameAccount, at: int) -> tuple[object, int]:
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
LEAVES: tuple[Reader, ...] = tuple(
    _READERS.get(tag, _read_unknown) for tag in range(layout.FIRST_CONTAINER)
)


def read_head(account: FrameAccount) -> object:
    """Return the value of a head.

    The items of its large arrays are still to come (`FrameAccount.pending`).

    Raises
    ------
    WireError
        The head is no value, or more than the budget allows.
    """
    try:
        value, end = _read_value(account)
    except (IndexError, struct.error) as error:
        if account.is_resolving:
            raise
        raise WireError(TRUNCATED) from error
    except UnicodeDecodeError:
        if account.is_resolving:
            raise
        raise WireError("bad frame: a string is not encoded as it says") from None
    account.check_end(end)
    return value


def _read_value(account: FrameAccount) -> tuple[object, int]:
    """Return the value and the place of its end."""
    data, leaves, deepest, at = account.data, LEAVES, account.budget.depth, 0
    stack: list[tuple[list[Any], int, Builder]] = []
    items: list[Any] = []
    wanted = 1
    build: Builder = build_list
    while True:
        tag = data[at]
        at += 1
        if tag >= SHORT_TEXT:
            end = at + tag - SHORT_TEXT
            items.append(data[at:end].decode("ascii"))
            at = end
        elif tag >= SMALL_INT:
            items.append(tag - SMALL_INT)
        elif tag < FIRST_CONTAINER:
            value, at = leaves[tag](account, at)
            items.append(value)
        else:
            if len(stack) == deepest:
                raise WireError(f"bad frame: containers nested deeper than {deepest} levels")
            stack.append((items, wanted, build))
            wanted, build, at = open_container(account, tag, at)
            items = []
        while len(items) == wanted:
            if not stack:
                return items[0], at
            value = build(account, items)
            items, wanted, build = stack.pop()
            items.append(value)


def read_header(header: bytes | memoryview, start: int, budget: Budget) -> tuple[int, int]:
    """Return the announced lengths of the head and the buffers.

    The header is at `start`.

    Raises
    ------
    WireError
        The bytes are no header of this version, or announce more than the budget allows.
    """
    magic, version, head_bytes, body_bytes = layout.HEADER.unpack_from(header, start)
    if magic != layout.MAGIC:
        raise WireError("bad frame: it does not begin with the wire's mark")
    if version != layout.VERSION:
        raise WireError(f"bad frame: version {version}, expected {layout.VERSION}")
    total = layout.HEADER_BYTES + head_bytes + body_bytes
    if total > budget.frame_bytes:
        raise WireError(
            f"bad frame: {total} bytes announced, at most {budget.frame_bytes} may cross"
        )
    return head_bytes, body_bytes


def decode(
    data: bytes | memoryview,
    *,
    resolve: Resolve | None = None,
    readonly: bool = False,
    budget: Budget = DEFAULT_BUDGET,
) -> object:
    """Return the value of a whole frame.

    Parameters
    ----------
    data
        The frame: `encode`'s buffers joined.
    resolve
        Called for every reference; what it returns takes the reference's place. Without it,
        references stay `Ref`.
    readonly
        Arrays that cannot be written, `ReadonlyList`, `ReadonlyDict`, frozenset in place of what
        could be changed.
    budget
        What the frame may hold.

    Raises
    ------
    WireError
        `data` is not exactly one frame, or holds more than the budget allows. Memory stays within 4
        times the length of `data` plus 64 KiB, and time is linear in it.
    """
    frame = memoryview(data).cast("B")
    if len(frame) < layout.HEADER_BYTES:
        raise WireError(f"bad frame: {len(frame)} bytes are no header")
    head_bytes, body_bytes = read_header(frame, 0, budget)
    at = layout.HEADER_BYTES + head_bytes
    if len(frame) != at + body_bytes:
        raise WireError(f"bad frame: {len(frame)} bytes, announced {at + body_bytes}")
    account = FrameAccount(
        bytes(frame[layout.HEADER_BYTES : at]), body_bytes, resolve, readonly, budget
    )
    value = read_head(account)
    for pending in account.pending:
        pending.target[:] = frame[at : at + len(pending.target)]
        at += len(pending.target)
        pending.settle(readonly=readonly)
    return value
