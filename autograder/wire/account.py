"""The cost so far of a head that is being decoded.

It also has the arrays whose items are still to come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograder.wire import layout
from autograder.wire.errors import WireError
from autograder.wire.keys import count_probes
from autograder.wire.values import Budget, Ref

if TYPE_CHECKING:
    from autograder.wire.arrays import Pending

Resolve = Callable[[Ref], object]
TRUNCATED = "bad frame: it ends in the middle of a value"


class Account:
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

    def __init__(self, data: bytes, body_bytes: int, resolve: Resolve | None, readonly: bool, budget: Budget) -> None:  # noqa: FBT001
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
