"""Any byte string gives a value or WireError, in bounded memory and linear time."""

from __future__ import annotations

import contextlib
import gc
import itertools
import struct
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.wire import Budget, Ref, WireError, decode, encode
from autograder.wire.layout import HEADER, HEADER_BYTES, MAGIC, VERSION

SLACK = 1 << 16

SAMPLES = [
    b"".join(encode(value))
    for value in (
        {"op": "call", "args": [np.arange(6.0).reshape(2, 3), np.float32(2), (1, 2**80)], "kwargs": {}, 5: None},
        [
            np.zeros(3000),
            "é" * 70,
            b"abc",
            {1, 2.5},
            frozenset("ab"),
            range(3),
            slice(1, None),
            ...,
            1j,
            np.dtype("f2"),
        ],
        Ref("handle", 7, "Model", {"shape": (3, 4)}),
        [[1.5] * 9, tuple(range(-5, 9)), np.array([True, False]), float, [[[[]]]], "x" * 300],
    )
]


def decode_or_refuse(data: bytes) -> None:
    """Decode both ways; anything but a value or WireError is an error of the test."""
    for readonly in (False, True):
        with contextlib.suppress(WireError):
            decode(data, readonly=readonly)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300))
def test_decode_random_bytes_give_a_value_or_wire_error(data) -> None:
    """Garbage never escapes as anything but WireError."""
    decode_or_refuse(data)


@settings(deadline=None, max_examples=400)
@given(head=st.binary(max_size=200), body=st.binary(max_size=20))
def test_decode_random_head_gives_a_value_or_wire_error(frame, head, body) -> None:
    """Nor does garbage behind a valid header."""
    decode_or_refuse(frame(head, body))


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_decode_nearly_right_frame_gives_a_value_or_wire_error(data) -> None:
    """Nor does a valid frame in which bytes were changed, cut out, or put in."""
    octets = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(HEADER_BYTES, len(octets)))
        cut = data.draw(st.integers(0, 3))
        octets[at : at + cut] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"\xff" * 4, b"\xff" * 8, b"\0" * 8])
        )
    if data.draw(st.booleans()):
        body_bytes = data.draw(st.sampled_from([0, 24000]))
        octets[:HEADER_BYTES] = HEADER.pack(MAGIC, VERSION, max(0, len(octets) - HEADER_BYTES - body_bytes), body_bytes)
    decode_or_refuse(bytes(octets))


