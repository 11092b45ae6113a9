"""The sandbox without walls, whose candidate is a thread.

For a student's own machine, whatever its system, and for tests. The two sides talk over a socket as
everywhere and take strict turns: at each turn standard output, warnings and the submission's
modules are exchanged, so that neither side meets the other's. A submission that ends the process
ends everything here; an endless loop is stopped as far as Python allows. One that cannot be stopped
is left behind: it meets nothing of later turns, and ends with the process.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import itertools
import os
import signal
import socket
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TextIO

from autograder.inside.candidate.candidate import CandidateServer
from autograder.records.outcome import Limits, Strength
from autograder.remote.link import Link, OutputTail
from autograder.sandbox.seam import Candidate, Ending
from autograder.wire import Channel, WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Interruption:
    """The effect of Ctrl-C while candidates run.

    Outside of the main thread, and where something else already handles Ctrl-C, it does nothing.

    Parameters
    ----------
    tell
        Called at the first Ctrl-C, in the handler of the signal.

    Attributes
    ----------
    presses
        How often Ctrl-C was pressed.
    """

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self._tell = tell
        self._is_pending = False
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._wakeup_before: int | None = None
        self.presses = 0

    def __enter__(self) -> Self:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._wakeup_before = signal.set_wakeup_fd(
                self._writer.fileno(), warn_on_full_buffer=False
            )
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._wakeup_before is not None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.set_wakeup_fd(self._wakeup_before)
        self._reader.close()
        self._writer.close()

    def fileno(self) -> int:
        """Return the descriptor that can be read after a signal."""
        return self._reader.fileno()

    def take(self) -> None:
        """End the wait for a candidate if Ctrl-C was pressed.

        Raises
        ------
        InterruptedError
            Ctrl-C was pressed, and no wait has ended for it yet.
        """
        with contextlib.suppress(BlockingIOError):
            while self._reader.recv(4096):
                pass
        if self._is_pending:
            self._is_pending = False
            raise InterruptedError("Ctrl-C was pressed")

    def _handle(self, *_signal: Any) -> None:
        self.presses += 1
        if self.presses > 1:
            raise KeyboardInterrupt
        self._is_pending = True
        self._tell()


_FIRST_WAIT_S = 0.05
_STOP_ATTEMPTS = 100  # often, because a loop may swallow all but what it meets between two rounds
_STOP_INTERVAL_S = 0.01
_THREAD_NAME = "autograder candidate"


class CandidateStopped(BaseException):
    """Raised in a candidate's thread to end it."""


class _Sink(io.RawIOBase):
    """A stream that hands everything on."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._write(bytes(data))
        return len(data)


def _text_stream(write: Callable[[bytes], object]) -> TextIO:
    return io.TextIOWrapper(
        _Sink(write), encoding="utf-8", errors="backslashreplace", write_through=True
    )  # type: ignore[type-var]


class _TurnContext:
    """The state that belongs to each side's turn."""

    def __init__(self, stdout: TextIO, stderr: TextIO, folder: Path | None) -> None:
        self.insider: CandidateServer | None = None
        self._folder = folder
        self._back = ""
        self._streams = (stdout, stderr)
        self._filters: list[Any] | None = None
        self._before: tuple[TextIO, TextIO, list[Any], Any] | None = None
        self._is_over = False

    def close(self) -> None:
        """Leave for good.

        A thread that was left behind never enters again.
        """
        self._is_over = True
        self.leave()

    def enter(self) -> None:
        """The submission's turn."""
        if self._before is not None or self._is_over:
            return
        self._before = (sys.stdout, sys.stderr, list(warnings.filters), warnings.showwarning)
        if self._folder is not None:
            self._back = os.getcwd()  # noqa: PTH109 - as text: it may have been removed
            os.chdir(self._folder)
        sys.stdout, sys.stderr = self._streams
        warnings.showwarning = _print_warning
        if self._filters is None:
            warnings.resetwarnings()
            warnings.simplefilter("default")
        else:
            _set_filters(self._filters)
        if self.insider is not None and self.insider.state.loader is not None:
            self.insider.state.loader.install()

    def leave(self) -> None:
        """The examiner's turn."""
        if self._before is None:
            return
        self._streams = (sys.stdout, sys.stderr)
        self._filters = list(warnings.filters)
        sys.stdout, sys.stderr, filters, warnings.showwarning = self._before
        _set_filters(filters)
        self._before = None
        if self._folder is not None:
            with contextlib.suppress(OSError):  # it was removed meanwhile
                os.chdir(self._back)
        if self.insider is not None and self.insider.state.loader is not None:
            self.insider.state.loader.uninstall()


