"""A candidate as the examiner holds it, and its output.

It is a channel, the candidate's output, and a way to end the candidate.
"""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograder.remote.endings import EndingView
    from autograder.wire import Channel


KEPT_BYTES = 8 * 1024  # of the beginning, and of the end
_READ_BYTES = 64 * 1024
# a candidate that prints without end must not keep the examiner from its socket
_READS_PER_TURN = 64


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


class Link(ABC):
    """One candidate, as the examiner holds it.

    Kinds differ in the process that ends the candidate, and in the source of its output.

    Parameters
    ----------
    channel
        Leads to the candidate; the link closes it.
    stdout, stderr
        Where the candidate's output arrives.

    Attributes
    ----------
    idle
        Functions to call when a descriptor can be read while the examiner waits for the candidate.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        stdout: OutputTail | None = None,
        stderr: OutputTail | None = None,
    ) -> None:
        self.channel = channel
        self.stdout = OutputTail() if stdout is None else stdout
        self.stderr = OutputTail() if stderr is None else stderr
        self._pipes = [tail for tail in (self.stdout, self.stderr) if isinstance(tail, PipeTail)]
        self.idle: Mapping[int, Callable[[], None]] = {pipe.fd: pipe.drain for pipe in self._pipes}
        self._ending: EndingView | None = None

    def loaded(self) -> None:  # noqa: B027  # not every link measures
        """Note that the submission has been loaded.

        From now on its CPU time counts against the criterion.
        """

    @abstractmethod
    def finish(self, limit: str | None) -> EndingView:
        """End the candidate and everything it started.

        It is called once.

        Parameters
        ----------
        limit
            The limit it is ended for, None at the end of a criterion or when its channel broke.
        """

    def leave(self) -> EndingView:
        """End the candidate without waiting for its last process.

        That is done where it can be. It is called once.
        """
        return self.finish(None)

    def end(self, limit: str | None = None) -> EndingView:
        """End the candidate and return its ending.

        The rest of its output is kept. The first call counts.
        """
        return self._end(lambda: self.finish(limit))

    def dismiss(self) -> EndingView:
        """End a candidate that is over, and return its use.

        The rest of its output is kept. The first call counts.
        """
        return self._end(self.leave)

    def _end(self, finish: Callable[[], EndingView]) -> EndingView:
        if self._ending is None:
            try:
                self._ending = finish()
            finally:
                for pipe in self._pipes:
                    pipe.close()
                self.idle = {}
                self.channel.close()
        return self._ending

    @property
    def is_ended(self) -> bool:
        """True if `end` was called."""
        return self._ending is not None

    def take_output(self) -> tuple[str, str]:
        """Return the output kept so far, and begin anew.

        From here on `output` begins anew.
        """
        told = self.output
        self.stdout.clear()
        self.stderr.clear()
        return told

    @property
    def output(self) -> tuple[str, str]:
        """The kept part of standard output and standard error."""
        for pipe in self._pipes:
            pipe.drain()
        return self.stdout.text(), self.stderr.text()


class Spawner(Protocol):
    """Starts candidates."""

    def spawn(self, *, frameworks: bool, kind: Literal["submission", "reference"]) -> Link:
        """Start one.

        Parameters
        ----------
        frameworks
            Whether it may use the assignment's frameworks.
        kind
            Whose code it is to run; a reference never runs where submissions do.
        """