@pytest.mark.parametrize("sample", SAMPLES)
def test_decode_frame_cut_anywhere_is_refused(sample) -> None:
    """No beginning of a frame is a frame, and no frame has anything behind it."""
    for end in range(0, len(sample), 1 + len(sample) // 500):
        with pytest.raises(WireError):
            decode(sample[:end])
    with pytest.raises(WireError):
        decode(sample + b"\0")


@pytest.mark.parametrize("sample", SAMPLES)
def test_decode_head_cut_anywhere_is_refused(frame, sample) -> None:
    """Nor is a head that ends early, with a header that agrees."""
    head_bytes = HEADER.unpack_from(sample)[2]
    head, body = sample[HEADER_BYTES : HEADER_BYTES + head_bytes], sample[HEADER_BYTES + head_bytes :]
    for end in range(len(head.rstrip(b"\0")) - 1):
        with pytest.raises(WireError):
            decode(frame(head[:end], body))


U32, U64 = struct.Struct("<I").pack, struct.Struct("<Q").pack
MEMBER_RULE = "elements are str, bytes, numbers, bool, None, Ellipsis or tuples of those"
CUT = "bad frame: it ends in the middle of a value"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"", CUT),
        (b"\x3f", "bad frame: unknown tag 0x3f"),
        (b"\x1f", "bad frame: unknown tag 0x1f"),
        (b"\x00\x01", "bad frame: bytes after the value"),
        (b"\x20\xff" + U32(2**32 - 1), CUT),
        (b"\x22\x02\x41", CUT),
        (b"\x20\x01" * 65 + b"\x00", "bad frame: containers nested deeper than 64 levels"),
        (b"\x22\x02\x41\x41\x00\x00", "bad frame: a dict with equal keys"),
        (b"\x22\x02\x41\x02\x00\x00", "bad frame: a dict with equal keys"),
        (b"\x22\x02\x81a\x81a\x00\x00", "bad frame: a dict with equal keys"),
        (b"\x23\x02\x41\x02", "bad frame: a set with equal elements"),
        (
            b"\x22\x01\x06" + bytes(8) + b"\x00",
            "bad frame: a value of type float cannot be a key of a dict: keys are str, int, bool, None or tuples of those",
        ),
        (
            b"\x22\x01\x20\x00\x00",
            "bad frame: a value of type list cannot be a key of a dict: keys are str, int, bool, None or tuples of those",
        ),
        (
            b"\x22\x01\x21\x01\x22\x00\x00",
            "bad frame: a value of type dict cannot be a key of a dict: keys are str, int, bool, None or tuples of those",
        ),
        (
            b"\x24\x01\x23\x00",
            f"bad frame: a value of type set cannot be an element of a set: {MEMBER_RULE}",
        ),
        (
            b"\x22\x01\x05\x0a\x00" + bytes(9) + b"\x01\x00",
            "bad frame: an integer of 73 bits cannot be a key of a dict: at most 64 bits",
        ),
        (b"\x05\x01\x02" + bytes(512) + b"\x01", "bad frame: an integer of 4097 bits, at most 4096 may cross"),
        (b"\x08" + U32(2**20 + 1), "bad frame: a string of 1048577 bytes, at most 1048576 may cross"),
        (b"\x09" + U32(2) + b"\xff\xff", "bad frame: a string is not encoded as it says"),
        (b"\x08" + U32(2) + b"\xc3\xa9", "bad frame: a string is not encoded as it says"),
        (b"\x81\xff", "bad frame: a string is not encoded as it says"),
        (b"\x84abc", CUT),
        (b"\x0a" + U32(2**32 - 1) + b"abc", CUT),
        (b"\x0b\x0f\x00", "bad frame: unknown dtype code 15"),
        (b"\x0b\x00\x02", "bad frame: a bool that is neither 0 nor 1"),
        (b"\x0c\xff\x00", "bad frame: unknown dtype code 255"),
        (b"\x0d\xff", "bad frame: unknown class 255"),
        (b"\x0e\x00\x41", "bad frame: an array of 65 axes, at most 64 may cross"),
        (b"\x0e\x00\x01" + U64(2) + b"\x01\x07", "bad frame: a bool that is neither 0 nor 1"),
        (b"\x0e\x0b\x02" + U64(2**63) * 2, CUT),
        (b"\x0e\x0b\x02" + U64(0) + U64(2**64 - 1), f"bad frame: no array of 2 axes up to {2**64 - 1} can be made"),
        (b"\x0f\x0b\x01" + U64(9), "bad frame: an array of 72 bytes where 0 are left"),
        (b"\x0f\x0b\x02" + U64(2**62) * 2, f"bad frame: an array of {2**127} bytes where 0 are left"),
        (b"\x0f\x0b\x02" + U64(0) + U64(2**63), f"bad frame: no array of 2 axes up to {2**63} can be made"),
        (b"\x10\x00" + U32(2**32 - 1), CUT),
        (b"\x25\x02\x41\x41", "bad frame: a range needs three integers, the last not 0"),
        (b"\x25\x03\x41\x41\x40", "bad frame: a range needs three integers, the last not 0"),
        (b"\x25\x03\x41\x41\x02", "bad frame: a range needs three integers, the last not 0"),
        (b"\x26\x02\x41\x41", "bad frame: a slice needs three values"),
        (b"\x27\x00", "bad frame: a reference needs one value of information"),
    ],
)
def test_decode_bad_head_is_refused_with_a_reason(frame, head, message) -> None:
    """Each rule of the form has its own sentence."""
    with pytest.raises(WireError) as caught:
        decode(frame(head))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "bad frame: 0 bytes are no header"),
        (b"GET / HTTP/1.1\r\n", "bad frame: it does not begin with the wire's mark"),
        (HEADER.pack(MAGIC, 2, 0, 0), "bad frame: version 2, expected 1"),
        (HEADER.pack(MAGIC, 1, 2, 0), "bad frame: 16 bytes, announced 18"),
        (HEADER.pack(MAGIC, 1, 1, 3) + b"\0abc", "bad frame: 3 bytes that belong to no array"),
        (
            HEADER.pack(MAGIC, 1, 2**32 - 1, 2**63),
            f"bad frame: {2**63 + 2**32 + 15} bytes announced, at most 536870912 may cross",
        ),
    ],
)
def test_decode_bad_header_is_refused_with_a_reason(data, message) -> None:
    """A header is checked before anything is allocated."""
    with pytest.raises(WireError) as caught:
        decode(data)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "budget", "message"),
    [
        ([1, 2, [3]], Budget(items=3), "bad frame: more than 3 elements"),
        ([1.0] * 9, Budget(items=8), "bad frame: more than 8 elements"),
        ([[[]]], Budget(depth=2), "bad frame: containers nested deeper than 2 levels"),
        ("x" * 300, Budget(str_bytes=299), "bad frame: a string of 300 bytes, at most 299 may cross"),
        ("é" * 150, Budget(str_bytes=299), "bad frame: a string of 300 bytes, at most 299 may cross"),
        (2**300, Budget(int_bits=200), "bad frame: an integer of 301 bits, at most 200 may cross"),
        ({"a": 1, "b": 2}, Budget(dict_keys=1), "bad frame: 2 keys in one container, at most 1 may cross"),
        ({1, 2}, Budget(dict_keys=1), "bad frame: 2 keys in one container, at most 1 may cross"),
        ([Ref("handle", 1)] * 2, Budget(handles=1), "bad frame: more than 1 references"),
        ([Ref("handle", 1, "", 5)] * 2, Budget(handles=1), "bad frame: more than 1 references"),
        (np.zeros(10**4), Budget(frame_bytes=80_000), "bad frame: 80027 bytes announced, at most 80000 may cross"),
    ],
)
def test_decode_frame_over_the_budget_is_refused(value, budget, message) -> None:
    """The reader's own budget counts, whatever the writer's was."""
    with pytest.raises(WireError) as caught:
        decode(b"".join(encode(value)), budget=budget)
    assert str(caught.value) == message