def _print_warning(  # noqa: PLR0913, PLR0917  # the signature of warnings.showwarning
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    (file or sys.stderr).write(warnings.formatwarning(message, category, filename, lineno, line))


def _set_filters(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]  # noqa: SLF001


class InlineCandidate:
    """A candidate that is a thread.

    Parameters
    ----------
    number
        Its id.
    sock
        Its end of the channel.
    stdout, stderr
        Where its output goes.
    folder
        Its work folder; files are written there, and it is the current one in its turns, only if it
        is one of our making.
    """

    def __init__(
        self,
        number: int,
        sock: socket.socket,
        stdout: TextIO,
        stderr: TextIO,
        folder: Path | None = None,
    ) -> None:
        self.id = number
        self._temporary = (
            tempfile.TemporaryDirectory(prefix="autograder-") if folder is None else None
        )
        own = None if self._temporary is None else Path(self._temporary.name)
        self._turn = _TurnContext(stdout, stderr, own)
        self._channel = Channel(sock)
        self._insider = CandidateServer(
            self._channel,
            folder=folder or own or Path(),
            writes_files=folder is None,
            turn=self._turn,
            through=(CandidateStopped,),
        )
        self._turn.insider = self._insider
        self._cpu_s = 0.0
        self._ending: Ending | None = None
        self._thread = threading.Thread(
            target=self._run, name=f"{_THREAD_NAME} {number}", daemon=True
        )
        self._thread.start()

    def _run(self) -> None:
        try:
            self._insider.serve()
        except (CandidateStopped, EOFError, OSError, WireError):
            pass
        finally:
            self._cpu_s = time.thread_time()
            self._turn.leave()
            self._channel.close()

    def cpu_s(self) -> float:
        """CPU time of the thread, known once it has ended [s]."""
        return self._cpu_s

    def is_alive(self) -> bool:
        """Return True if the candidate's thread still runs."""
        return self._thread.is_alive()

    def end(self, limit: str | None = None) -> Ending:
        """Stop the thread and unload the submission's modules.

        A thread that cannot be stopped is left behind.
        """
        if self._ending is None:
            has_ended = not self.is_alive()
            self._stop()
            self._turn.close()
            self._insider.state.unload()
            if self._temporary is not None:
                self._temporary.cleanup()
            self._ending = Ending(
                0 if has_ended else None,
                None,
                is_oom=False,
                cpu_s=self._cpu_s,
                peak_memory_mib=None,
                limit=limit,
            )
        return self._ending

    def dismiss(self) -> Ending:
        """End the candidate.

        There is nothing to wait for.
        """
        return self.end()

    def _stop(self) -> None:
        self._thread.join(_FIRST_WAIT_S)
        for _ in range(_STOP_ATTEMPTS):
            if not self.is_alive() or self._thread is threading.current_thread():
                return
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(CandidateStopped)
            )
            self._thread.join(_STOP_INTERVAL_S)


