"""The station's end of a warden's control socket.

It keeps an account of each candidate.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.errors import SandboxError
from autograder.inside.messages import (
    MAX_BYTES,
    Anchored,
    Exited,
    Failed,
    Forked,
    Gone,
    Message,
    MessageError,
    Ready,
    Used,
    decode_message,
    encode_message,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


@dataclass(slots=True)
class CandidateAccount:
    """The state of one candidate, as its warden reported it.

    Attributes
    ----------
    pid, anchor_pid
        Numbers, in the station's process namespace, of its main process and of the one that adopts
        its orphans.
    is_up
        Its walls stand.
    failure
        Why it could not be made.
    has_exited
        Its main process has ended, with ``exit_status`` or by ``signal``.
    is_gone
        Nothing of it runs any more.
    cpu_s
        CPU time of all its processes, known when it is gone [s].
    birth_cpu_s
        What it took to build its walls, by its own clock [s].
    used_cpu_s, used_memory_bytes
        What its warden has seen it use last, where only the warden can see it [s, B].
    """

    pid: int | None = None
    anchor_pid: int | None = None
    is_up: bool = False
    failure: str | None = None
    has_exited: bool = False
    exit_status: int | None = None
    signal: int | None = None
    is_gone: bool = False
    cpu_s: float = 0.0
    birth_cpu_s: float = 0.0
    used_cpu_s: float | None = None
    used_memory_bytes: int = 0

    @property
    def roots(self) -> tuple[int, ...]:
        """Processes that are above everything of the candidate."""
        return tuple(pid for pid in (self.pid, self.anchor_pid) if pid is not None)


class Control:
    """A connection to one warden.

    Parameters
    ----------
    fork_timeout_s
        How long making a candidate may take here [s].
    connection
        The station's end.

    Attributes
    ----------
    is_ready
        The warden has said that it serves.
    is_serial
        It makes one candidate at a time, in a sandbox that cannot be looked into: numbers of
        processes mean nothing outside.
    uid_map
        The users in that sandbox.
    """

    def __init__(self, fork_timeout_s: float, connection: socket.socket) -> None:
        self.fork_timeout_s = fork_timeout_s
        self._socket = connection
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._lock = threading.RLock()
        self._accounts: dict[int, CandidateAccount] = {}
        self.is_ready = False
        self.is_serial = False
        self.uid_map = ""
        self.is_lost = False

    def close(self) -> None:
        """Hang up.

        The warden then ends.
        """
        self._socket.close()

    def open_account(self, number: int) -> CandidateAccount:
        """Begin to listen for candidate ``number``."""
        account = self._accounts[number] = CandidateAccount()
        return account

    def close_account(self, number: int) -> None:
        """Forget candidate ``number``.

        Later messages about it are ignored.
        """
        self._accounts.pop(number, None)

    def send(self, message: Message, fds: Sequence[int] = ()) -> None:
        """Send a request to the warden.

        Raises
        ------
        SandboxError
            The warden is gone.
        """
        with self._lock:
            try:
                socket.send_fds(self._socket, [encode_message(message)], list(fds))
            except OSError as error:
                self.is_lost = True
                raise SandboxError("the warden of the sandbox has ended.") from error

    def listen(self) -> None:
        """Take the messages that have arrived, without waiting.

        A warden that is gone is only noted.
        """
        with self._lock:
            while not self.is_lost and self._hear(0.0):
                pass

    def wait(self, is_done: Callable[[], bool], timeout_s: float) -> bool:
        """Listen until ``is_done()``, and return True then.

        False means that the time is over or the warden has ended.
        """
        deadline = time.monotonic() + timeout_s
        with self._lock:
            while not is_done():
                remaining = deadline - time.monotonic()
                if self.is_lost or remaining <= 0:
                    return False
                self._hear(remaining)
            return True

    def _hear(self, timeout_s: float) -> bool:
        """Take one message, or return False if there is none."""
        self._socket.settimeout(timeout_s)
        try:
            text, ancillary, _, _ = self._socket.recvmsg(
                MAX_BYTES, socket.CMSG_SPACE(CREDENTIALS.size)
            )
        except (BlockingIOError, TimeoutError):
            return False
        except OSError:
            text = b""
        finally:
            self._socket.settimeout(None)
        if not text:
            self.is_lost = True
            return False
        try:
            self._note(decode_message(text), _sender(ancillary))
        except MessageError as error:
            self.is_lost = True
            raise SandboxError(
                f"the warden of the sandbox sent what is no message: {error}"
            ) from error
        return True

    def _note(self, message: Message, sender: int | None) -> None:
        if isinstance(message, Ready):
            self.is_ready, self.is_serial, self.uid_map = True, message.is_serial, message.uid_map
            return
        account = self._accounts.get(message.id)
        if account is None:
            return
        match message:
            case Anchored():
                account.anchor_pid = sender
            case Forked():
                account.is_up, account.pid = True, None if self.is_serial else sender
                account.birth_cpu_s = message.cpu_s
            case Used():
                account.used_cpu_s, account.used_memory_bytes = message.cpu_s, message.memory_bytes
            case Failed():
                account.failure = account.failure or message.error
            case Exited():
                account.has_exited = True
                account.exit_status, account.signal = message.status, message.signal
            case Gone():
                account.has_exited = account.is_gone = True
                account.cpu_s = message.cpu_s


def _sender(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid: int = CREDENTIALS.unpack(content[: CREDENTIALS.size])[0]
            return pid
    return None
