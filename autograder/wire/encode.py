"""Values to frames: any Python object gives a frame, a reference (through `export`) or `WireError`.

The encoder keeps the decoder's account (see `layout`) and pads the head, so that what was encoded can be decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from autograder.wire import layout
from autograder.wire.arrays import CLASSES, DTYPES, as_bits, find_code
from autograder.wire.errors import WireError
from autograder.wire.foreign import find_plain, find_tensor, type_name
from autograder.wire.keys import KEY_TYPES, MEMBER_TYPES, count_probes
from autograder.wire.layout import AXES, I64, INLINE_BYTES, LONG_COUNT, U16, U32
from autograder.wire.values import DEFAULT_BUDGET, Budget, ReadonlyDict, ReadonlyList, Ref

Export = Callable[[object], object]

# A list at least this long is worth a look whether all of it is float, or all int.
_PACK_FROM = 8
_KNOWN_TEXTS = 1024
_KNOWN_TEXT_LENGTH = 32


class Encoder:
    """A frame in the making."""

    __slots__ = ("body_bytes", "buffers", "budget", "cost", "depth", "export", "items", "out", "probes", "refs")

    def __init__(self, budget: Budget, export: Export | None) -> None:
        self.budget = budget
        self.export = export
        self.out: list[bytes] = [b""]
        self.buffers: list[bytes | memoryview] = []
        self.cost = self.probes = self.items = self.refs = self.depth = self.body_bytes = 0

    def put(self, value: object) -> None:
        """Append one value."""
        _WRITERS.get(type(value), _put_other)(self, value)

    def put_all(self, values: Sequence[object]) -> None:
        """Append the values of a container that `open` began."""
        find = _WRITERS.get
        for value in values:
            find(type(value), _put_other)(self, value)

    def open(self, tag: int, count: int) -> None:
        """Begin a container; the caller puts its values and lowers `depth` again."""
        if count:
            base, each, per_count = layout.CONTAINERS[tag]
            self.charge(base + each * count, count * per_count)
        self.depth += 1
        if self.depth > self.budget.depth:
            raise WireError(
                f"containers nested deeper than {self.budget.depth} levels cannot cross (does one contain itself?)"
            )
        self.out.append(bytes((tag, count)) if count < LONG_COUNT else bytes((tag, LONG_COUNT)) + U32.pack(count))

    def charge(self, cost: int, items: int) -> None:
        """Count memory as the decoder will, and elements."""
        self.cost += cost
        self.items += items
        if self.items > self.budget.items:
            raise WireError(f"more than {self.budget.items} elements cannot cross in one message: use an array")

    def reserve(self, n_bytes: int) -> None:
        """Count bytes of arrays, strings and such before they are copied."""
        self.body_bytes += n_bytes
        if self.body_bytes > self.budget.frame_bytes:
            raise WireError(
                f"{self.body_bytes} bytes cannot cross in one message: at most {self.budget.frame_bytes} may"
            )

    def finish(self) -> list[bytes | memoryview]:
        """Return the frame: header and head in one buffer, then the arrays."""
        out = self.out
        head_bytes = sum(map(len, out))
        needed = layout.head_bytes_needed(self.cost, self.probes)
        if head_bytes < needed:
            out.append(bytes(needed - head_bytes))
            head_bytes = needed
        body_bytes = sum(map(len, self.buffers))
        total = layout.HEADER_BYTES + head_bytes + body_bytes
        if total > self.budget.frame_bytes:
            raise WireError(f"{total} bytes cannot cross in one message: at most {self.budget.frame_bytes} may")
        out[0] = layout.HEADER.pack(layout.MAGIC, layout.VERSION, head_bytes, body_bytes)
        return [b"".join(out), *self.buffers]


def _put_constant(enc: Encoder, value: object) -> None:
    enc.out.append(_CONSTANTS[value])


def _put_int(enc: Encoder, value: int) -> None:
    if 0 <= value < 64:
        enc.out.append(_SMALL_INTS[value])
    elif -(1 << 63) <= value < 1 << 63:
        enc.out.append(_INT + I64.pack(value))
    else:
        _put_long(enc, value)


def _put_long(enc: Encoder, value: int) -> None:
    bits = value.bit_length()
    if bits > enc.budget.int_bits:
        raise WireError(f"an integer of {bits} bits cannot cross: at most {enc.budget.int_bits} bits")
    n_bytes = bits // 8 + 1
    enc.cost += layout.long_cost(n_bytes)
    enc.out.append(bytes((layout.LONG,)) + U16.pack(n_bytes) + value.to_bytes(n_bytes, "little", signed=True))


def _put_float(enc: Encoder, value: float) -> None:
    enc.out.append(_FLOAT + layout.F64.pack(value))


def _put_complex(enc: Encoder, value: complex) -> None:
    enc.out.append(_COMPLEX + layout.C128.pack(value.real, value.imag))


def _put_text(enc: Encoder, value: str) -> None:
    known = _known_texts.get(value)
    if known is not None:
        enc.out.append(known)
    elif len(value) < 128 and value.isascii():
        text = bytes((layout.SHORT_TEXT + len(value),)) + value.encode("ascii")
        if len(value) <= _KNOWN_TEXT_LENGTH and len(_known_texts) < _KNOWN_TEXTS:
            _known_texts[value] = text
        enc.out.append(text)
    else:
        _put_long_text(enc, value)


def _put_long_text(enc: Encoder, value: str) -> None:
    if len(value) > enc.budget.str_bytes:
        raise WireError(f"a string of {len(value)} characters cannot cross: at most {enc.budget.str_bytes} bytes")
    text = value.encode("utf-8", "surrogatepass")
    if len(text) > enc.budget.str_bytes:
        raise WireError(f"a string of {len(text)} bytes cannot cross: at most {enc.budget.str_bytes} bytes")
    enc.reserve(len(text))
    if value.isascii():
        tag = layout.ASCII
    else:
        tag = layout.TEXT
        enc.cost += layout.text_cost(len(text))
    enc.out += (bytes((tag,)) + U32.pack(len(text)), text)


def _put_bytes(enc: Encoder, value: bytes) -> None:
    enc.reserve(len(value))
    enc.out += (bytes((layout.BYTES,)) + U32.pack(len(value)), value)


def _put_list(enc: Encoder, value: list[object]) -> None:
    _put_sequence(enc, layout.LIST, tuple(value))


def _put_tuple(enc: Encoder, value: tuple[object, ...]) -> None:
    _put_sequence(enc, layout.TUPLE, value)


def _put_sequence(enc: Encoder, tag: int, values: tuple[object, ...]) -> None:
    if len(values) >= _PACK_FROM and _put_packed(enc, tag, values):
        return
    enc.open(tag, len(values))
    enc.put_all(values)
    enc.depth -= 1


def _put_packed(enc: Encoder, tag: int, values: tuple[Any, ...]) -> bool:
    """Append a sequence of floats, or of integers of 64 bits, in one piece; return False if it is neither."""
    kinds = set(map(type, values))
    if kinds == {float}:
        items, packed = np.array(values, "<f8"), layout.FLOATS
    elif kinds == {int} and _fit_int64(values):
        items, packed = np.array(values, "<i8"), layout.INTS
    else:
        return False
    enc.charge(layout.SEQUENCE_COST + layout.PACKED_COST * len(values), len(values))
    enc.out += (bytes((packed, tag == layout.TUPLE)) + U32.pack(len(values)), items.tobytes())
    return True


def _fit_int64(values: tuple[int, ...]) -> bool:
    return -(1 << 63) <= min(values) and max(values) < 1 << 63


def _put_dict(enc: Encoder, value: dict[object, object]) -> None:
    keys, values = tuple(value), tuple(value.values())
    if set(map(type, keys)) != _ONLY_STR:
        try:
            keys = _check_keys(enc, keys, KEY_TYPES)
        except WireError as error:
            _put_refused(enc, value, str(error))
            return
    if len(keys) > enc.budget.dict_keys:
        raise WireError(f"a dict of {len(keys)} keys cannot cross: at most {enc.budget.dict_keys} keys")
    if len(keys) != len(values):
        raise WireError("a dict that changes while it is read cannot cross")
    enc.open(layout.DICT, len(keys))
    enc.put_all(keys)
    enc.put_all(values)
    enc.depth -= 1


def _check_keys(enc: Encoder, keys: tuple[object, ...], allowed: frozenset[type]) -> tuple[object, ...]:
    """Return the keys as they will cross, checked and counted."""
    if not allowed.issuperset(map(type, keys)) or tuple in map(type, keys):
        keys = tuple(map(_plain_key, keys, repeat(allowed), repeat(enc.budget.depth)))
        if len(set(keys)) != len(keys):
            raise WireError("keys that are equal once they are plain values cannot cross")
    enc.probes += count_probes(keys, allowed)
    return keys


def _plain_key(key: Any, allowed: frozenset[type], depth: int) -> object:
    """Return the plain value of a key of a subclass."""
    if type(key) is not tuple and type(key) in allowed:
        return key
    plain = find_plain(key)
    if type(plain) is tuple:
        if depth == 0:
            raise WireError("a key nested too deep cannot cross")
        return tuple(map(_plain_key, plain, repeat(allowed), repeat(depth - 1)))
    return key if plain is None else plain


def _put_set(enc: Encoder, value: set[object]) -> None:
    _put_members(enc, layout.SET, value)


def _put_frozenset(enc: Encoder, value: frozenset[object]) -> None:
    _put_members(enc, layout.FROZENSET, value)


def _put_members(enc: Encoder, tag: int, value: set[object] | frozenset[object]) -> None:
    members = tuple(value)
    try:
        members = _check_keys(enc, members, MEMBER_TYPES)
    except WireError as error:
        _put_refused(enc, value, str(error))
        return
    if len(members) > enc.budget.dict_keys:
        raise WireError(f"a set of {len(members)} elements cannot cross: at most {enc.budget.dict_keys} elements")
    enc.open(tag, len(members))
    enc.put_all(members)
    enc.depth -= 1


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
    kind, name = value.kind.encode("ascii"), value.type_name.encode("utf-8", "surrogatepass")
    if len(kind) > 255 or len(name) > 0xFFFF:
        raise WireError("a reference with a kind or type name that long cannot cross")
    fields = bytes((len(kind),)) + kind + I64.pack(value.id) + U16.pack(len(name)) + name
    enc.cost += layout.text_cost(len(name))
    if value.info is None:
        enc.cost += layout.REF_COST
        enc.out.append(_REF + fields)
    else:
        enc.open(layout.REF_INFO, 1)
        enc.out.append(fields)
        enc.put(value.info)
        enc.depth -= 1


def _put_scalar(enc: Encoder, value: np.generic) -> None:
    code = find_code(value.dtype)
    if code is None:
        _put_refused(enc, value, f"a NumPy scalar of dtype {value.dtype.name} cannot cross")
    else:
        enc.out.append(bytes((layout.SCALAR, code)) + as_bits(np.asarray(value), code).tobytes())


def _put_array(enc: Encoder, value: np.ndarray[Any, Any]) -> None:
    dtype = value.dtype
    code = find_code(dtype)
    if code is None:
        _put_refused(enc, value, f"an array of dtype {dtype.name} cannot cross")
        return
    shape, n_bytes = value.shape, value.nbytes
    enc.reserve(n_bytes)
    enc.cost += layout.array_cost(len(shape))
    form = bytes((layout.INLINE if n_bytes <= INLINE_BYTES else layout.ARRAY, code, len(shape)))
    enc.out.append(form + AXES[len(shape)].pack(*shape))
    if n_bytes > INLINE_BYTES:
        enc.buffers.append(memoryview(as_bits(value, code).reshape(-1).view(np.uint8)))  # type: ignore[arg-type]
    else:
        enc.out.append(value.tobytes() if dtype.isnative else as_bits(value, code).tobytes())


def _put_dtype(enc: Encoder, value: np.dtype[Any]) -> None:
    code = find_code(value)
    if code is None:
        raise WireError(f"the dtype {value.name} cannot cross")
    enc.out.append(bytes((layout.DTYPE, code, value.byteorder == ">")))


def _put_class(enc: Encoder, value: type) -> None:
    if value in CLASSES:
        enc.out.append(bytes((layout.CLASS, CLASSES.index(value))))
    else:
        _put_refused(enc, value, f"the class {value.__name__} cannot cross")


def _put_other(enc: Encoder, value: Any) -> None:
    """Append a value whose exact type has no writer."""
    try:
        plain = find_plain(value)
        if plain is None:
            plain = find_tensor(value)
    except WireError as error:
        _put_refused(enc, value, str(error))
        return
    if plain is not None:
        _WRITERS[type(plain)](enc, plain)
    elif issubclass(type(value), np.generic):
        _put_scalar(enc, value)
    elif issubclass(type(value), np.dtype):
        _put_dtype(enc, value)
    elif issubclass(type(value), type):
        _put_class(enc, value)
    else:
        _put_refused(enc, value, f"a value of type {type_name(value)} cannot cross")


def _put_refused(enc: Encoder, value: object, reason: str) -> None:
    """Append what `export` makes of a value that cannot cross, or raise WireError."""
    if enc.export is None:
        raise WireError(reason)
    exported = enc.export(value)
    if exported is value:
        raise WireError(reason)
    enc.depth += 1
    if enc.depth > enc.budget.depth:
        raise WireError(reason)
    enc.put(exported)
    enc.depth -= 1


_INT, _FLOAT, _COMPLEX, _REF = (bytes((t,)) for t in (layout.INT, layout.FLOAT, layout.COMPLEX, layout.REF))
_SMALL_INTS = tuple(bytes((layout.SMALL_INT + value,)) for value in range(64))
_CONSTANTS: dict[object, bytes] = {
    None: bytes((layout.NONE,)),
    False: bytes((layout.FALSE,)),
    True: bytes((layout.TRUE,)),
    ...: bytes((layout.ELLIPSIS,)),
}
_ONLY_STR = {str}
_known_texts: dict[str, bytes] = {}
_WRITERS: dict[type, Callable[[Encoder, Any], None]] = {
    type(None): _put_constant,
    bool: _put_constant,
    type(...): _put_constant,
    int: _put_int,
    float: _put_float,
    complex: _put_complex,
    str: _put_text,
    bytes: _put_bytes,
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
    np.ndarray: _put_array,
    **{dtype.type: _put_scalar for dtype in DTYPES},
}


def encode(value: object, *, export: Export | None = None, budget: Budget = DEFAULT_BUDGET) -> list[bytes | memoryview]:
    """Return the frame of a value as buffers for `socket.sendmsg`.

    Parameters
    ----------
    value
        What is to cross. Subclasses of plain types cross as their base; frameworks' tensors as arrays.
    export
        Called for what cannot cross by value; returns a wire value or a `Ref`, or raises WireError.
    budget
        What the frame may hold.

    Returns
    -------
    list
        Header and head, then one buffer per large array, which shares the array's memory where that is possible.

    Raises
    ------
    WireError
        If a value cannot cross and there is no `export`, or the budget does not allow it.
    """
    encoder = Encoder(budget, export)
    try:
        encoder.put(value)
    except RecursionError as error:
        raise WireError("a value nested too deep for the interpreter cannot cross") from error
    return encoder.finish()
