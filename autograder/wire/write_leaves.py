"""Encoding of values that hold no others.

There is one writer per type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.wire import layout
from autograder.wire.arrays import BFLOAT16, BOOL, CLASSES, DTYPES, as_bits, find_code, is_little
from autograder.wire.errors import WireError
from autograder.wire.layout import AXES, C128, F64, I64, INLINE_BYTES, U16, U32

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.wire.encoder import Encoder

# Strings that were sent before, most of them keys of messages: at most so many, none longer than so many characters.
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
        raise WireError(f"an integer of {bits} bits cannot cross: at most {enc.budget.int_bits} bits")
    n_bytes = bits // 8 + 1
    enc.reserve(n_bytes)
    enc.cost += layout.long_cost(n_bytes)
    enc.out.append(bytes((layout.LONG,)) + U16.pack(n_bytes) + value.to_bytes(n_bytes, "little", signed=True))


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
        raise WireError(f"a string of {len(value)} characters cannot cross: at most {enc.budget.str_bytes} bytes")
    text = value.encode("utf-8", "surrogatepass")
    if len(text) > enc.budget.str_bytes:
        raise WireError(f"a string of {len(text)} bytes cannot cross: at most {enc.budget.str_bytes} bytes")
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
        enc.buffers.append(memoryview(as_bits(value, code).reshape(-1).view(np.uint8)))  # type: ignore[arg-type]
        return
    if code == BFLOAT16:
        enc.cost += n_bytes
    enc.out.append(value.tobytes() if code != BOOL and is_little(dtype) else as_bits(value, code).tobytes())


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
