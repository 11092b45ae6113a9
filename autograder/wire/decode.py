"""Decoding of frames to values.

Any byte string gives a value or `WireError`.

No recursion: containers under construction stand on a list of at most `Budget.depth` entries.
Nothing is allocated before it is counted against the budget and the head's own length (see
`layout`), and every byte is looked at a bounded number of times.
"""

from __future__ import annotations

import struct
from typing import Any

from autograder.wire import layout
from autograder.wire.account import TRUNCATED, Account, Resolve
from autograder.wire.errors import WireError
from autograder.wire.layout import FIRST_CONTAINER, SHORT_TEXT, SMALL_INT
from autograder.wire.read_containers import Builder, build_list, open_container
from autograder.wire.read_leaves import LEAVES
from autograder.wire.values import DEFAULT_BUDGET, Budget


def read_head(account: Account) -> object:
    """Return the value of a head.

    The items of its large arrays are still to come (`Account.pending`).

    Raises
    ------
    WireError
        The head is no value, or more than the budget allows.
    """
    try:
        value, end = _read_value(account)
    except (IndexError, struct.error) as error:
        if account.is_resolving:
            raise
        raise WireError(TRUNCATED) from error
    except UnicodeDecodeError:
        if account.is_resolving:
            raise
        raise WireError("bad frame: a string is not encoded as it says") from None
    account.check_end(end)
    return value


def _read_value(account: Account) -> tuple[object, int]:
    """Return the value and the place of its end."""
    data, leaves, deepest, at = account.data, LEAVES, account.budget.depth, 0
    stack: list[tuple[list[Any], int, Builder]] = []
    items: list[Any] = []
    wanted = 1
    build: Builder = build_list
    while True:
        tag = data[at]
        at += 1
        if tag >= SHORT_TEXT:
            end = at + tag - SHORT_TEXT
            items.append(data[at:end].decode("ascii"))
            at = end
        elif tag >= SMALL_INT:
            items.append(tag - SMALL_INT)
        elif tag < FIRST_CONTAINER:
            value, at = leaves[tag](account, at)
            items.append(value)
        else:
            if len(stack) == deepest:
                raise WireError(f"bad frame: containers nested deeper than {deepest} levels")
            stack.append((items, wanted, build))
            wanted, build, at = open_container(account, tag, at)
            items = []
        while len(items) == wanted:
            if not stack:
                return items[0], at
            value = build(account, items)
            items, wanted, build = stack.pop()
            items.append(value)


def read_header(header: bytes | memoryview, start: int, budget: Budget) -> tuple[int, int]:
    """Return the announced lengths of the head and the buffers.

    The header is at `start`.

    Raises
    ------
    WireError
        The bytes are no header of this version, or announce more than the budget allows.
    """
    magic, version, head_bytes, body_bytes = layout.HEADER.unpack_from(header, start)
    if magic != layout.MAGIC:
        raise WireError("bad frame: it does not begin with the wire's mark")
    if version != layout.VERSION:
        raise WireError(f"bad frame: version {version}, expected {layout.VERSION}")
    total = layout.HEADER_BYTES + head_bytes + body_bytes
    if total > budget.frame_bytes:
        raise WireError(f"bad frame: {total} bytes announced, at most {budget.frame_bytes} may cross")
    return head_bytes, body_bytes


def decode(
    data: bytes | memoryview,
    *,
    resolve: Resolve | None = None,
    readonly: bool = False,
    budget: Budget = DEFAULT_BUDGET,
) -> object:
    """Return the value of a whole frame.

    Parameters
    ----------
    data
        The frame: `encode`'s buffers joined.
    resolve
        Called for every reference; what it returns takes the reference's place. Without it,
        references stay `Ref`.
    readonly
        Arrays that cannot be written, `ReadonlyList`, `ReadonlyDict`, frozenset in place of what
        could be changed.
    budget
        What the frame may hold.

    Raises
    ------
    WireError
        `data` is not exactly one frame, or holds more than the budget allows. Memory stays within 4
        times the length of `data` plus 64 KiB, and time is linear in it.
    """
    frame = memoryview(data).cast("B")
    if len(frame) < layout.HEADER_BYTES:
        raise WireError(f"bad frame: {len(frame)} bytes are no header")
    head_bytes, body_bytes = read_header(frame, 0, budget)
    at = layout.HEADER_BYTES + head_bytes
    if len(frame) != at + body_bytes:
        raise WireError(f"bad frame: {len(frame)} bytes, announced {at + body_bytes}")
    account = Account(bytes(frame[layout.HEADER_BYTES : at]), body_bytes, resolve, readonly, budget)
    value = read_head(account)
    for pending in account.pending:
        pending.target[:] = frame[at : at + len(pending.target)]
        at += len(pending.target)
        pending.settle(readonly=readonly)
    return value
