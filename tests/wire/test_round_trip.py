"""What goes in comes out, bit for bit and type for type."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.wire import Ref, decode, encode

DTYPES = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")

texts = st.text(st.characters(), max_size=200) | st.text(st.characters(categories=["Cs"]), max_size=4)
int64s = st.integers(-(1 << 63), (1 << 63) - 1)
longs = st.integers(-(1 << 4095), (1 << 4095) - 1)
floats = st.floats(allow_nan=True, allow_infinity=True)
complexes = st.builds(complex, floats, floats)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Arrays of any bits (so NaNs have payloads), in odd clothes."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES))).newbyteorder(draw(st.sampled_from("<>")))
    shape = draw(st.lists(st.integers(0, 4), max_size=4).map(tuple))
    size = int(np.prod(shape)) * dtype.itemsize
    octets = draw(st.binary(min_size=size, max_size=size))
    if dtype.kind == "b":
        octets = bytes(octet & 1 for octet in octets)
    array = np.frombuffer(octets, dtype).reshape(shape)
    match draw(st.sampled_from(("plain", "fortran", "reversed", "transposed", "strided"))):
        case "fortran":
            return np.asfortranarray(array)
        case "reversed":
            return array[::-1] if array.ndim else array
        case "transposed":
            return array.T
        case "strided":
            return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array
    return array


scalars = st.builds(lambda array: array.reshape(-1)[0], arrays().filter(lambda array: array.size))
keys = st.recursive(
    texts | int64s | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=4
)
members = texts | int64s | floats | complexes | st.binary(max_size=9) | st.none() | st.just(...) | scalars
leaves = (
    st.none()
    | st.booleans()
    | st.just(...)
    | int64s
    | longs
    | floats
    | complexes
    | texts
    | st.binary(max_size=300)
    | arrays()
    | scalars
    | st.builds(range, int64s, int64s, int64s.filter(bool))
    | st.sampled_from([np.dtype(name) for name in DTYPES] + [np.dtype(">f8"), np.dtype(">i2")])
    | st.sampled_from([np.float32, np.int8, np.bool_, float, int, bool, complex])
    | st.sets(members, max_size=5)
    | st.frozensets(members, max_size=5)
    | st.lists(floats, min_size=8, max_size=30)
    | st.lists(int64s, min_size=8, max_size=30).map(tuple)
    | st.lists(longs, min_size=8, max_size=10)
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(keys, inner, max_size=5)
        | st.builds(slice, inner, inner, inner)
        | st.builds(Ref, st.sampled_from(("handle", "callback", "loan")), int64s, texts, inner)
    ),
    max_leaves=12,
)


def as_sent(value: object) -> object:  # noqa: PLR0911 -- one per kind
    """Return what is expected to come out: arrays native and in C order, everything else as it is."""
    match value:
        case np.ndarray():
            native = value.byteswap().view(value.dtype.newbyteorder("=")) if not value.dtype.isnative else value
            return native.copy(order="C")
        case np.generic():
            return as_sent(np.asarray(value))[()]
        case dict():
            return {key: as_sent(item) for key, item in value.items()}
        case list() | tuple():
            return type(value)(map(as_sent, value))
        case slice():
            return slice(as_sent(value.start), as_sent(value.stop), as_sent(value.step))
        case Ref():
            return Ref(value.kind, value.id, value.type_name, as_sent(value.info))
    return value


@settings(deadline=None, max_examples=200)
@given(values)
def test_wire_any_value_survives_bit_for_bit(fingerprint, value) -> None:
    """Every value of the wire comes back with its types, signs of zero, NaN payloads and order of keys."""
    got = decode(b"".join(encode(value)))
    assert fingerprint(got) == fingerprint(as_sent(value))


@settings(deadline=None, max_examples=60)
@given(values)
def test_wire_what_came_back_crosses_again(fingerprint, value) -> None:
    """A value that came back read-only can be sent again and is still the same."""
    once = decode(b"".join(encode(value)), readonly=True)
    assert fingerprint(decode(b"".join(encode(once)), readonly=True)) == fingerprint(once)


@pytest.mark.parametrize("n_bytes", [8191, 8192, 8193, 100_000])
@pytest.mark.parametrize("dtype", DTYPES)
def test_wire_large_array_survives_bit_for_bit(cross, fingerprint, dtype, n_bytes) -> None:
    """Arrays inside the head and beside it are the same to the reader."""
    octets = np.random.default_rng(n_bytes).integers(0, 2 if dtype == "?" else 256, n_bytes, np.uint8)
    array = octets[: n_bytes - n_bytes % np.dtype(dtype).itemsize].view(dtype)
    assert fingerprint(cross([array, array[::-1]])) == fingerprint([array, array[::-1].copy()])


@pytest.mark.parametrize(
    "value",
    [0, 63, 64, -1, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 2**64, 2**4095, -(2**4096) + 1, 2**4096 - 1],
)
def test_wire_integer_at_an_edge_survives(cross, value) -> None:
    """Integers cross on both sides of each change of form, up to 4096 bits."""
    assert cross(value) == value


@pytest.mark.parametrize("text", ["", "a" * 127, "a" * 128, "é", "\x00", "\ud800\udfff", "😀" * 99, "a" * (1 << 20)])
def test_wire_string_at_an_edge_survives(cross, text) -> None:
    """Strings cross on both sides of each change of form, surrogates included, up to 1 MiB."""
    assert cross(text) == text


@pytest.mark.parametrize("count", [0, 1, 7, 8, 254, 255, 256, 70_000])
@pytest.mark.parametrize("item", [1, 1.5, None, "x"])
def test_wire_sequence_of_any_length_survives(cross, fingerprint, item, count) -> None:
    """Lists and tuples cross on both sides of each change of form."""
    assert fingerprint(cross([item] * count)) == fingerprint([item] * count)
    assert fingerprint(cross((item,) * count)) == fingerprint((item,) * count)


def test_wire_mixed_numbers_stay_what_they_are(cross, fingerprint) -> None:
    """A list of int, bool and float is not turned into one of floats."""
    value = [1, True, 1.0, 2**70, np.float64(1), np.int64(1)] * 3
    assert fingerprint(cross(value)) == fingerprint(value)


def test_wire_zero_dimensional_array_stays_an_array(cross) -> None:
    """A 0-d array and a NumPy scalar are two things."""
    array, scalar = cross([np.array(1.5), np.float64(1.5)])
    assert (type(array), array.shape, type(scalar)) == (np.ndarray, (), np.float64)


def test_wire_array_of_64_axes_survives(cross) -> None:
    """As many axes as NumPy allows cross."""
    assert cross(np.ones((1,) * 64)).shape == (1,) * 64


def test_wire_bfloat16_survives_by_its_bits(cross, fingerprint) -> None:
    """Every bfloat16, NaN payloads included, comes back as the same bits in an array of `ml_dtypes`."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    array = np.arange(1 << 16, dtype=np.uint16).view(ml_dtypes.bfloat16)
    small, scalar = array[:9].reshape(3, 3).T, array[7]
    assert fingerprint(cross([array, small, scalar, array.dtype])) == fingerprint([array, small, scalar, array.dtype])


