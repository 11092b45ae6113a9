"""Encoding of values that hold others.

There is one writer per type.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.wire import layout
from autograder.wire.errors import WireError
from autograder.wire.foreign import find_plain
from autograder.wire.keys import KEY_TYPES, MEMBER_TYPES, count_probes
from autograder.wire.layout import I64, U16, U32
from autograder.wire.values import ReadonlyDict, ReadonlyList, Ref
from autograder.wire.write_leaves import put_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.wire.encoder import Encoder

# A sequence at least this long is worth a look whether all of it is float, or all int.
_PACK_FROM = 8
_ONLY_STR = {str}
_INT64 = range(-(1 << 63), 1 << 63)


def _put_list(enc: Encoder, value: list[object]) -> None:
    _put_sequence(enc, layout.LIST, tuple(value))


def _put_tuple(enc: Encoder, value: tuple[object, ...]) -> None:
    _put_sequence(enc, layout.TUPLE, value)


def _put_sequence(enc: Encoder, tag: int, values: tuple[object, ...]) -> None:
    if len(values) < _PACK_FROM or not _put_packed(enc, tag, values):
        enc.open(tag, len(values))
        enc.put_all(values)
        enc.depth -= 1


def _put_packed(enc: Encoder, tag: int, values: tuple[Any, ...]) -> bool:
    """Append a sequence of floats or 64-bit integers in one piece.

    Returns False if it is neither.
    """
    kinds = set(map(type, values))
    if kinds == {float}:
        packed, dtype = layout.FLOATS, "<f8"
    elif kinds == {int} and min(values) in _INT64 and max(values) in _INT64:
        packed, dtype = layout.INTS, "<i8"
    else:
        return False
    enc.charge(layout.SEQUENCE_COST + layout.PACKED_COST * len(values), len(values))
    enc.out.append(bytes((packed, tag == layout.TUPLE)) + U32.pack(len(values)))
    enc.out.append(np.array(values, dtype).tobytes())
    return True


def _put_dict(enc: Encoder, value: dict[object, object]) -> None:
    keys, values = tuple(value), tuple(value.values())
    if set(map(type, keys)) == _ONLY_STR:
        _check_count(enc, "dict", len(keys))
        enc.open(layout.DICT, len(keys))
        for key in keys:
            put_text(enc, key)  # type: ignore[arg-type]
    else:
        try:
            keys = _plain_keys(enc, keys, KEY_TYPES)
        except WireError as error:
            enc.put_refused(value, str(error))
            return
        _check_count(enc, "dict", len(keys))
        enc.open(layout.DICT, len(keys))
        enc.put_all(keys)
    enc.put_all(values)
    enc.depth -= 1


def _put_set(enc: Encoder, value: set[object]) -> None:
    _put_members(enc, layout.SET, value)


def _put_frozenset(enc: Encoder, value: frozenset[object]) -> None:
    _put_members(enc, layout.FROZENSET, value)


def _put_members(enc: Encoder, tag: int, value: set[object] | frozenset[object]) -> None:
    try:
        members = _plain_keys(enc, tuple(value), MEMBER_TYPES)
    except WireError as error:
        enc.put_refused(value, str(error))
        return
    _check_count(enc, "set", len(members))
    enc.open(tag, len(members))
    enc.put_all(members)
    enc.depth -= 1


def _check_count(enc: Encoder, name: str, count: int) -> None:
    most = enc.budget.dict_keys
    if count > most:
        raise WireError(f"a {name} of {count} keys cannot cross: at most {most} keys")


def _plain_keys(enc: Encoder, keys: tuple[object, ...], allowed: frozenset[type]) -> tuple[object, ...]:
    """Return keys as they will cross, checked and counted."""
    kinds = set(map(type, keys))
    if tuple in kinds or not kinds <= allowed:
        keys = tuple(map(_plain_key, keys, repeat(allowed), repeat(enc.budget.depth)))
    probes = count_probes(keys, allowed)
    if len(set(keys)) != len(keys):
        raise WireError("keys that are equal as plain values cannot cross")
    enc.probes += probes
    return keys


def _plain_key(key: Any, allowed: frozenset[type], depth: int) -> object:
    """Return the plain value of a subclass's key.

    A tuple's elements become plain likewise.
    """
    if type(key) is not tuple:
        plain = key if type(key) in allowed else find_plain(key)
        if type(plain) is not tuple:
            return key if plain is None else plain
        key = plain
    if depth == 0:
        raise WireError("a key nested too deep cannot cross")
    return tuple(map(_plain_key, key, repeat(allowed), repeat(depth - 1)))


def _put_range(enc: Encoder, value: range) -> None:
    _put_three(enc, layout.RANGE, (value.start, value.stop, value.step))


def _put_slice(enc: Encoder, value: slice) -> None:
    _put_three(enc, layout.SLICE, (value.start, value.stop, value.step))


def _put_three(enc: Encoder, tag: int, values: tuple[object, object, object]) -> None:
    enc.open(tag, 3)
    enc.put_all(values)
    enc.depth -= 1


def _put_ref(enc: Encoder, value: Ref) -> None:
    enc.refs += 1
    if enc.refs > enc.budget.handles:
        raise WireError(f"more than {enc.budget.handles} references cannot cross in one message")
    fields = _ref_fields(enc, value)
    if value.info is None:
        enc.cost += layout.REF_COST
        enc.out.append(bytes((layout.REF,)) + fields)
    else:
        enc.open(layout.REF_INFO, 1)
        enc.out.append(fields)
        enc.put(value.info)
        enc.depth -= 1


def _ref_fields(enc: Encoder, value: Ref) -> bytes:
    """Return kind, number and type name of a reference."""
    if type(value.kind) is not str or not value.kind.isascii() or len(value.kind) > 255:
        raise WireError("a reference cannot cross: its kind is no ASCII text of at most 255 characters")
    if type(value.id) is not int or value.id not in _INT64:
        raise WireError("a reference cannot cross: its number is no integer of 64 bits")
    if type(value.type_name) is not str or len(value.type_name) > 10_000:
        raise WireError("a reference cannot cross: its type name is no text of at most 10000 characters")
    name = value.type_name.encode("utf-8", "surrogatepass")
    enc.reserve(len(name))
    enc.cost += layout.text_cost(len(name))
    kind = value.kind.encode("ascii")
    return bytes((len(kind),)) + kind + I64.pack(value.id) + U16.pack(len(name)) + name


CONTAINER_WRITERS: dict[type, Callable[[Encoder, Any], None]] = {
    list: _put_list,
    ReadonlyList: _put_list,
    tuple: _put_tuple,
    dict: _put_dict,
    ReadonlyDict: _put_dict,
    set: _put_set,
    frozenset: _put_frozenset,
    range: _put_range,
    slice: _put_slice,
    Ref: _put_ref,
}
