"""Frames to values: any byte string gives a value or `WireError`.

No recursion: containers under construction stand on a list of at most `Budget.depth` entries. Nothing is allocated before
it is counted against the budget and the head's own length (see `layout`), and every byte is looked at a bounded number of times.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.wire import layout
from autograder.wire.arrays import BFLOAT16, CLASSES, DTYPES, ITEM_BYTES, Pending, allocate, array_from, bfloat16_dtype
from autograder.wire.arrays import count_bytes, scalar_from
from autograder.wire.errors import WireError
from autograder.wire.keys import KEY_TYPES, MEMBER_TYPES, count_probes
from autograder.wire.layout import FIRST_CONTAINER, LONG_COUNT, SHORT_TEXT, SMALL_INT, U32
from autograder.wire.values import DEFAULT_BUDGET, Budget, ReadonlyDict, ReadonlyList, Ref

Resolve = Callable[[Ref], object]
_TRUNCATED = "bad frame: it ends in the middle of a value"


class Head:
    """A head that is being decoded: its account, and the arrays whose items are still to come.

    Parameters
    ----------
    data
        The head.
    body_bytes
        Bytes of all buffers, as the header announces them.
    """

    __slots__ = (
        "body_left", "budget", "cost", "data", "failed", "items", "limit", "pending", "probes", "readonly", "refs", "resolve",
    )  # fmt: skip

    def __init__(
        self, data: bytes, body_bytes: int, *, resolve: Resolve | None, readonly: bool, budget: Budget
    ) -> None:
        self.data = data
        self.body_left = body_bytes
        self.resolve = resolve
        self.readonly = readonly
        self.budget = budget
        self.cost = self.probes = self.items = self.refs = 0
        self.limit = 2 * len(data) + layout.CHARGE_SLACK
        self.pending: list[Pending] = []
        self.failed = False

    def value(self) -> object:
        """Decode the head.

        Raises
        ------
        WireError
            If it is no value, or more than the budget allows.
        """
        try:
            value, end = self._read()
        except (IndexError, struct.error) as error:
            if self.failed:
                raise
            raise WireError(_TRUNCATED) from error
        except (UnicodeDecodeError, OverflowError) as error:
            if self.failed:
                raise
            raise WireError("bad frame: a string is not encoded as it should be") from error
        self._check_end(end)
        return value

    def _read(self) -> tuple[object, int]:
        """Return the value and where it ends."""
        data, leaves, at = self.data, _LEAVES, 0
        stack: list[tuple[list[Any], int, Callable[[Head, list[Any]], object]]] = []
        items: list[Any] = []
        wanted = 1
        build = _build_list
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
                value, at = leaves[tag](self, at)
                items.append(value)
            else:
                stack.append((items, wanted, build))
                if len(stack) > self.budget.depth:
                    raise WireError(f"bad frame: containers nested deeper than {self.budget.depth} levels")
                items = []
                wanted, build, at = self._open(tag, at)
            while len(items) == wanted:
                if not stack:
                    return items[0], at
                value = build(self, items)
                items, wanted, build = stack.pop()
                items.append(value)

    def _open(self, tag: int, at: int) -> tuple[int, Callable[[Head, list[Any]], object], int]:
        """Begin a container: return how many values it needs, what builds it, and where they begin."""
        builder = _BUILDERS.get(tag)
        if builder is None:
            raise WireError(f"bad frame: unknown tag 0x{tag:02x}")
        count = self.data[at]
        at += 1
        if count == LONG_COUNT:
            count = U32.unpack_from(self.data, at)[0]
            at += 4
        base, each, per_count = layout.CONTAINERS[tag]
        wanted = count * per_count
        if wanted > len(self.data) - at:
            raise WireError(_TRUNCATED)
        self.charge(base + each * count, wanted)
        if tag == layout.REF_INFO:
            ref, at = _read_ref_fields(self, at)
            return 1, partial(_build_ref, ref), at
        return wanted, builder, at

    def charge(self, cost: int, items: int = 0) -> None:
        """Count memory and elements before they are made."""
        self.cost += cost
        self.items += items
        if self.cost > self.limit:
            raise WireError("bad frame: its values need more than 4 times the memory of its head")
        if self.items > self.budget.items:
            raise WireError(f"bad frame: more than {self.budget.items} elements")

    def check_keys(self, keys: list[Any], allowed: frozenset[type]) -> None:
        """Refuse keys of other types, too many of them, and ones that could be made to collide."""
        if len(keys) > self.budget.dict_keys:
            raise WireError(f"bad frame: {len(keys)} keys in one container, at most {self.budget.dict_keys} may cross")
        self.probes += count_probes(keys, allowed)
        if self.probes > layout.PROBES_SLACK + layout.PROBES_PER_BYTE * len(self.data):
            raise WireError("bad frame: its keys could collide more often than its length allows")

    def _check_end(self, end: int) -> None:
        """Refuse a head that was cut, that goes on after its value, or that leaves buffers over."""
        if end > len(self.data):
            raise WireError(_TRUNCATED)
        if self.data.count(0, end) != len(self.data) - end:
            raise WireError("bad frame: bytes after the value")
        if self.body_left:
            raise WireError(f"bad frame: {self.body_left} bytes that belong to no array")


def _take(head: Head, at: int, n_bytes: int) -> bytes:
    """Return the next bytes of the head, all of them."""
    if n_bytes > len(head.data) - at:
        raise WireError(_TRUNCATED)
    return head.data[at : at + n_bytes]


def _read_constant(value: object, _head: Head, at: int) -> tuple[object, int]:
    return value, at


def _read_int(head: Head, at: int) -> tuple[int, int]:
    return layout.I64.unpack_from(head.data, at)[0], at + 8


def _read_long(head: Head, at: int) -> tuple[int, int]:
    n_bytes = layout.U16.unpack_from(head.data, at)[0]
    head.charge(layout.long_cost(n_bytes))
    value = int.from_bytes(_take(head, at + 2, n_bytes), "little", signed=True)
    if value.bit_length() > head.budget.int_bits:
        raise WireError(f"bad frame: an integer of {value.bit_length()} bits, at most {head.budget.int_bits} may cross")
    return value, at + 2 + n_bytes


def _read_float(head: Head, at: int) -> tuple[float, int]:
    return layout.F64.unpack_from(head.data, at)[0], at + 8


def _read_complex(head: Head, at: int) -> tuple[complex, int]:
    return complex(*layout.C128.unpack_from(head.data, at)), at + 16


def _text_length(head: Head, at: int) -> int:
    n_bytes: int = U32.unpack_from(head.data, at)[0]
    if n_bytes > head.budget.str_bytes:
        raise WireError(f"bad frame: a string of {n_bytes} bytes, at most {head.budget.str_bytes} may cross")
    return n_bytes


def _read_ascii(head: Head, at: int) -> tuple[str, int]:
    n_bytes = _text_length(head, at)
    return _take(head, at + 4, n_bytes).decode("ascii"), at + 4 + n_bytes


def _read_text(head: Head, at: int) -> tuple[str, int]:
    n_bytes = _text_length(head, at)
    head.charge(layout.text_cost(n_bytes))
    return _take(head, at + 4, n_bytes).decode("utf-8", "surrogatepass"), at + 4 + n_bytes


def _read_bytes(head: Head, at: int) -> tuple[bytes, int]:
    n_bytes = U32.unpack_from(head.data, at)[0]
    return _take(head, at + 4, n_bytes), at + 4 + n_bytes


def _read_code(head: Head, at: int) -> int:
    code = head.data[at]
    if code >= len(ITEM_BYTES):
        raise WireError(f"bad frame: unknown dtype code {code}")
    return code


def _read_scalar(head: Head, at: int) -> tuple[object, int]:
    code = _read_code(head, at)
    end = at + 1 + ITEM_BYTES[code]
    if end > len(head.data):
        raise WireError(_TRUNCATED)
    return scalar_from(code, head.data, at + 1), end


def _read_dtype(head: Head, at: int) -> tuple[object, int]:
    code = _read_code(head, at)
    if code == BFLOAT16:
        return bfloat16_dtype() or np.dtype(np.float32), at + 2
    return DTYPES[code].newbyteorder(">") if head.data[at + 1] else DTYPES[code], at + 2


def _read_class(head: Head, at: int) -> tuple[object, int]:
    index = head.data[at]
    if index >= len(CLASSES):
        raise WireError(f"bad frame: unknown class {index}")
    return CLASSES[index], at + 1


def _read_shape(head: Head, at: int) -> tuple[int, tuple[int, ...], int]:
    """Return code, shape and where they end."""
    code = _read_code(head, at)
    axes = head.data[at + 1]
    if axes >= len(layout.AXES):
        raise WireError(f"bad frame: an array of {axes} axes, at most {len(layout.AXES) - 1} may cross")
    head.charge(layout.array_cost(axes))
    return code, layout.AXES[axes].unpack_from(head.data, at + 2), at + 2 + 8 * axes


def _read_inline(head: Head, at: int) -> tuple[object, int]:
    code, shape, at = _read_shape(head, at)
    end = at + count_bytes(code, shape)
    if end > len(head.data):
        raise WireError(_TRUNCATED)
    try:
        array = array_from(code, shape, head.data, at)
    except (ValueError, OverflowError) as error:
        raise WireError(f"bad frame: no array of shape {shape} can be made here") from error
    if head.readonly:
        array.setflags(write=False)
    return array, end


def _read_array(head: Head, at: int) -> tuple[object, int]:
    code, shape, at = _read_shape(head, at)
    n_bytes = count_bytes(code, shape)
    if n_bytes > head.body_left:
        raise WireError(f"bad frame: an array of {n_bytes} bytes where {head.body_left} are left")
    head.body_left -= n_bytes
    pending = allocate(code, shape)
    head.pending.append(pending)
    return pending.array, at


def _read_packed(dtype: str, head: Head, at: int) -> tuple[object, int]:
    count = U32.unpack_from(head.data, at + 1)[0]
    if 8 * count > len(head.data) - at - 5:
        raise WireError(_TRUNCATED)
    head.charge(layout.SEQUENCE_COST + layout.PACKED_COST * count, count)
    items = np.frombuffer(head.data, dtype, count, at + 5).tolist() if count else []
    value = tuple(items) if head.data[at] else _build_list(head, items)
    return value, at + 5 + 8 * count


def _read_ref_fields(head: Head, at: int) -> tuple[Ref, int]:
    """Return a reference without its info, counted against the budget."""
    head.refs += 1
    if head.refs > head.budget.handles:
        raise WireError(f"bad frame: more than {head.budget.handles} references")
    start = at + 1 + head.data[at]
    kind = _take(head, at + 1, head.data[at]).decode("ascii")
    number, n_bytes = _REF_FIELDS.unpack_from(head.data, start)
    head.charge(layout.text_cost(n_bytes))
    name = _take(head, start + 10, n_bytes).decode("utf-8", "surrogatepass")
    return Ref(kind, number, name), start + 10 + n_bytes


def _read_ref(head: Head, at: int) -> tuple[object, int]:
    head.charge(layout.REF_COST)
    ref, at = _read_ref_fields(head, at)
    return _resolve(head, ref), at


def _resolve(head: Head, ref: Ref) -> object:
    """Return what a reference stands for; an error of the resolver is not one of the frame."""
    if head.resolve is None:
        return ref
    head.failed = True
    value = head.resolve(ref)
    head.failed = False
    return value


def _build_list(head: Head, items: list[Any]) -> object:
    return ReadonlyList(items) if head.readonly else items


def _build_tuple(_head: Head, items: list[Any]) -> object:
    return tuple(items)


def _build_dict(head: Head, items: list[Any]) -> object:
    count = len(items) // 2
    keys = items[:count]
    head.check_keys(keys, KEY_TYPES)
    pairs = zip(keys, items[count:], strict=True)
    value = ReadonlyDict(pairs) if head.readonly else dict(pairs)
    if len(value) != count:
        raise WireError("bad frame: a dict with equal keys")
    return value


def _build_set(head: Head, items: list[Any]) -> object:
    head.check_keys(items, MEMBER_TYPES)
    value = frozenset(items) if head.readonly else set(items)
    if len(value) != len(items):
        raise WireError("bad frame: a set with equal elements")
    return value


def _build_frozenset(head: Head, items: list[Any]) -> object:
    return frozenset(_build_set(head, items))  # type: ignore[call-overload]


def _build_range(_head: Head, items: list[Any]) -> object:
    if len(items) != 3 or any(type(item) is not int for item in items) or items[2] == 0:
        raise WireError("bad frame: a range needs three integers, the last not 0")
    return range(*items)


def _build_slice(_head: Head, items: list[Any]) -> object:
    if len(items) != 3:
        raise WireError("bad frame: a slice needs three values")
    return slice(*items)


def _build_ref(ref: Ref, head: Head, items: list[Any]) -> object:
    return _resolve(head, Ref(ref.kind, ref.id, ref.type_name, items[0]))


def _unknown(tag: int, _head: Head, _at: int) -> tuple[object, int]:
    raise WireError(f"bad frame: unknown tag 0x{tag:02x}")


_REF_FIELDS = struct.Struct("<qH")
_LEAVES: list[Callable[[Head, int], tuple[Any, int]]] = [partial(_unknown, tag) for tag in range(FIRST_CONTAINER)]
for _tag, _value in (
    (layout.NONE, None),
    (layout.FALSE, False),
    (layout.TRUE, True),
    (layout.ELLIPSIS, ...),
):
    _LEAVES[_tag] = partial(_read_constant, _value)
for _tag, _reader in (
    (layout.INT, _read_int),
    (layout.LONG, _read_long),
    (layout.FLOAT, _read_float),
    (layout.COMPLEX, _read_complex),
    (layout.ASCII, _read_ascii),
    (layout.TEXT, _read_text),
    (layout.BYTES, _read_bytes),
    (layout.SCALAR, _read_scalar),
    (layout.DTYPE, _read_dtype),
    (layout.CLASS, _read_class),
    (layout.INLINE, _read_inline),
    (layout.ARRAY, _read_array),
    (layout.FLOATS, partial(_read_packed, "<f8")),
    (layout.INTS, partial(_read_packed, "<i8")),
    (layout.REF, _read_ref),
):
    _LEAVES[_tag] = _reader
_BUILDERS: dict[int, Callable[[Head, list[Any]], object]] = {
    layout.LIST: _build_list,
    layout.TUPLE: _build_tuple,
    layout.DICT: _build_dict,
    layout.SET: _build_set,
    layout.FROZENSET: _build_frozenset,
    layout.RANGE: _build_range,
    layout.SLICE: _build_slice,
    layout.REF_INFO: _build_list,
}


def read_header(header: bytes | memoryview, budget: Budget) -> tuple[int, int]:
    """Return the length of the head and of the buffers that a header announces.

    Raises
    ------
    WireError
        If it is no header of this version, or announces more than the budget allows.
    """
    magic, version, head_bytes, body_bytes = layout.HEADER.unpack_from(header)
    if magic != layout.MAGIC:
        raise WireError("bad frame: it does not begin with the wire's mark")
    if version != layout.VERSION:
        raise WireError(f"bad frame: version {version}, expected {layout.VERSION}")
    if layout.HEADER_BYTES + head_bytes + body_bytes > budget.frame_bytes:
        total = layout.HEADER_BYTES + head_bytes + body_bytes
        raise WireError(f"bad frame: {total} bytes announced, at most {budget.frame_bytes} may cross")
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
        Called for every reference; what it returns takes the reference's place. Without it, references stay `Ref`.
    readonly
        Arrays that cannot be written, `ReadonlyList`, `ReadonlyDict`, frozenset in place of what could be changed.
    budget
        What the frame may hold.

    Raises
    ------
    WireError
        If `data` is not exactly one frame, or holds more than the budget allows. Memory stays within 4 times the length of
        `data` plus 64 KiB, and time is linear in it.
    """
    frame = memoryview(data).cast("B")
    if len(frame) < layout.HEADER_BYTES:
        raise WireError(f"bad frame: {len(frame)} bytes are no header")
    head_bytes, body_bytes = read_header(frame, budget)
    at = layout.HEADER_BYTES + head_bytes
    if len(frame) != at + body_bytes:
        raise WireError(f"bad frame: {len(frame)} bytes, announced {at + body_bytes}")
    head = Head(bytes(frame[layout.HEADER_BYTES : at]), body_bytes, resolve=resolve, readonly=readonly, budget=budget)
    value = head.value()
    for pending in head.pending:
        pending.target[:] = frame[at : at + len(pending.target)]
        at += len(pending.target)
        pending.settle(readonly=readonly)
    return value