def test_wire_bfloat16_without_ml_dtypes_becomes_float32(cross, monkeypatch) -> None:
    """Where there is no bfloat16, the same values arrive as float32: its bits are the upper half."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    bits = np.arange(1 << 16, dtype=np.uint16)
    frames = [b"".join(encode(a.view(ml_dtypes.bfloat16))) for a in (bits, bits[:9].reshape(3, 3))]
    frames.append(b"".join(encode(bits.view(ml_dtypes.bfloat16).dtype)))
    for module in ("arrays", "decode"):
        monkeypatch.setattr(sys.modules[f"autograder.wire.{module}"], "bfloat16_dtype", lambda: None)
    large, small, dtype = map(decode, frames)
    assert (large.dtype, small.dtype, dtype) == (np.float32, np.float32, np.float32)
    assert np.array_equal(large.view(np.uint32), bits.astype(np.uint32) << 16)
    assert np.array_equal(small.view(np.uint32), bits[:9].reshape(3, 3).astype(np.uint32) << 16)


def test_wire_long_integers_of_numpy_become_int64(cross, fingerprint) -> None:
    """`np.longlong` is another type of the same width: it arrives as int64."""
    got = cross([np.longlong(-5), np.arange(3, dtype=np.longlong)])
    assert fingerprint(got) == fingerprint([np.int64(-5), np.arange(3, dtype=np.int64)])


def test_wire_array_of_odd_bools_arrives_clean(cross) -> None:
    """A view of other bytes as bool arrives as what NumPy takes it for: any byte but 0 is True."""
    assert cross(np.array([0, 1, 2, 255], np.uint8).view(bool)).tobytes() == b"\x00\x01\x01\x01"
    assert cross(np.array([7] * 9000, np.uint8).view(bool)).tobytes() == b"\x01" * 9000


@pytest.mark.parametrize("version", [1])
def test_frame_of_this_version_has_these_bytes(version) -> None:
    """The form of frames is fixed: a change of one byte is a new version."""
    value = {
        "op": "call",
        "x": np.array([[1, -2]], np.int16),
        "args": [5, -1, 0.5, None, True, 2**70, "é", (), ...],
        7: Ref("handle", 3, "T", [1j]),
        None: {b"a"},
        (1,): (slice(1, None, 2), range(3)),
    }
    assert b"".join(encode(value)).hex() == (
        "41475701950000000000000000000000"  # mark, version, 149 bytes of head, no buffers
        "2206"  # dict of 6
        "826f70817884617267734700210141"  # "op", "x", "args", 7, None, (1,)
        "8463616c6c"  # "call"
        "0e0202010000000000000002000000000000000100feff"  # inline int16, 2 axes, 1, 2, items
        "20094504ffffffffffffffff06000000000000e03f0002"  # list of 9: 5, -1, 0.5, None, True
        "0509000000000000000000400902000000c3a9210003"  # 2**70, "é", (), Ellipsis
        "27010668616e646c650300000000000000010054"  # reference: kind, number, name, info:
        "2001070000000000000000000000000000f03f"  # [1j]
        "23010a0100000061"  # {b"a"}
        "210226034100422503404341"  # (slice(1, None, 2), range(0, 3, 1))
    )  # fmt: skip
