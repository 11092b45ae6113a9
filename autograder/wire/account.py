"""The cost of a head while it is decoded, and its keys.

It also has the arrays whose items are still to come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograder.wire import layout
from autograder.wire.arrays import DTYPES
from autograder.wire.errors import WireError
from autograder.wire.values import Budget, Ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.wire.arrays import Pending


NONE_TYPE = type(None)
_NUMPY_KEYS = {dtype.type for dtype in DTYPES if dtype.kind in "biu"}
KEY_TYPES: frozenset[type] = frozenset({str, int, bool, NONE_TYPE, tuple, *_NUMPY_KEYS})
MEMBER_TYPES: frozenset[type] = KEY_TYPES | {
    float,
    complex,
    bytes,
    type(...),
    *(dtype.type for dtype in DTYPES),
}
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
        raise WireError(
            f"a value of type {kind.__name__} cannot be {_role(allowed)}: {_rule(allowed)}"
        )
    if kind is int and key not in _INT64:
        raise WireError(
            f"an integer of {key.bit_length()} bits cannot be {_role(allowed)}: at most 64 bits"
        )


def _role(allowed: frozenset[type]) -> str:
    return "a key of a dict" if allowed is KEY_TYPES else "an element of a set"


def _rule(allowed: frozenset[type]) -> str:
    if allowed is KEY_TYPES:
        return "keys are str, int, bool, None or tuples of those"
    return "elements are str, bytes, numbers, bool, None, Ellipsis or tuples of those"


Resolve = Callable[[Ref], object]
TRUNCATED = "bad frame: it ends in the middle of a value"


class FrameAccount:
    """The account of one head.

    Every value is counted here before it is made.

    Parameters
    ----------
    data
        The head.
    body_bytes
        Bytes of all buffers, as the header announces them.
    resolve, readonly, budget
        See `decode`.

    Attributes
    ----------
    pending
        Arrays in the order of their buffers.
    is_resolving
        Whether an exception that escapes comes from `resolve` and not from the frame.
    """

    __slots__ = (
        "body_left",
        "budget",
        "cost",
        "data",
        "is_resolving",
        "items",
        "limit",
        "pending",
        "probes",
        "readonly",
        "refs",
        "resolve",
    )

    def __init__(
        self,
        data: bytes,
        body_bytes: int,
        resolve: Resolve | None,
        readonly: bool,  # noqa: FBT001
        budget: Budget,
    ) -> None:
        self.data = data
        self.body_left = body_bytes
        self.resolve = resolve
        self.readonly = readonly
        self.budget = budget
        self.cost = self.probes = self.items = self.refs = 0
        self.limit = 2 * len(data) + layout.CHARGE_SLACK
        self.pending: list[Pending] = []
        self.is_resolving = False

    def charge(self, cost: int, items: int = 0) -> None:
        """Count memory [bytes] and elements before they are made."""
        self.cost += cost
        self.items += items
        if self.cost > self.limit:
            raise WireError("bad frame: its values need more than 4 times the memory of its head")
        if self.items > self.budget.items:
            raise WireError(f"bad frame: more than {self.budget.items} elements")

    def check_keys(self, keys: list[Any], allowed: frozenset[type]) -> None:
        """Refuse keys of other types, or keys with many collisions.

        An adversary could make keys collide too often.
        """
        try:
            self.probes += count_probes(keys, allowed)
        except WireError as error:
            raise WireError(f"bad frame: {error}") from None
        if self.probes > layout.PROBES_SLACK + layout.PROBES_PER_BYTE * len(self.data):
            raise WireError("bad frame: its keys could collide more often than its length allows")

    def take(self, at: int, n_bytes: int) -> bytes:
        """Return all of the wanted bytes of the head."""
        if n_bytes > len(self.data) - at:
            raise WireError(TRUNCATED)
        return self.data[at : at + n_bytes]

    def resolved(self, ref: Ref) -> object:
        """Return the object for which a reference stands."""
        if self.resolve is None:
            return ref
        self.is_resolving = True
        value = self.resolve(ref)
        self.is_resolving = False
        return value

    def check_end(self, end: int) -> None:
        """Refuse a head that does not end where it should.

        It was cut, goes on after its value, or leaves buffers over.
        """
        if end > len(self.data):
            raise WireError(TRUNCATED)
        if self.data.count(0, end) != len(self.data) - end:
            raise WireError("bad frame: bytes after the value")
        if self.body_left:
            raise WireError(f"bad frame: {self.body_left} bytes that belong to no array")