def test_decode_bad_bools_beside_the_head_are_refused(frame) -> None:
    """Large arrays of bool are looked at once they have arrived."""
    head = b"\x0f\x00\x01" + U64(9000)
    with pytest.raises(WireError, match="a bool that is neither 0 nor 1"):
        decode(frame(head, bytes(8999) + b"\x02"))


def test_decode_deep_nesting_needs_no_recursion(frame) -> None:
    """With a budget that allows it, 20,000 levels decode: the decoder does not recurse, whatever the interpreter's limit."""
    depth = 20_000
    head = b"\x20\x01" * depth + b"\x00"
    value = decode(frame(head + bytes(200 * depth)), budget=Budget(depth=depth), readonly=True)
    levels = 0
    while value is not None:
        value = value[0]
        levels += 1
    assert levels == depth


# Heads made to cost much memory for each of their bytes.
HUNGRY = {
    "empty lists": [[] for _ in range(500)],
    "empty tuples in tuples": ((),) * 1000,
    "empty dicts": [{} for _ in range(500)],
    "empty sets": [set() for _ in range(500)],
    "empty frozensets": [frozenset((i,)) for i in range(500)],
    "small dicts": [{"a": 1} for _ in range(800)],
    "dicts of six": [dict.fromkeys(range(300, 306)) for _ in range(500)],
    "dicts of 5,462": [dict.fromkeys(range(1000, 1000 + 5462)) for _ in range(3)],
    "dict of 10,000": dict.fromkeys(range(10_000)),
    "small sets": [{1} for _ in range(800)],
    "sets of five": [set(range(300, 305)) for _ in range(500)],
    "sets of 4,916": [set(range(1000, 1000 + 4916)) for _ in range(3)],
    "nested tuples": [(((((((),),),),),),) for _ in range(500)],
    "nested lists": [[[[[[[[]]]]]]] for _ in range(500)],
    "integers": [[2**40 + i for i in range(800)], 5],
    "few integers": [[2**62, 2**61] for _ in range(500)],
    "long integers": [2**4095 for _ in range(200)] + [2**64 for _ in range(500)],
    "floats": [[1.5] * 10_000],
    "mixed floats": [1.5, None] * 1500,
    "complex": [1j] * 1500,
    "literals": [None, True, ...] * 10_000,
    "short strings": ["x"] * 1500 + ["ab"] * 1500,
    "wide string": ["a" * 20_000 + "😀"] * 3,
    "wide strings": ["😀", "a😀"] * 1000,
    "latin strings": ["é"] * 1500,
    "surrogates": ["\ud800" * 8000],
    "long strings": ["x" * 40_000] * 5,
    "bytes": [b"x" * 40_000, *[b""] * 1000],
    "references": [Ref("handle", 2**40 + i) for i in range(800)],
    "references with names": [Ref("handle", i, "Name😀" * 3) for i in range(500)],
    "references with info": [Ref("k" * 200, i, "x", (i,)) for i in range(500)],
    "scalars": [np.float64(1), np.complex128(1), np.bool_(True)] * 1000,
    "empty arrays": [np.zeros(0)] * 800,
    "small arrays": [np.zeros((1, 1, 1, 1))] * 800,
    "arrays of 64 axes": [np.zeros((1,) * 64)] * 200,
    "large arrays": [np.zeros(10_000)] * 5,
    "swapped dtypes": [np.dtype(">f4")] * 1500,
    "ranges": [range(2**40, 2**41, 2**39)] * 1000,
    "slices": [slice(2**40, 2**41, 2**39)] * 1000,
}


