"""The station's end of a warden's control socket.

It keeps an account of each candidate.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
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
from autograder.sandbox.kernel import HOST_KERNEL, CandidateAccount, SandboxKernel, kernel_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


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
    kernel
        What its candidates run on.
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
        self.kernel: SandboxKernel = HOST_KERNEL
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
            self.is_ready, self.uid_map = True, message.uid_map
            self.kernel = kernel_of(message.kernel)
            return
        account = self._accounts.get(message.id)
        if account is None:
            return
        match message:
            case Anchored():
                account.anchor_pid = sender
            case Forked():
                account.is_up, account.pid = True, self.kernel.pid_of(sender)
                account.start_cpu_s = message.cpu_s
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
