"""Frames over a stream socket."""

from __future__ import annotations

import socket
from collections.abc import Callable

import numpy as np

from autograder.wire import layout
from autograder.wire.decode import Head, Resolve, read_header
from autograder.wire.encode import Export, encode
from autograder.wire.errors import WireError
from autograder.wire.values import DEFAULT_BUDGET, Budget
from autograder.wire.waiting import READABLE, WRITABLE, Idle, Waiter

_INBOX_BYTES = 1 << 16
# At most this many buffers in one call of sendmsg: systems allow 1,024.
_BUFFERS_PER_CALL = 256
_NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)


class Channel:
    """One end of a stream socket that carries frames, one at a time, in turns.

    After an error in the middle of a frame the two ends no longer agree where frames begin: every further use raises WireError.

    Parameters
    ----------
    sock
        A connected stream socket; it becomes this channel's, and non-blocking.
    budget
        What one frame may hold.

    Attributes
    ----------
    sent_bytes, received_bytes
        Bytes so far, headers included.
    """

    def __init__(self, sock: socket.socket, *, budget: Budget = DEFAULT_BUDGET) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._budget = budget
        self._waiter = Waiter(sock.fileno())
        self._inbox = memoryview(bytearray(_INBOX_BYTES))
        self._start = self._end = 0
        self._broken = ""
        self.sent_bytes = 0
        self.received_bytes = 0

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._sock.fileno()

    def close(self) -> None:
        """Close the socket."""
        self._broken = self._broken or "it is closed"
        self._sock.close()

    def send(
        self, message: object, *, export: Export | None = None, deadline: float | None = None, idle: Idle | None = None
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
            If the message cannot cross (nothing was sent: the channel stays usable), or the channel is broken.
        EOFError
            If the peer is gone.
        TimeoutError
            At the deadline.
        """
        self._check()
        buffers = encode(message, export=export, budget=self._budget)
        before = self.sent_bytes
        try:
            self._send_all(buffers, deadline, idle)
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
            If what arrived is no frame, or the channel is broken.
        EOFError
            If the peer is gone, between frames or in the middle of one.
        TimeoutError
            At the deadline. If nothing of the frame had arrived, the channel stays usable.
        """
        self._check()
        before = self.received_bytes
        held = self._end - self._start
        try:
            return self._recv(resolve, readonly, lambda: self._waiter.wait(READABLE, deadline, idle))
        except BaseException:
            if held or self.received_bytes > before:
                self._broken = "a message was cut off while it was received"
            raise

    def _check(self) -> None:
        if self._broken:
            raise WireError(f"the channel cannot be used any more: {self._broken}")

    def _send_all(self, buffers: list[bytes | memoryview], deadline: float | None, idle: Idle | None) -> None:
        views = [memoryview(buffer) for buffer in buffers]
        first = 0
        while first < len(views):
            try:
                sent = self._send_some(views[first : first + _BUFFERS_PER_CALL])
            except BlockingIOError:
                self._waiter.wait(WRITABLE, deadline, idle)
                continue
            except (BrokenPipeError, ConnectionResetError) as error:
                raise EOFError("the other end of the channel is gone") from error
            self.sent_bytes += sent
            while first < len(views) and sent >= len(views[first]):
                sent -= len(views[first])
                first += 1
            if sent:
                views[first] = views[first][sent:]

    def _send_some(self, views: list[memoryview]) -> int:
        if hasattr(self._sock, "sendmsg"):
            return self._sock.sendmsg(views, (), _NO_SIGNAL)
        return self._sock.send(views[0])

    def _recv(self, resolve: Resolve | None, readonly: bool, wait: Callable[[], None]) -> object:  # noqa: FBT001
        self._gather(layout.HEADER_BYTES, wait)
        start = self._start
        header = self._inbox[start : start + layout.HEADER_BYTES]
        head_bytes, body_bytes = read_header(header, self._budget)
        self._start += layout.HEADER_BYTES
        data = self._read_head(head_bytes, wait)
        head = Head(data, body_bytes, resolve=resolve, readonly=readonly, budget=self._budget)
        value = head.value()
        for pending in head.pending:
            self._read_into(pending.target, wait)
            pending.settle(readonly=readonly)
        return value

    def _read_head(self, n_bytes: int, wait: Callable[[], None]) -> bytes:
        """Return the head. A long one is gathered in untouched pages: what is only announced costs no memory."""
        if n_bytes <= _INBOX_BYTES:
            self._gather(n_bytes, wait)
            self._start += n_bytes
            return bytes(self._inbox[self._start - n_bytes : self._start])
        raw = np.empty(n_bytes, np.uint8)
        self._read_into(memoryview(raw), wait)  # type: ignore[arg-type]
        return raw.tobytes()

    def _gather(self, n_bytes: int, wait: Callable[[], None]) -> None:
        """Have at least so many bytes in the inbox."""
        held = self._end - self._start
        if held < n_bytes and self._start + n_bytes > _INBOX_BYTES:
            self._inbox[:held] = bytes(self._inbox[self._start : self._end])
            self._start, self._end = 0, held
        elif held == 0:
            self._start = self._end = 0
        while self._end - self._start < n_bytes:
            self._end += self._recv_some(self._inbox[self._end :], wait)

    def _read_into(self, target: memoryview, wait: Callable[[], None]) -> None:
        """Fill `target`: first with what is in the inbox, then straight from the socket."""
        done = min(len(target), self._end - self._start)
        target[:done] = self._inbox[self._start : self._start + done]
        self._start += done
        while done < len(target):
            done += self._recv_some(target[done:], wait)

    def _recv_some(self, target: memoryview, wait: Callable[[], None]) -> int:
        while True:
            wait()
            try:
                received = self._sock.recv_into(target)
            except BlockingIOError:
                continue
            except ConnectionResetError:
                received = 0
            if received == 0:
                raise EOFError("the other end of the channel is gone")
            self.received_bytes += received
            return received
