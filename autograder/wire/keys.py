"""Keys of dictionaries, elements of sets, and their costs.

The cost is that of finding a key.

Only types whose hash and equality are known here: comparing two of them runs no foreign code. A key
is a str, an integer of 64 bits (also a NumPy one), a bool, None, or a tuple of those; an element of
a set may also be a float, a complex, bytes, Ellipsis or another NumPy scalar.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from autograder.wire.arrays import DTYPES
from autograder.wire.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Sequence

NONE_TYPE = type(None)
_NUMPY_KEYS = {dtype.type for dtype in DTYPES if dtype.kind in "biu"}
KEY_TYPES: frozenset[type] = frozenset({str, int, bool, NONE_TYPE, tuple, *_NUMPY_KEYS})
MEMBER_TYPES: frozenset[type] = KEY_TYPES | {float, complex, bytes, type(...), *(dtype.type for dtype in DTYPES)}
_SECRETLY_HASHED = (frozenset({str}), frozenset({bytes}), frozenset({str, bytes}))
_INT64 = range(-(1 << 63), 1 << 64)


def count_probes(keys: Sequence[Any], allowed: frozenset[type]) -> int:
    """Check `keys` and return the most comparisons to find them.

    They may also be elements of a set. The number is for finding each of them.

    Two keys are compared only if their hashes are equal, which an adversary can arrange for tuples.
    Counting the hashes is safe: they are integers that are equal where they collide.

    Raises
    ------
    WireError
        A key is not of the `allowed` types, or an integer does not fit 64 bits.
    """
    kinds = frozenset(map(type, keys))
    if kinds in _SECRETLY_HASHED and kinds <= allowed:
        return 0
    parts = 0
    pending = list(keys)
    while pending:
        key = pending.pop()
        parts += 1
        if type(key) is tuple:
            pending.extend(key)
        else:
            _check_key(key, allowed)
    return parts * max(Counter(map(hash, keys)).values(), default=0) // 2


def _check_key(key: Any, allowed: frozenset[type]) -> None:
    """Raise WireError unless `key`, which is no tuple, may be a key."""
    kind = type(key)
    if kind not in allowed:
        raise WireError(f"a value of type {kind.__name__} cannot be {_role(allowed)}: {_rule(allowed)}")
    if kind is int and key not in _INT64:
        raise WireError(f"an integer of {key.bit_length()} bits cannot be {_role(allowed)}: at most 64 bits")


def _role(allowed: frozenset[type]) -> str:
    return "a key of a dict" if allowed is KEY_TYPES else "an element of a set"


def _rule(allowed: frozenset[type]) -> str:
    if allowed is KEY_TYPES:
        return "keys are str, int, bool, None or tuples of those"
    return "elements are str, bytes, numbers, bool, None, Ellipsis or tuples of those"