def measure_peak(data: bytes, *, readonly: bool) -> int:
    """Return the most memory that decoding allocates at one time [bytes]."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        value = decode(data, readonly=readonly)
        peak = tracemalloc.get_traced_memory()[1]
        del value
    finally:
        tracemalloc.stop()
    return peak - before


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize("name", HUNGRY)
def test_decode_hungry_head_stays_within_four_times_its_length(name, readonly) -> None:
    """What is accepted never allocates more than 4 times the frame's length plus 64 KiB, its arrays included."""
    data = b"".join(encode(HUNGRY[name]))
    decode(data, readonly=readonly)
    assert measure_peak(data, readonly=readonly) <= 4 * len(data) + SLACK


@pytest.mark.parametrize("name", HUNGRY)
def test_decode_head_with_a_byte_less_padding_is_refused(frame, name) -> None:
    """Reader and writer keep the same account: the writer pads exactly as far as the reader asks, where it pads at all."""
    data = b"".join(encode(HUNGRY[name]))
    head_bytes = HEADER.unpack_from(data)[2]
    head, body = data[HEADER_BYTES : HEADER_BYTES + head_bytes], data[HEADER_BYTES + head_bytes :]
    if not head.endswith(bytes(200)):
        return
    with pytest.raises(WireError, match=r"need more than 4 times|could collide more often"):
        decode(frame(head[:-1], body))


@pytest.mark.parametrize("form", ["inline", "beside"])
def test_decode_bfloat16_without_ml_dtypes_stays_within_the_same_bound(frame, monkeypatch, form) -> None:
    """Arrays that become twice as wide because the dtype is not there are bounded as well."""
    monkeypatch.setattr("autograder.wire.arrays.bfloat16_dtype", lambda: None)
    head, items = b"\x0e\x0e\x01" + U64(500_000), bytes(1_000_000)
    data = frame(head + items) if form == "inline" else frame(b"\x0f" + head[1:], items)
    decode(data)
    assert measure_peak(data, readonly=True) <= 4 * len(data) + SLACK


def test_decode_bomb_of_empty_lists_is_refused_early(frame) -> None:
    """A megabyte of empty lists, 66 MB once decoded, is refused while almost nothing has been allocated."""
    head = b"\x20\xff" + U32(500_000) + b"\x20\x00" * 500_000
    tracemalloc.start()
    try:
        with pytest.raises(WireError) as caught:
            decode(frame(head))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(caught.value) == "bad frame: its values need more than 4 times the memory of its head"
    assert peak < 2 * len(head) + 2 * SLACK


@pytest.mark.parametrize("tag", [b"\x22", b"\x23", b"\x24"])
def test_decode_keys_that_could_collide_cost_length(frame, tag) -> None:
    """Integers hash without a secret, so 10,000 of them need a head in proportion to the worst they can do to a table."""
    keys = b"".join(b"\x04" + struct.pack("<q", 2**61 - 1 + 2**20 * i) for i in range(10_000))
    head = tag + b"\xff" + U32(10_000) + keys + (b"\x00" * 10_000 if tag == b"\x22" else b"")
    with pytest.raises(WireError) as caught:
        decode(frame(head + bytes(700_000)))
    assert str(caught.value) in {
        "bad frame: its keys could collide more often than its length allows",
        "bad frame: its values need more than 4 times the memory of its head",
    }


