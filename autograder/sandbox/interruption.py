"""Ctrl-C where candidates are threads of this process.

The first Ctrl-C ends one candidate, the second all.

The main thread waits for a candidate on a socket. Python runs a signal's handler there, but not
every system wakes the wait, so the signal also writes to a socket that is waited for, too.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any, Self


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
            self._wakeup_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
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
