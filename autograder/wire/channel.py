"""Frames over a stream socket."""

from __future__ import annotations

import math
import os
import select
import socket
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from autograder.wire import layout
from autograder.wire.account import FrameAccount, Resolve
from autograder.wire.decode import read_head, read_header
from autograder.wire.encode import encode
from autograder.wire.errors import WireError
from autograder.wire.values import DEFAULT_BUDGET, Budget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.wire.encode import Export


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


_INBOX_BYTES = 1 << 16
# At most this many buffers in one call of writev: systems allow 1,024.
_BUFFERS_PER_CALL = 256
_NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)

# What the kernel holds for a reader that is busy with page faults: 64 MB then cross at 5 GB/s
# instead of 3.5. The system may grant less.
_KERNEL_BYTES = 1 << 20

# Waking a process that sleeps costs 15 to 30 us, as much as a small call: an end therefore looks
# this often (about 1 us each) before it sleeps. Where that was in vain (a slow call, or a machine
# so busy that both ends share a core) it does without the next time, then the next 3 times, 7
# times, at most `_MOST_RESTS` times.
_LOOKS = 40
_MOST_RESTS = 255


class Channel:
    """An end of a stream socket that carries frames.

    Frames go one at a time, in turns.

    After an error in the middle of a frame the two ends no longer agree where frames begin: every
    further use raises WireError.

    Parameters
    ----------
    sock
        A connected stream socket; it becomes this channel's, and non-blocking.
    budget
        The limits of one frame.

    Attributes
    ----------
    sent_bytes, received_bytes
        Bytes so far, headers included.
    """

    def __init__(self, sock: socket.socket, *, budget: Budget = DEFAULT_BUDGET) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
        if sock.family in {socket.AF_INET, socket.AF_INET6}:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._budget = budget
        self._waiter = Waiter(sock.fileno())
        self._inbox = memoryview(bytearray(_INBOX_BYTES))
        self._start = self._end = 0
        self._broken = ""
        self._rests = self._longest_rest = 0
        self._deadline: float | None = None
        self._idle: Idle | None = None
        self.sent_bytes = 0
        self.received_bytes = 0

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._sock.fileno()

    def is_quiet(self) -> bool:
        """Return True if no byte has arrived out of turn.

        A peer that keeps its turn has sent none.
        """
        if self._end > self._start:
            return False
        try:
            return not self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except ConnectionError:
            return True

    def close(self) -> None:
        """Close the socket."""
        self._broken = self._broken or "it is closed"
        self._sock.close()

    def send(
        self,
        message: object,
        *,
        export: Export | None = None,
        deadline: float | None = None,
        idle: Idle | None = None,
    ) -> None:
        """Send one message.

        Parameters
        ----------
        message
            A wire value.
        export
            See `encode`.
        deadline
            By `time.monotonic` [s].
        idle
            Descriptors that are polled while waiting, and what to call when one can be read.

        Raises
        ------
        WireError
            The message cannot cross (nothing was sent, so the channel stays usable), or the channel
            is broken.
        EOFError
            The peer is gone.
        TimeoutError
            The deadline has passed.
        """
        self._check()
        buffers = encode(message, export=export, budget=self._budget)
        self._deadline, self._idle = deadline, idle
        before = self.sent_bytes
        try:
            self._send_all(buffers)
        except BaseException as error:
            if self.sent_bytes > before or isinstance(error, EOFError):
                self._broken = "a message was cut off while it was sent"
            raise

    def recv(
        self,
        *,
        resolve: Resolve | None = None,
        readonly: bool = False,
        deadline: float | None = None,
        idle: Idle | None = None,
    ) -> object:
        """Receive one message.

        Parameters
        ----------
        resolve, readonly
            See `decode`.
        deadline, idle
            See `send`.

        Raises
        ------
        WireError
            The bytes that arrived are no frame, or the channel is broken.
        EOFError
            The peer is gone, between frames or in the middle of one.
        TimeoutError
            The deadline has passed. If nothing of the frame had arrived, the channel stays usable.
        """
        self._check()
        self._deadline, self._idle = deadline, idle
        before = self.received_bytes - (self._end - self._start)
        try:
            return self._recv(resolve, readonly)
        except BaseException:
            if self.received_bytes > before:
                self._broken = "a message was cut off while it was received"
            raise

    def _check(self) -> None:
        if self._broken:
            raise WireError(f"the channel cannot be used any more: {self._broken}")

    def _send_all(self, buffers: list[bytes | memoryview]) -> None:
        if len(buffers) == 1:
            sent = self._send_some(buffers)
            if sent == len(buffers[0]):
                return
            buffers[0] = memoryview(buffers[0])[sent:]
        views, first = [memoryview(buffer) for buffer in buffers], 0
        while first < len(views):
            sent = self._send_some(views[first : first + _BUFFERS_PER_CALL])
            while first < len(views) and sent >= len(views[first]):
                sent -= len(views[first])
                first += 1
            if sent:
                views[first] = views[first][sent:]
            elif first < len(views):
                self._waiter.wait(WRITABLE, self._deadline, self._idle)

    def _send_some(self, buffers: Sequence[bytes | memoryview]) -> int:
        """Send the bytes that fit now, and return their number."""
        try:
            if len(buffers) > 1 and hasattr(os, "writev"):
                sent = os.writev(self._sock.fileno(), buffers)  # candidates may not call sendmsg
            else:
                sent = self._sock.send(buffers[0], _NO_SIGNAL)
        except BlockingIOError:
            return 0
        except ConnectionError as error:
            raise EOFError("the other end of the channel is gone") from error
        self.sent_bytes += sent
        return sent

    def _recv(self, resolve: Resolve | None, readonly: bool) -> object:  # noqa: FBT001
        self._gather(layout.HEADER_BYTES)
        head_bytes, body_bytes = read_header(self._inbox, self._start, self._budget)
        self._start += layout.HEADER_BYTES
        account = FrameAccount(
            self._read_head(head_bytes), body_bytes, resolve, readonly, self._budget
        )
        value = read_head(account)
        for pending in account.pending:
            self._read_into(pending.target)
            pending.settle(readonly=readonly)
        return value

    def _read_head(self, n_bytes: int) -> bytes:
        """Return the head.

        A long one is gathered in untouched pages, so that a merely announced head costs no memory.
        """
        if n_bytes <= _INBOX_BYTES:
            self._gather(n_bytes)
            start = self._start
            self._start = end = start + n_bytes
            return bytes(self._inbox[start:end])
        raw = np.empty(n_bytes, np.uint8)
        self._read_into(memoryview(raw))  # type: ignore[arg-type]
        return raw.tobytes()

    def _gather(self, n_bytes: int) -> None:
        """Have at least so many bytes in the inbox."""
        held = self._end - self._start
        if held >= n_bytes:
            return
        if self._start + n_bytes > _INBOX_BYTES or not held:
            self._inbox[:held] = bytes(self._inbox[self._start : self._end])
            self._start, self._end = 0, held
        while self._end - self._start < n_bytes:
            self._end += self._recv_some(self._inbox[self._end :])

    def _read_into(self, target: memoryview) -> None:
        """Fill `target` from the inbox, then from the socket."""
        done = min(len(target), self._end - self._start)
        target[:done] = self._inbox[self._start : self._start + done]
        self._start += done
        while done < len(target):
            done += self._recv_some(target[done:])

    def _recv_some(self, target: memoryview) -> int:
        """Receive at least one byte."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise TimeoutError(PASSED)
        received = self._look_often(target)
        while not received:
            self._waiter.wait(READABLE, self._deadline, self._idle)
            received = self._look(target)
        return received

    def _look_often(self, target: memoryview) -> int:
        """Receive bytes that arrive within some 40 us, or none.

        Returns their number, which is 0 if nothing arrives.
        """
        if self._rests:
            self._rests -= 1
            return self._look(target)
        for _ in range(_LOOKS):
            received = self._look(target)
            if received:
                self._longest_rest = 0
                return received
        self._rests = self._longest_rest = min(2 * self._longest_rest + 1, _MOST_RESTS)
        return 0

    def _look(self, target: memoryview) -> int:
        """Receive the bytes that are there.

        Returns their number, which is 0 if there is nothing yet.
        """
        try:
            received = self._sock.recv_into(target)
        except BlockingIOError:
            return 0
        except ConnectionError:
            received = 0
        if not received:
            raise EOFError("the other end of the channel is gone")
        self.received_bytes += received
        return received