class InlineLink(Link):
    """A link to a candidate that is a thread of this process."""

    def __init__(
        self, folder: Path | None = None, interruption: Interruption | None = None
    ) -> None:
        ours, theirs = socket.socketpair()
        stdout, stderr = OutputTail(), OutputTail()
        self.candidate = InlineCandidate(
            1, theirs, _text_stream(stdout.feed), _text_stream(stderr.feed), folder
        )
        super().__init__(Channel(ours), stdout=stdout, stderr=stderr)
        if interruption is not None:
            self.idle = {interruption.fileno(): interruption.take}

    def finish(self, limit: str | None) -> Ending:
        """Hang up and stop the thread."""
        self.channel.close()
        return self.candidate.end(limit)


class InlineSpawner:
    """A maker of candidates that are threads.

    Parameters
    ----------
    folder
        The work folder of all of them; None for a new one each, into which the submission's files
        are written.
    interruption
        The effect of Ctrl-C while the examiner waits for them.
    """

    def __init__(
        self, folder: Path | None = None, interruption: Interruption | None = None
    ) -> None:
        self._folder = folder
        self._interruption = interruption
        self._links: list[Link] = []
        os.environ["MPLBACKEND"] = "Agg"  # plt.show() opens no window and waits for nobody

    def spawn(
        self,
        *,
        frameworks: bool,  # noqa: ARG002
        kind: Literal["submission", "reference"],  # noqa: ARG002
    ) -> Link:
        """Start a candidate.

        Frameworks are imported when the candidate asks for them.
        """
        self._links = [link for link in self._links if not link.is_ended]
        self._links.append(InlineLink(self._folder, self._interruption))
        return self._links[-1]

    def close(self) -> None:
        """End every candidate that is left.

        Afterwards streams and folders are this process's own again.
        """
        while self._links:
            self._links.pop().end()


def is_left_behind() -> bool:
    """Return True if a candidate that could not be stopped still runs.

    It runs in this process.
    """
    return any(thread.name.startswith(_THREAD_NAME) for thread in threading.enumerate())


class InlineSandbox:
    """The protocol of sandboxes, without a wall."""

    name = "inline"
    runtime = ""

    def __init__(self) -> None:
        self._candidates: list[InlineCandidate] = []
        self._numbers = itertools.count(1)

    @property
    def strengths(self) -> Mapping[str, Strength]:
        """No limit is applied here."""
        return dict.fromkeys(
            ("cpu", "memory", "pids", "wall", "disk", "inodes", "output", "network"), Strength.NONE
        )

    def start(self) -> None:
        """Do nothing, since there are no walls."""

    def fork(
        self,
        *,
        frameworks: bool,  # noqa: ARG002
        limits: Limits,  # noqa: ARG002
        channel: int,
        stdout: int,
        stderr: int,
    ) -> Candidate:
        """Start a thread that talks over copies of the descriptors."""
        out, err = os.dup(stdout), os.dup(stderr)
        sock = socket.socket(fileno=os.dup(channel))
        candidate = InlineCandidate(
            next(self._numbers),
            sock,
            _text_stream(lambda data: os.write(out, data)),
            _text_stream(lambda data: os.write(err, data)),
        )
        self._candidates.append(candidate)
        threading.Thread(target=_close_after, args=(candidate, out, err), daemon=True).start()
        return candidate

    def prepare(
        self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int
    ) -> Candidate:
        """Start a thread."""
        return self.fork(
            frameworks=frameworks, limits=limits, channel=channel, stdout=stdout, stderr=stderr
        )

    def hand_over(self, candidate: Candidate) -> None:
        """Do nothing, since a thread has no walls."""

    def settle(self) -> None:
        """Do nothing, since a dismissed candidate has ended."""

    def watch(self) -> None:
        """Do nothing, since no limit is watched."""

    def close(self) -> None:
        """End every candidate."""
        while self._candidates:
            self._candidates.pop().end()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def _close_after(candidate: InlineCandidate, *fds: int) -> None:
    """Close a candidate's output once its thread has ended."""
    candidate._thread.join()  # noqa: SLF001
    for fd in fds:
        with contextlib.suppress(OSError):
            os.close(fd)
