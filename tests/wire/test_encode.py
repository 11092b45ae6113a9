"""Any Python object gives a frame, a reference through `export`, or WireError; a subclass is read by its base's methods."""

from __future__ import annotations

import collections
import contextlib
import enum
import os
import subprocess
import sys

import numpy as np
import pytest

from autograder.wire import Budget, ReadonlyDict, ReadonlyList, Ref, WireError, decode, encode

LIES = AssertionError("a method of the subclass was called")


def lie(*_args, **_kwargs):
    """Stand for a method that must not be called."""
    raise LIES


SPOILED = dict.fromkeys(
    (
        *(
            "__len__",
            "__iter__",
            "__getitem__",
            "__float__",
            "__int__",
            "__index__",
            "__complex__",
            "__str__",
            "__repr__",
        ),
        *("__bytes__", "__bool__", "__reduce_ex__", "__getattribute__", "__array__", "__array_ufunc__", "__buffer__"),
        *(
            "__array_function__",
            "__array_finalize__",
            "__array_wrap__",
            "items",
            "keys",
            "values",
            "copy",
            "encode",
            "view",
        ),
        *("tobytes", "astype", "bit_length", "to_bytes", "__contains__", "__missing__", "real", "dtype", "shape"),
    ),
    lie,
)


def spoil(base: type, *args: object) -> object:
    """Return an instance of a subclass of `base` all of whose methods are hostile."""
    hostile = type("Hostile", (base,), {"__class__": property(lie)})
    value = np.arange(6.0).reshape(2, 3).view(hostile) if base is np.ndarray else hostile(*args)
    for name, method in SPOILED.items():
        if hasattr(base, name) or name.startswith("__array"):
            setattr(hostile, name, method)
    return value


@pytest.mark.parametrize(
    ("base", "args"),
    [
        (int, (7,)),
        (int, (2**80,)),
        (float, (-0.0,)),
        (complex, (1, -2)),
        (str, ("text",)),
        (bytes, (b"octets",)),
        (list, ([1, "a"],)),
        (tuple, ((1, "a"),)),
        (dict, ({"a": 1, 2: "b"},)),
        (set, ({1, 2},)),
        (frozenset, ({1, 2},)),
        (np.float64, (1.5,)),
        (np.float32, (1.5,)),
        (np.complex64, (1.5j,)),
        (np.ndarray, ()),
    ],
)
def test_encode_hostile_subclass_is_read_by_its_base(cross, fingerprint, base, args) -> None:
    """None of the methods that a subclass overrides is called; the plain value of the base arrives."""
    plain = np.arange(6.0).reshape(2, 3) if base is np.ndarray else base(*args)
    assert fingerprint(cross(spoil(base, *args))) == fingerprint(plain)


@pytest.mark.parametrize("base", [int, float, str, tuple])
def test_encode_hostile_subclass_as_an_element_is_read_by_its_base(cross, fingerprint, base) -> None:
    """Nor are they called for elements and values of containers."""
    args = ((1, 2),) if base is tuple else (1,)
    assert fingerprint(cross([{"a": spoil(base, *args)}])) == fingerprint([{"a": base(*args)}])


class Colour(enum.IntEnum):
    """An enumeration such as a student writes."""

    RED = 1


class Kind(enum.StrEnum):
    """Another one."""

    SMALL = "small"


Point = collections.namedtuple("Point", "x y")  # noqa: PYI024 -- what students write


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Point(1, 2.0), (1, 2.0)),
        (Colour.RED, 1),
        (Kind.SMALL, "small"),
        ({Colour.RED: Kind.SMALL, Kind.SMALL: 2}, {1: "small", "small": 2}),
        ({Point(1, Colour.RED)}, {(1, 1)}),
        ({np.str_("a"): 1}, {"a": 1}),
        (np.str_("a"), "a"),
        (np.bytes_(b"a"), b"a"),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (collections.defaultdict(list, a=[1]), {"a": [1]}),
        (np.array([[1, 2]]).view(np.matrix), np.array([[1, 2]])),
        (np.array([(1, 2)], "i4,i4")["f0"].view(np.recarray), np.array([1], np.int32)),
        (ReadonlyList([1, ReadonlyDict(a=1)]), [1, {"a": 1}]),
        (np.broadcast_to(np.float32(2), (3, 2)), np.full((3, 2), 2, np.float32)),
        (np.lib.stride_tricks.sliding_window_view(np.arange(4), 2), np.array([[0, 1], [1, 2], [2, 3]])),
    ],
)
def test_encode_value_of_a_kind_arrives_as_its_plain_kind(cross, fingerprint, value, plain) -> None:
    """Named tuples, enumerations, counters and the like arrive as the plain type they are made of."""
    assert fingerprint(cross(value)) == fingerprint(plain)


