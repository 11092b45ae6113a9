"""Encoding of values to frames.

Any Python object gives a frame, a reference (through `export`) or `WireError`.

The encoder keeps the decoder's account (see `layout`) and pads the head, so that what was encoded
can be decoded.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.wire import layout
from autograder.wire.account import KEY_TYPES, MEMBER_TYPES, count_probes
from autograder.wire.arrays import BFLOAT16, BOOL, CLASSES, DTYPES, as_bits, find_code, is_little
from autograder.wire.errors import WireError
from autograder.wire.foreign import find_plain, find_tensor, type_name
from autograder.wire.layout import AXES, C128, F64, I64, INLINE_BYTES, LONG_COUNT, U16, U32
from autograder.wire.values import DEFAULT_BUDGET, Budget, ReadonlyDict, ReadonlyList, Ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.wire.values import Budget


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


def _plain_keys(
    enc: Encoder, keys: tuple[object, ...], allowed: frozenset[type]
) -> tuple[object, ...]:
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
        raise WireError(
            "a reference cannot cross: its kind is no ASCII text of at most 255 characters"
        )
    if type(value.id) is not int or value.id not in _INT64:
        raise WireError("a reference cannot cross: its number is no integer of 64 bits")
    if type(value.type_name) is not str or len(value.type_name) > 10_000:
        raise WireError(
            "a reference cannot cross: its type name is no text of at most 10000 characters"
        )
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


# Strings that were sent before, most of them keys of messages: at most so many, none longer than so
# many characters.
_KNOWN_TEXTS = 1024
_KNOWN_TEXT_LENGTH = 32
_known_texts: dict[str, bytes] = {}

_REASONS = {
    "O": "its items are Python objects (rows of different lengths?)",
    "U": "use a list of str",
    "S": "use a list of bytes",
}


def _put_constant(enc: Encoder, value: object) -> None:
    enc.out.append(_CONSTANTS[value])


def _put_int(enc: Encoder, value: int) -> None:
    if 0 <= value < len(_SMALL_INTS):
        enc.out.append(_SMALL_INTS[value])
    elif -(1 << 63) <= value < 1 << 63:
        enc.out.append(_INT + I64.pack(value))
    else:
        _put_long(enc, value)


def _put_long(enc: Encoder, value: int) -> None:
    bits = value.bit_length()
    if bits > enc.budget.int_bits:
        raise WireError(
            f"an integer of {bits} bits cannot cross: at most {enc.budget.int_bits} bits"
        )
    n_bytes = bits // 8 + 1
    enc.reserve(n_bytes)
    enc.cost += layout.long_cost(n_bytes)
    enc.out.append(
        bytes((layout.LONG,)) + U16.pack(n_bytes) + value.to_bytes(n_bytes, "little", signed=True)
    )


def _put_float(enc: Encoder, value: float) -> None:
    enc.out.append(_FLOAT + F64.pack(value))


def _put_complex(enc: Encoder, value: complex) -> None:
    enc.out.append(_COMPLEX + C128.pack(value.real, value.imag))


def put_text(enc: Encoder, value: str) -> None:
    """Append a string."""
    known = _known_texts.get(value)
    if known is not None:
        enc.out.append(known)
    elif len(value) < layout.SHORT_TEXT and value.isascii():
        text = bytes((layout.SHORT_TEXT + len(value),)) + value.encode("ascii")
        if len(value) <= _KNOWN_TEXT_LENGTH and len(_known_texts) < _KNOWN_TEXTS:
            _known_texts[value] = text
        enc.out.append(text)
    else:
        _put_long_text(enc, value)


def _put_long_text(enc: Encoder, value: str) -> None:
    if len(value) > enc.budget.str_bytes:
        raise WireError(
            f"a string of {len(value)} characters cannot cross: at most {enc.budget.str_bytes} "
            "bytes"
        )
    text = value.encode("utf-8", "surrogatepass")
    if len(text) > enc.budget.str_bytes:
        raise WireError(
            f"a string of {len(text)} bytes cannot cross: at most {enc.budget.str_bytes} bytes"
        )
    enc.reserve(len(text))
    is_ascii = value.isascii()
    if not is_ascii:
        enc.cost += layout.text_cost(len(text))
    enc.out += (bytes((layout.ASCII if is_ascii else layout.TEXT,)) + U32.pack(len(text)), text)


def _put_bytes(enc: Encoder, value: bytes) -> None:
    enc.reserve(len(value))
    enc.out += (bytes((layout.BYTES,)) + U32.pack(len(value)), value)


def _put_scalar(enc: Encoder, value: np.generic) -> None:
    code = find_code(value.dtype)
    if code is None:
        enc.put_refused(value, f"a NumPy scalar of dtype {value.dtype.name} cannot cross")
    else:
        enc.out.append(bytes((layout.SCALAR, code)) + as_bits(np.asarray(value), code).tobytes())


def _put_array(enc: Encoder, value: np.ndarray[Any, Any]) -> None:
    dtype, shape, n_bytes = value.dtype, value.shape, value.nbytes
    code = find_code(dtype)
    if code is None:
        reason = _REASONS.get(dtype.kind, "only bool, integers, floats and complex numbers do")
        enc.put_refused(value, f"an array of dtype {dtype.name} cannot cross: {reason}")
        return
    enc.reserve(n_bytes)
    enc.cost += layout.array_cost(len(shape))
    form = layout.INLINE if n_bytes <= INLINE_BYTES else layout.ARRAY
    enc.out.append(bytes((form, code, len(shape))) + AXES[len(shape)].pack(*shape))
    if form == layout.ARRAY:
        flat = as_bits(value, code).reshape(-1).view(np.uint8)
        enc.buffers.append(memoryview(flat))  # type: ignore[arg-type]
        return
    if code == BFLOAT16:
        enc.cost += n_bytes
    enc.out.append(
        value.tobytes() if code != BOOL and is_little(dtype) else as_bits(value, code).tobytes()
    )


def _put_dtype(enc: Encoder, value: np.dtype[Any]) -> None:
    code = find_code(value)
    if code is None:
        enc.put_refused(value, f"the dtype {value.name} cannot cross")
    else:
        enc.out.append(bytes((layout.DTYPE, code, not is_little(value))))


def _put_class(enc: Encoder, value: type) -> None:
    for index, known in enumerate(CLASSES):
        if known is value:
            enc.out.append(bytes((layout.CLASS, index)))
            return
    enc.put_refused(value, "a class cannot cross")


_INT, _FLOAT, _COMPLEX = (bytes((tag,)) for tag in (layout.INT, layout.FLOAT, layout.COMPLEX))
_SMALL_INTS = tuple(bytes((tag,)) for tag in range(layout.SMALL_INT, layout.SHORT_TEXT))
_CONSTANTS: dict[object, bytes] = {
    None: bytes((layout.NONE,)),
    False: bytes((layout.FALSE,)),
    True: bytes((layout.TRUE,)),
    ...: bytes((layout.ELLIPSIS,)),
}
LEAF_WRITERS: dict[type, Callable[[Encoder, Any], None]] = {
    type(None): _put_constant,
    bool: _put_constant,
    type(...): _put_constant,
    int: _put_int,
    float: _put_float,
    complex: _put_complex,
    str: put_text,
    bytes: _put_bytes,
    np.ndarray: _put_array,
    **{dtype.type: _put_scalar for dtype in DTYPES},
    np.generic: _put_scalar,
    np.dtype: _put_dtype,
    type: _put_class,
}


Export = Callable[[object], object]


class Encoder:
    """A frame in the making.

    Parameters
    ----------
    budget, export
        See `encode`.

    Attributes
    ----------
    out
        Pieces of the head.
    buffers
        Memory of large arrays.
    depth
        Containers that are open.
    """

    __slots__ = (
        "body_bytes",
        "budget",
        "buffers",
        "cost",
        "depth",
        "export",
        "items",
        "out",
        "probes",
        "refs",
    )

    def __init__(self, budget: Budget, export: Export | None) -> None:
        self.budget = budget
        self.export = export
        self.out: list[bytes] = [b""]
        self.buffers: list[bytes | memoryview] = []
        self.cost = self.probes = self.items = self.refs = self.depth = self.body_bytes = 0

    def put(self, value: object) -> None:
        """Append one value."""
        WRITERS.get(type(value), _put_other)(self, value)

    def put_all(self, values: Sequence[object]) -> None:
        """Append the values of a container that `open` began."""
        find = WRITERS.get
        for value in values:
            find(type(value), _put_other)(self, value)

    def open(self, tag: int, count: int) -> None:
        """Begin a container.

        The caller puts its values and lowers `depth` again.
        """
        empty, base, each, per_count = layout.CONTAINERS[tag]
        self.charge(base + each * count if count else empty, count * per_count)
        self.depth += 1
        if self.depth > self.budget.depth:
            raise WireError(
                f"containers nested deeper than {self.budget.depth} levels cannot cross (does one "
                "contain itself?)"
            )
        self.out.append(
            bytes((tag, count))
            if count < LONG_COUNT
            else bytes((tag, LONG_COUNT)) + U32.pack(count)
        )

    def charge(self, cost: int, items: int) -> None:
        """Count memory as the decoder will, and elements."""
        self.cost += cost
        self.items += items
        if self.items > self.budget.items:
            raise WireError(
                f"more than {self.budget.items} elements cannot cross in one message: use an array"
            )

    def reserve(self, n_bytes: int) -> None:
        """Count bytes before they are copied."""
        self.body_bytes += n_bytes
        if self.body_bytes > self.budget.frame_bytes:
            raise self._too_long(self.body_bytes)

    def put_refused(self, value: object, reason: str) -> None:
        """Append the exported form of a value that cannot cross.

        It raises WireError where `export` makes nothing of the value.
        """
        exported = value if self.export is None else self.export(value)
        self.depth += 1
        if exported is value or self.depth > self.budget.depth:
            raise WireError(reason)
        self.put(exported)
        self.depth -= 1

    def finish(self) -> list[bytes | memoryview]:
        """Return the frame.

        Header and head are in one buffer. The arrays follow.
        """
        written_bytes = sum(map(len, self.out))
        head_bytes = max(written_bytes, layout.head_bytes_needed(self.cost, self.probes))
        body_bytes = sum(map(len, self.buffers))
        total = layout.HEADER_BYTES + head_bytes + body_bytes
        if total > self.budget.frame_bytes:
            raise self._too_long(total)
        if head_bytes > written_bytes:
            self.out.append(bytes(head_bytes - written_bytes))
        self.out[0] = layout.HEADER.pack(layout.MAGIC, layout.VERSION, head_bytes, body_bytes)
        return [b"".join(self.out), *self.buffers]

    def _too_long(self, n_bytes: int) -> WireError:
        return WireError(
            f"{n_bytes} bytes cannot cross in one message: at most {self.budget.frame_bytes} may"
        )


WRITERS: dict[type, Callable[[Encoder, Any], None]] = {}
_FAMILIES = (np.generic, np.dtype, type)


def _put_other(enc: Encoder, value: Any) -> None:
    """Append a value whose exact type has no writer."""
    try:
        plain = find_plain(value)
        if plain is None:
            plain = find_tensor(value)
    except WireError as error:
        enc.put_refused(value, str(error))
        return
    if plain is not None:
        WRITERS[type(plain)](enc, plain)
        return
    for family in _FAMILIES:
        if issubclass(type(value), family):
            WRITERS[family](enc, value)
            return
    enc.put_refused(value, f"a value of type {type_name(value)} cannot cross")


WRITERS.update(LEAF_WRITERS | CONTAINER_WRITERS)


def encode(
    value: object, *, export: Export | None = None, budget: Budget = DEFAULT_BUDGET
) -> list[bytes | memoryview]:
    """Return the frame of a value as buffers for `os.writev`.

    Parameters
    ----------
    value
        What is to cross. Subclasses of plain types cross as their base; frameworks' tensors as
        arrays.
    export
        Called for what cannot cross by value; returns a wire value or a `Ref`, or raises WireError.
        What is only too much for the budget is not exported.
    budget
        What the frame may hold.

    Returns
    -------
    list
        Header and head, then one buffer per large array, which shares the array's memory where that
        is possible.

    Raises
    ------
    WireError
        A value cannot cross and there is no `export`, or the budget does not allow it.
    """
    encoder = Encoder(budget, export)
    try:
        encoder.put(value)
    except RecursionError as error:
        raise WireError("a value nested too deep for the interpreter cannot cross") from error
    return encoder.finish()
