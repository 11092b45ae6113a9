"""A frame in the making, and the writers of its types.

Its account is the decoder's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.wire import layout
from autograder.wire.errors import WireError
from autograder.wire.foreign import find_plain, find_tensor, type_name
from autograder.wire.layout import LONG_COUNT, U32

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.wire.values import Budget

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

    __slots__ = ("body_bytes", "budget", "buffers", "cost", "depth", "export", "items", "out", "probes", "refs")

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
        return WireError(f"{n_bytes} bytes cannot cross in one message: at most {self.budget.frame_bytes} may")


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