def test_encode_ordered_dict_arrives_in_its_own_order(cross) -> None:
    """An OrderedDict keeps an order apart from the dict's: that one arrives."""
    value = collections.OrderedDict(a=1, b=2, c=3)
    value.move_to_end("a")
    assert list(cross(value)) == ["b", "c", "a"]


class Odd:
    """An object the wire does not know."""

    def __getattribute__(self, name: str) -> object:
        raise LIES


class _Meta(type):
    __mro__ = property(lie)
    __name__ = property(lie)
    __module__ = property(lie)


class Liar(metaclass=_Meta):
    """An object whose class lies about itself."""


def nested(depth: int) -> list:
    """Return lists inside lists."""
    value: list = []
    for _ in range(depth - 1):
        value = [value]
    return value


def cycle() -> dict:
    """Return a container that contains itself."""
    value: dict = {}
    value["self"] = [value]
    return value


def key_of_tuples(depth: int) -> tuple:
    """Return tuples inside tuples."""
    value: tuple = ()
    for _ in range(depth):
        value = (value,)
    return value


KEY_RULE = "keys are str, int, bool, None or tuples of those"
MEMBER_RULE = "elements are str, bytes, numbers, bool, None, Ellipsis or tuples of those"
TOO_DEEP = "containers nested deeper than 64 levels cannot cross (does one contain itself?)"
REFUSED = [
    (Odd(), "a value of type Odd cannot cross"),
    (Liar(), "a value of type Liar cannot cross"),
    (Odd, "a class cannot cross"),
    (Liar, "a class cannot cross"),
    (len, "a value of type builtin_function_or_method cannot cross"),
    (iter(()), "a value of type tuple_iterator cannot cross"),
    ({}.keys(), "a value of type dict_keys cannot cross"),
    (bytearray(b"a"), "a value of type bytearray cannot cross"),
    (type("Long" * 99, (), {})(), f"a value of type {('Long' * 99)[:100]} cannot cross"),
    (type("a\nb\x1b[2J", (), {})(), r"a value of type 'a\nb\x1b[2J' cannot cross"),
    ([1, {"a": (Odd(),)}], "a value of type Odd cannot cross"),
    (
        np.array([None]),
        "an array of dtype object cannot cross: its items are Python objects (rows of different lengths?)",
    ),
    (np.array(["a"]), "an array of dtype str32 cannot cross: use a list of str"),
    (np.array([b"a"]), "an array of dtype bytes8 cannot cross: use a list of bytes"),
    (np.zeros(2, "i4,i4"), "an array of dtype void64 cannot cross: only bool, integers, floats and complex numbers do"),
    (
        np.zeros(2, "M8[s]"),
        "an array of dtype datetime64[s] cannot cross: only bool, integers, floats and complex numbers do",
    ),
    (np.longdouble(1), f"a NumPy scalar of dtype {np.dtype(np.longdouble).name} cannot cross"),
    (np.datetime64(1, "s"), "a NumPy scalar of dtype datetime64[s] cannot cross"),
    (np.zeros(1, "i4,i4")[0], "a NumPy scalar of dtype void64 cannot cross"),
    (np.dtype("i4,i4"), "the dtype void64 cannot cross"),
    (
        np.ma.masked_array([1], [True]),
        "a masked array cannot cross: use its filled() values, or its data and mask apart",
    ),
    (np.ma.masked, "a masked array cannot cross: use its filled() values, or its data and mask apart"),
    ({1.5: 2}, f"a value of type float cannot be a key of a dict: {KEY_RULE}"),
    ({b"a": 2}, f"a value of type bytes cannot be a key of a dict: {KEY_RULE}"),
    ({(1, 2.5): 2}, f"a value of type float cannot be a key of a dict: {KEY_RULE}"),
    ({frozenset(): 2}, f"a value of type frozenset cannot be a key of a dict: {KEY_RULE}"),
    ({frozenset()}, f"a value of type frozenset cannot be an element of a set: {MEMBER_RULE}"),
    ({Odd}, f"a value of type type cannot be an element of a set: {MEMBER_RULE}"),
    ({2**64: 1}, "an integer of 65 bits cannot be a key of a dict: at most 64 bits"),
    ({-(2**63) - 1}, "an integer of 64 bits cannot be an element of a set: at most 64 bits"),
    ({key_of_tuples(70): 1}, "a key nested too deep cannot cross"),
    (Ref("é", 1), "a reference cannot cross: its kind is no ASCII text of at most 255 characters"),
    (Ref("k" * 256, 1), "a reference cannot cross: its kind is no ASCII text of at most 255 characters"),
    (Ref("handle", 2**63), "a reference cannot cross: its number is no integer of 64 bits"),
    (Ref("handle", 1, "x" * 10_001), "a reference cannot cross: its type name is no text of at most 10000 characters"),
]
TOO_MUCH = [
    (nested(65), TOO_DEEP),
    (cycle(), TOO_DEEP),
    (2**4096, "an integer of 4097 bits cannot cross: at most 4096 bits"),
    ("x" * (2**20 + 1), "a string of 1048577 characters cannot cross: at most 1048576 bytes"),
    ("é" * 2**20, "a string of 2097152 bytes cannot cross: at most 1048576 bytes"),
    (dict.fromkeys(map(str, range(10_001))), "a dict of 10001 keys cannot cross: at most 10000 keys"),
    (dict.fromkeys(range(10_001)), "a dict of 10001 keys cannot cross: at most 10000 keys"),
    (set(range(10_001)), "a set of 10001 keys cannot cross: at most 10000 keys"),
    ([None] * 2_000_001, "more than 2000000 elements cannot cross in one message: use an array"),
    ([0.5] * 2_000_001, "more than 2000000 elements cannot cross in one message: use an array"),
    (
        np.broadcast_to(np.int8(0), (2**20, 2**20)),
        "1099511627776 bytes cannot cross in one message: at most 536870912 may",
    ),
    ([b"x" * 2**20] * 600, "537919488 bytes cannot cross in one message: at most 536870912 may"),
]


