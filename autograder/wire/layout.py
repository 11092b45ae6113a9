"""Layout of frames, and the memory charge of each value.

::

    frame   header (16 bytes), head, buffers
    header  b"AGW", version, length of the head (u32), length of all buffers (u64)
    head    one value in prefix order, then zeros
    buffers the bytes of large arrays in the order of the head, C order, nothing between them

A value is a tag (one byte) and what the tag says; all numbers are little-endian. A count is one
byte, or 255 and a u32.

============  ====================================================================================
tag           then
============  ====================================================================================
0x80 + n      n ASCII characters
0x40 + i      nothing: the integer i, 0 to 63
NONE ...      nothing: None, False, True, Ellipsis
INT           i64
LONG          u16 n, n bytes two's complement
FLOAT         f64
COMPLEX       two f64
ASCII, TEXT   u32 n, n bytes; TEXT is UTF-8 in which surrogates may stand
BYTES         u32 n, n bytes
SCALAR        dtype code, item: a NumPy scalar
DTYPE         dtype code, 1 if its byte order is swapped
CLASS         index of a scalar class in `arrays.CLASSES`
INLINE        dtype code, u8 number of axes, u64 per axis, the items: a small array
ARRAY         dtype code, u8 number of axes, u64 per axis; the items are the next buffer
FLOATS, INTS  u8 (0 list, 1 tuple), u32 n, n f64 or i64
REF           u8 n, n ASCII characters (kind), i64 (id), u16 m, m bytes UTF-8 (name of the type)
LIST ...      count, that many values
DICT          count n, n keys, n values
RANGE, SLICE  3 (count), three values
REF_INFO      1 (count), what REF has, one value (the info)
============  ====================================================================================

Memory. A decoder that only bounds bytes is a bomb: a byte of head can become 64 bytes of empty
list. So each value has a charge, an upper bound of what CPython 3.11 to 3.13 allocates for it on a
64-bit machine, and a head whose charge exceeds 4 times its length plus 64 KiB is refused. The
encoder counts the same charge and lengthens the head by zeros where it is too short. Two of the
four lengths stand for the copy of the head and the contents of strings, bytes and small arrays.

Time. Numbers and tuples of them hash without a secret, so an adversary can choose n keys that hash
alike and cost n**2 / 2 comparisons: 10,000 pairs of integers take 1.5 s. `probes` counts them, and
is bounded by the head's length in the same way. Keys that are not chosen for it cost none to speak
of.
"""

from __future__ import annotations

import struct

MAGIC = b"AGW"
VERSION = 1
HEADER = struct.Struct("<3sBIQ")
HEADER_BYTES = HEADER.size

U16 = struct.Struct("<H")
U32 = struct.Struct("<I")
I64 = struct.Struct("<q")
F64 = struct.Struct("<d")
C128 = struct.Struct("<dd")
AXES = tuple(struct.Struct(f"<{n}Q") for n in range(65))

SHORT_TEXT = 0x80
SMALL_INT = 0x40
NONE, FALSE, TRUE, ELLIPSIS = 0x00, 0x01, 0x02, 0x03
INT, LONG, FLOAT, COMPLEX = 0x04, 0x05, 0x06, 0x07
ASCII, TEXT, BYTES = 0x08, 0x09, 0x0A
SCALAR, DTYPE, CLASS, INLINE, ARRAY = 0x0B, 0x0C, 0x0D, 0x0E, 0x0F
FLOATS, INTS, REF = 0x10, 0x11, 0x12
LIST, TUPLE, DICT, SET, FROZENSET, RANGE, SLICE, REF_INFO = (
    0x20,
    0x21,
    0x22,
    0x23,
    0x24,
    0x25,
    0x26,
    0x27,
)
FIRST_CONTAINER = LIST
LONG_COUNT = 255

# Arrays up to this many bytes travel in the head: copying them costs less than one more buffer.
INLINE_BYTES = 8192

# Charges in bytes. An element: its slot in a growing list (10), in a copy of that list (8) and the
# largest plain object (a short string, a NumPy scalar or an empty list: 64, contents not counted).
ITEM_COST = 88
SEQUENCE_COST = 128
# A pair: two elements, 24 bytes per slot of a table that is a third full when it has just grown,
# and the old table.
PAIR_COST = 2 * ITEM_COST + 104
DICT_COST = SEQUENCE_COST + 240
# A set's table has up to 8 slots of 16 bytes per element, and the old table beside it while it
# grows.
MEMBER_COST = ITEM_COST + 136
SET_COST = SEQUENCE_COST + 240
REF_COST = 192
ARRAY_COST = 256
AXIS_COST = 16
# An element of FLOATS or INTS: slots in two sequences and an int of three digits; its 8 bytes are
# not copied else.
PACKED_COST = 64
CHARGE_SLACK = 1 << 16

PROBES_PER_BYTE = 1
PROBES_SLACK = 1 << 20

# tag -> charge of an empty container (beyond the element it is), of one that is not, per unit of
# its count; and values per unit of its count. An empty set has a table, an empty list or dict has
# none.
CONTAINERS: dict[int, tuple[int, int, int, int]] = {
    LIST: (0, SEQUENCE_COST, ITEM_COST, 1),
    TUPLE: (0, SEQUENCE_COST, ITEM_COST, 1),
    DICT: (0, DICT_COST, PAIR_COST, 2),
    SET: (SET_COST, SET_COST, MEMBER_COST, 1),
    FROZENSET: (SET_COST, SET_COST, MEMBER_COST, 1),
    RANGE: (0, SEQUENCE_COST, ITEM_COST, 1),
    SLICE: (0, SEQUENCE_COST, ITEM_COST, 1),
    REF_INFO: (0, SEQUENCE_COST + REF_COST, ITEM_COST, 1),
}


def long_cost(n_bytes: int) -> int:
    """Return the charge of an integer of `n_bytes`.

    It has 30 bits in 4 bytes, and a header.
    """
    return 48 + n_bytes // 8


def text_cost(n_bytes: int) -> int:
    """Return the charge of `n_bytes` of UTF-8.

    It has 4 bytes a character, and the narrower string from which it grew.
    """
    return 48 + 5 * n_bytes


def array_cost(axes: int) -> int:
    """Return the charge of an array object of so many `axes`."""
    return ARRAY_COST + AXIS_COST * axes


def head_bytes_needed(cost: int, probes: int) -> int:
    """Return the least length of a head with such costs.

    The encoder pads to it. The decoder refuses less.
    """
    by_memory = (cost - CHARGE_SLACK + 1) // 2
    by_time = (probes - PROBES_SLACK) // PROBES_PER_BYTE + 1
    return max(0, by_memory, by_time)
