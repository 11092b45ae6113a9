"""The output of a candidate.

It is read while the examiner waits, kept in part, and never waited for.
"""

from __future__ import annotations

import contextlib
import os

KEPT_BYTES = 8 * 1024  # of the beginning, and of the end
_READ_BYTES = 64 * 1024
_READS_PER_TURN = 64  # a candidate that prints without end must not keep the examiner from its socket


class OutputTail:
    """The beginning and the end of a stream, in constant memory.

    Parameters
    ----------
    kept_bytes
        How much of each is kept.
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._first = bytearray()
        self._last = bytearray()
        self.total_bytes = 0

    def feed(self, data: bytes) -> None:
        """Add printed output."""
        self.total_bytes += len(data)
        room = self._kept_bytes - len(self._first)
        if room > 0:
            self._first += data[:room]
            data = data[room:]
        self._last += data[-self._kept_bytes :]
        del self._last[: max(0, len(self._last) - self._kept_bytes)]

    def clear(self) -> None:
        """Forget the output printed so far."""
        self._first.clear()
        self._last.clear()
        self.total_bytes = 0

    def text(self) -> str:
        """Return the kept output.

        Undecodable bytes are replaced. The text tells how much was left out.
        """
        left_out = self.total_bytes - len(self._first) - len(self._last)
        if not left_out:
            return (self._first + self._last).decode("utf-8", "replace")
        first, last = self._first.decode("utf-8", "replace"), self._last.decode("utf-8", "replace")
        return f"{first}\n... ({left_out} bytes left out) ...\n{last}"


class PipeTail(OutputTail):
    """The kept part of a pipe's output.

    Parameters
    ----------
    fd
        The reading end; it becomes this object's, and non-blocking.
    kept_bytes
        See `OutputTail`.
    """

    def __init__(self, fd: int, kept_bytes: int = KEPT_BYTES) -> None:
        super().__init__(kept_bytes)
        os.set_blocking(fd, False)
        self.fd = fd
        self._is_closed = False

    def drain(self) -> None:
        """Read the bytes that are there, without waiting."""
        if self._is_closed:
            return
        for _ in range(_READS_PER_TURN):
            try:
                data = os.read(self.fd, _READ_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                return
            self.feed(data)

    def close(self) -> None:
        """Read the rest and close the pipe.

        Another process may still hold its other end.
        """
        if not self._is_closed:
            self.drain()
            self._is_closed = True
            with contextlib.suppress(OSError):
                os.close(self.fd)