ALL = REFUSED + TOO_MUCH
EXPORTED = [number for number, (value, _) in enumerate(REFUSED) if type(value) not in {Ref, list}]


@pytest.mark.parametrize("number", range(len(ALL)), ids=lambda number: ALL[number][1])  # pytest asks values for names
def test_encode_value_that_cannot_cross_is_refused_with_a_reason(number) -> None:
    """Each reason has its own sentence, and no attribute of an unknown object is ever touched."""
    value, message = ALL[number]
    with pytest.raises(WireError) as caught:
        encode(value)
    assert str(caught.value) == message


@pytest.mark.parametrize("number", EXPORTED, ids=lambda number: REFUSED[number][1])
def test_encode_value_that_cannot_cross_is_exported(number) -> None:
    """With `export`, what the wire refuses by its kind crosses as a reference, alone or as an element."""
    value, seen = REFUSED[number][0], []

    def export(obj):
        seen.append(obj)
        return Ref("handle", len(seen))

    assert decode(b"".join(encode(value, export=export))) == Ref("handle", 1)
    assert decode(b"".join(encode([1, (value,)], export=export))) == [1, (Ref("handle", 2),)]
    assert all(obj is value for obj in seen)


@pytest.mark.parametrize(("value", "message"), TOO_MUCH, ids=[text for _, text in TOO_MUCH])
def test_encode_value_over_the_budget_is_not_exported(value, message) -> None:
    """What is only too much stays an error: a reference would hide it."""
    with pytest.raises(WireError) as caught:
        encode(value, export=lambda _: Ref("handle", 1))
    assert str(caught.value) == message


def test_encode_export_may_return_values_to_be_exported() -> None:
    """What `export` returns is encoded like any other value."""
    first, second = Odd(), object()
    answers = {id(first): [1, second], id(second): "end"}
    assert decode(b"".join(encode(first, export=lambda obj: answers[id(obj)]))) == [1, "end"]


