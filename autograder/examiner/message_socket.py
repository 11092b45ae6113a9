"""JSON messages with file descriptors, between the station and its examiner.

Both ends are trusted code, but the examiner has decoded what candidates sent: the station therefore
bounds every message and takes nothing but JSON from it.
"""

from __future__ import annotations

import array
import ctypes
import json
import os
import signal
import socket
import struct
import time
from typing import Any

MAX_MESSAGE_BYTES = 128 * 2**20  # ten files of a megabyte in odd characters fit, as JSON
_HEADER = struct.Struct("<I")
_MAX_FDS = 8
_PATIENCE_S = 60.0  # a message that has begun is finished, and taken, by trusted code at once


class MessageSocketError(Exception):
    """The other end sent something that is no message."""


class MessageSocket:
    """One end of a stream of JSON messages.

    It is a stream socket, which carries file descriptors, too.

    Parameters
    ----------
    sock
        An ``AF_UNIX`` stream socket; the post owns it.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._sock.fileno()

    def send(self, message: Any, fds: tuple[int, ...] = ()) -> None:
        """Send one message.

        The descriptors are duplicated, and the caller closes its own copies.

        Raises
        ------
        EOFError
            The other end is gone, or has stopped reading.
        MessageSocketError
            The message is too large.
        """
        body = json.dumps(message, default=_plain).encode("ascii")
        if len(body) > MAX_MESSAGE_BYTES:
            raise MessageSocketError(f"a message of {len(body)} bytes exceeds {MAX_MESSAGE_BYTES}")
        frame = _HEADER.pack(len(body)) + body
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self._sock.settimeout(_PATIENCE_S)
        try:
            sent = self._sock.sendmsg([frame], ancillary)  # at once: the other end is woken once
            if sent < len(frame):
                self._sock.sendall(memoryview(frame)[sent:])
        except TimeoutError as error:
            raise EOFError("the other end has stopped to listen") from error
        except (BrokenPipeError, ConnectionResetError) as error:
            raise EOFError("the other end is gone") from error

    def recv(self, deadline: float | None = None) -> tuple[Any, tuple[int, ...]]:
        """Receive one message and the descriptors that came with it.

        Raises
        ------
        EOFError
            The other end is gone.
        TimeoutError
            Nothing *began* to arrive before ``deadline`` (of `time.monotonic`).
        MessageSocketError
            The bytes are no message.
        """
        self._sock.settimeout(
            None if deadline is None else max(0.0001, deadline - time.monotonic())
        )
        header, fds = self._recv_header()
        try:
            return self._recv_body(header), fds
        except BaseException:
            close_all(fds)
            raise

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def _recv_body(self, header: bytes) -> Any:
        self._sock.settimeout(_PATIENCE_S)
        try:
            header += self._recv_exactly(_HEADER.size - len(header))
            (length,) = _HEADER.unpack(header)
            if length > MAX_MESSAGE_BYTES:
                raise MessageSocketError(f"the other end announced a message of {length} bytes")
            return json.loads(self._recv_exactly(length))
        except ValueError as error:
            raise MessageSocketError("the other end sent no JSON") from error
        except TimeoutError as error:
            raise MessageSocketError("the other end stopped in the middle of a message") from error

    def _recv_header(self) -> tuple[bytes, tuple[int, ...]]:
        try:
            data, ancillary, _, _ = self._sock.recvmsg(
                _HEADER.size, socket.CMSG_SPACE(4 * _MAX_FDS)
            )
        except ConnectionResetError as error:
            raise EOFError("the other end is gone") from error
        fds = array.array("i")
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
        if not data:
            raise EOFError("the other end is gone")
        return data, tuple(fds)

    def _recv_exactly(self, length: int) -> bytes:
        buffer = bytearray(length)
        view = memoryview(buffer)
        while view:
            try:
                got = self._sock.recv_into(view)
            except ConnectionResetError as error:
                raise EOFError("the other end is gone") from error
            if not got:
                raise EOFError("the other end is gone in the middle of a message")
            view = view[got:]
        return bytes(buffer)


def _plain(value: object) -> object:
    """Return a value in JSON's own types.

    JSON does not know the value of the message as it is.
    """
    if isinstance(value, bytes):
        return value.decode("ascii")  # base64
    return sorted(value) if isinstance(value, frozenset) else str(value)


def close_all(fds: tuple[int, ...]) -> None:
    """Close descriptors that came with a message."""
    for fd in fds:
        os.close(fd)


def post_pair() -> tuple[MessageSocket, socket.socket]:
    """Open a post and the socket of its other end."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return MessageSocket(ours), theirs


_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the kernel kill this process with its parent.

    The parent is the thread that started it.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
