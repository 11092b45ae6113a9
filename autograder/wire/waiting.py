"""Waiting for a socket.

Meanwhile other descriptors are served and a deadline is kept.
"""

from __future__ import annotations

import math
import select
import time
from collections.abc import Callable, Mapping

Idle = Mapping[int, Callable[[], None]]

READABLE = getattr(select, "POLLIN", 1)
WRITABLE = getattr(select, "POLLOUT", 4)
# More to read; a descriptor that only reports its end (POLLHUP) or an error has been drained.
_MORE = READABLE | getattr(select, "POLLPRI", 2)


PASSED = "the deadline for a message has passed"


class _SelectPoll:
    """A substitute for `select.poll`, by `select.select`.

    It is for a system without `poll` (Windows; sockets only).
    """

    def __init__(self) -> None:
        self._events: dict[int, int] = {}

    def register(self, fd: int, events: int) -> None:
        self._events[fd] = events

    modify = register

    def unregister(self, fd: int) -> None:
        del self._events[fd]

    def poll(self, timeout_ms: int | None) -> list[tuple[int, int]]:
        readers = [fd for fd, events in self._events.items() if events & READABLE]
        writers = [fd for fd, events in self._events.items() if events & WRITABLE]
        timeout_s = None if timeout_ms is None else timeout_ms / 1000
        readable, writable, _ = select.select(readers, writers, [], timeout_s)
        return [(fd, READABLE) for fd in readable] + [(fd, WRITABLE) for fd in writable]


class Waiter:
    """Waits for one descriptor.

    Parameters
    ----------
    fd
        The descriptor waited for.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._poll = select.poll() if hasattr(select, "poll") else _SelectPoll()
        self._events = READABLE
        self._poll.register(fd, READABLE)
        self._idle: tuple[int, ...] = ()

    def wait(self, events: int, deadline: float | None, idle: Idle | None) -> None:
        """Return once `fd` is ready for `events`.

        Meanwhile call the functions of `idle` for its readable descriptors.

        An idle descriptor that has reached its end is served once more and then no longer, until
        the next call. A callback may remove its own descriptor from `idle`.

        Raises
        ------
        TimeoutError
            The `deadline` (`time.monotonic`, [s]) has passed, even if the descriptor has been ready
            all the time.
        """
        if events != self._events:
            self._poll.modify(self._fd, events)
            self._events = events
        ended: set[int] = set()
        while True:
            wanted = tuple(fd for fd in idle if fd not in ended) if idle else ()
            if wanted != self._idle:
                self._watch(wanted)
            is_ready = False
            for fd, got in self._poll.poll(_remaining_ms(deadline)):
                if fd == self._fd:
                    is_ready = True
                elif idle and fd in idle:
                    if not got & _MORE:
                        ended.add(fd)
                    idle[fd]()
            if is_ready:
                return

    def _watch(self, idle: tuple[int, ...]) -> None:
        for fd in self._idle:
            self._poll.unregister(fd)
        for fd in idle:
            self._poll.register(fd, READABLE)
        self._idle = idle


def _remaining_ms(deadline: float | None) -> int | None:
    """Return the time left [ms], rounded up, or raise TimeoutError."""
    if deadline is None:
        return None
    remaining_s = deadline - time.monotonic()
    if remaining_s <= 0:
        raise TimeoutError(PASSED)
    return math.ceil(remaining_s * 1000) if remaining_s < 2_000_000 else 2_000_000_000