def pairs_that_hash_alike(count: int) -> list[tuple[int, int]]:
    """Choose pairs of integers with one hash, by solving CPython's hash of a tuple for the second."""
    first, second, start, whole = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x27D4EB2F165667C5, 1 << 64
    chosen = []
    number = 1
    while len(chosen) < count:
        number += 1
        mixed = (start + number * second) % whole
        mixed = ((mixed << 31 | mixed >> 33) % whole) * first % whole
        other = (12345 - mixed) * pow(second, -1, whole) % whole
        if other < 2**61 - 1:  # a hash of an integer, that of itself
            chosen.append((number, other))
    return chosen


def test_decode_keys_that_collide_are_counted_over_the_whole_frame(frame) -> None:
    """The account of collisions is one of the whole frame: two tables cost twice what one does."""
    pairs = pairs_that_hash_alike(2000)
    assert len(set(map(hash, pairs))) == 1
    members = (b"\x21\x02" + b"".join(b"\x04" + struct.pack("<q", part) for part in pair) for pair in pairs)
    one = b"\x23\xff" + U32(2000) + b"".join(members)
    decode(frame(one + bytes(6_000_000)))
    with pytest.raises(WireError) as caught:
        decode(frame(b"\x20\x02" + one * 2 + bytes(8_000_000)))
    assert str(caught.value) == "bad frame: its keys could collide more often than its length allows"


def count_lines(data: bytes) -> int:
    """Return how many lines of the wire's own code run while `data` is decoded."""
    lines = 0

    def trace(frame, event, _argument):
        nonlocal lines
        lines += event == "line"
        return trace if "wire" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        decode(data)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("name", [name for name in HUNGRY if "large" not in name and "10,000" not in name])
def test_decode_twice_the_length_takes_twice_the_steps(name) -> None:
    """The number of steps is linear in the length: no byte is looked at more often in a longer frame."""
    value = HUNGRY[name]
    half = value[: len(value) // 2]
    once, twice = (count_lines(b"".join(encode([list(half)] * times))) for times in (1, 2))
    assert twice <= 2 * once + 100


def test_decode_resolver_gets_every_reference(cross) -> None:
    """What the resolver returns stands in the reference's place, with its info decoded."""
    value = [Ref("handle", 1, "T"), {"a": Ref("loan", 2, "", [1])}]
    assert cross(value, resolve=lambda ref: (ref.kind, ref.id, ref.info)) == [
        ("handle", 1, None),
        {"a": ("loan", 2, [1])},
    ]


@pytest.mark.parametrize(
    "error", [IndexError("x"), struct.error("x"), UnicodeDecodeError("ascii", b"", 0, 1, "x"), KeyError]
)
def test_decode_error_of_the_resolver_is_not_one_of_the_frame(cross, error) -> None:
    """An exception of the resolver escapes as it is."""

    def resolve(_ref):
        raise error

    with pytest.raises(error if isinstance(error, type) else type(error)):
        cross(Ref("handle", 1), resolve=resolve)


def test_decode_memoryview_and_bytes_give_the_same(cross) -> None:
    """A frame may lie in any memory."""
    data = b"".join(encode([1, np.zeros(9000)]))
    for got in map(decode, (data, memoryview(data), bytearray(data))):
        assert got[0] == 1
        assert got[1].shape == (9000,)


def test_decode_arrays_do_not_share_the_frame() -> None:
    """A value stays what it is when the buffer it came in is used again."""
    data = bytearray(b"".join(encode([np.ones(3), np.ones(9000)])))
    small, large = decode(data)
    data[:] = bytes(len(data))
    assert (small == 1).all()
    assert (large == 1).all()
    assert small.flags.writeable
    assert large.flags.owndata


def test_decode_all_single_bytes_and_pairs_give_a_value_or_wire_error(frame) -> None:
    """Every head of one or two bytes, one by one."""
    for head in itertools.chain(map(bytes, zip(range(256))), map(bytes, itertools.product(range(256), repeat=2))):
        with contextlib.suppress(WireError):
            decode(frame(head))