@pytest.mark.parametrize("export", [lambda obj: obj, lambda _: object(), lambda _: [object()]])
def test_encode_export_without_end_is_refused(export) -> None:
    """An `export` that never comes to a wire value ends in WireError."""
    with pytest.raises(WireError, match="cannot cross"):
        encode(object(), export=export)


def test_encode_export_that_raises_is_heard() -> None:
    """The exception of `export` escapes: it says why a value has no reference."""

    def export(_):
        raise WireError("no handles here")

    with pytest.raises(WireError, match=r"^no handles here$"):
        encode([object()], export=export)


@pytest.mark.parametrize(
    ("value", "budget", "message"),
    [
        ([1, 2, 3], Budget(items=2), "more than 2 elements cannot cross in one message: use an array"),
        ({"a": 1}, Budget(items=1), "more than 1 elements cannot cross in one message: use an array"),
        ([[]], Budget(depth=1), "containers nested deeper than 1 levels cannot cross (does one contain itself?)"),
        ([Ref("h", 1)] * 2, Budget(handles=1), "more than 1 references cannot cross in one message"),
        (
            [np.broadcast_to(0.0, 5000)] * 3,
            Budget(frame_bytes=100_000),
            "120000 bytes cannot cross in one message: at most 100000 may",
        ),
        (["x" * 100] * 100, Budget(frame_bytes=9999), "10118 bytes cannot cross in one message: at most 9999 may"),
        (
            [[] for _ in range(9999)],
            Budget(frame_bytes=400_000),
            "407268 bytes cannot cross in one message: at most 400000 may",
        ),
    ],
)
def test_encode_over_a_budget_of_ones_own_is_refused(value, budget, message) -> None:
    """A budget is kept to the byte, padding included."""
    with pytest.raises(WireError) as caught:
        encode(value, budget=budget)
    assert str(caught.value) == message


def test_encode_at_the_limits_can_be_decoded(cross) -> None:
    """What is just within every limit crosses."""
    assert len(cross(dict.fromkeys(range(10_000)))) == 10_000
    assert len(cross(dict.fromkeys((i, str(i)) for i in range(10_000)))) == 10_000
    assert len(cross(set(range(10_000)))) == 10_000
    assert len(cross([None] * 300_000)) == 300_000
    assert len(cross([Ref("handle", i) for i in range(100_000)])) == 100_000
    assert cross(nested(64)) == nested(64)


def test_encode_keys_that_become_equal_are_refused() -> None:
    """Two keys of subclasses that differ, but whose plain values do not, would lose an entry."""

    class Text(str):
        __slots__ = ()
        __hash__ = object.__hash__

        def __eq__(self, other):
            return self is other

    with pytest.raises(WireError) as caught:
        encode({Text("a"): 1, Text("a"): 2})
    assert str(caught.value) == "keys that are equal as plain values cannot cross"


def test_encode_little_recursion_left_is_a_wire_error() -> None:
    """An encoder called with too little stack left says so in its own words."""

    def descend(levels: int) -> None:
        if levels:
            descend(levels - 1)
        else:
            encode(nested(60))

    def encode_near_the_limit() -> None:
        for levels in range(sys.getrecursionlimit(), 0, -20):
            with contextlib.suppress(RecursionError):
                descend(levels)
                return

    with pytest.raises(WireError) as caught:
        encode_near_the_limit()
    assert str(caught.value) == "a value nested too deep for the interpreter cannot cross"


def test_encode_large_array_is_not_copied() -> None:
    """A large array in C order goes out from its own memory."""
    array = np.zeros(100_000)
    _, buffer = encode([array])
    assert np.shares_memory(np.frombuffer(buffer, np.uint8), array)


def test_encode_says_the_same_bytes_twice() -> None:
    """What was sent before (texts are remembered) does not change the bytes."""
    value = {"never seen before": ["never seen before", True, 1, 1.0], "other": {"never seen before": None}}
    assert encode(value) == encode(value)


def test_wire_import_needs_numpy_alone() -> None:
    """The sandbox imports the wire: it brings nothing but the standard library and NumPy, and touches no framework."""
    names = "{name.partition('.')[0] for name in sys.modules}"
    # What the interpreter brings along by itself (sitecustomize, editable packages) is not the wire's doing.
    code = f"import sys; before = {names}; import autograder.wire; print(*{names} - before)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert set(done.stdout.split()) - set(sys.stdlib_module_names) == {"numpy", "autograder"}
