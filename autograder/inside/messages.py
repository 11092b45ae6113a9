"""The messages on a control socket.

They go between a station and the wardens of its sandbox.

One datagram carries one message as JSON, and beside it descriptors. The kernel names the sender.
The station asks::

    Fork(id, share)       with the channel, stdout, stderr and membership files of control groups
    End(id)

and hears, from a warden, from a candidate before its first line, or from its PID 1::

    Ready                 the warden serves
    Anchored(id)          in the name of the candidate's PID 1
    Forked(id, cpu_s)     in the name of the candidate: all its walls stand
    Failed(id, error)     it could not be made
    Used(id, ...)         what it uses, from a warden into whose sandbox the station cannot look
    Exited(id, ...)       its main process has ended
    Gone(id, cpu_s)       nothing of it runs any more
"""

from __future__ import annotations

import json
import re
import types
import typing
from dataclasses import dataclass, fields

MAX_BYTES = 1 << 16  # of a message


class MessageError(ValueError):
    """A datagram holds no message of this protocol."""


@dataclass(frozen=True)
class CandidateResources:
    """The share of one candidate.

    The station has worked out its numbers from the candidate's limits.

    Attributes
    ----------
    uid
        User and group of the candidate; None keeps the warden's.
    work
        The work folder: a mount point with walls, made by the candidate without.
    processes, open_files, file_bytes, data_bytes
        Resource limits; ``data_bytes`` is what may be added to the warden's own, None for no limit.
    disk_bytes, inodes
        Size of each of the three folders that can be written.
    kept
        Folders just below these that must stay visible, read-only.
    """

    uid: int | None
    work: str
    processes: int
    open_files: int
    file_bytes: int
    data_bytes: int | None
    disk_bytes: int
    inodes: int
    kept: list[str]


@dataclass(frozen=True)
class Fork:
    """Make a candidate."""

    id: int
    share: CandidateResources


@dataclass(frozen=True)
class End:
    """Kill a candidate with everything that it has started."""

    id: int


@dataclass(frozen=True)
class Ready:
    """The news that a warden serves.

    Attributes
    ----------
    uid_map
        The users in its sandbox, as the kernel writes them.
    kernel
        What candidates run on: ``host``, or ``own`` where the sandbox brings its own kernel, into
        which the station cannot look.
    """

    uid_map: str
    kernel: str = "host"


@dataclass(frozen=True)
class Anchored:
    """The news of a candidate's PID 1, which is the sender."""

    id: int


@dataclass(frozen=True)
class Forked:
    """The walls of a candidate, the sender, stand.

    Attributes
    ----------
    cpu_s
        CPU time that building them has taken [s].
    """

    id: int
    cpu_s: float


@dataclass(frozen=True)
class Failed:
    """The news that a candidate could not be made."""

    id: int
    error: str


@dataclass(frozen=True)
class Used:
    """The use of a living candidate [s, B]."""

    id: int
    cpu_s: float
    memory_bytes: int


@dataclass(frozen=True)
class Exited:
    """The end of a candidate's main process.

    It ended with a status or by a signal.
    """

    id: int
    status: int | None
    signal: int | None


@dataclass(frozen=True)
class Gone:
    """The end of a candidate's last process.

    Attributes
    ----------
    cpu_s
        CPU time of all its processes [s].
    """

    id: int
    cpu_s: float


Message = Fork | End | Ready | Anchored | Forked | Failed | Used | Exited | Gone


def op_of(kind: type) -> str:
    """Return the word for messages of a class, in any protocol.

    Examples
    --------
    >>> op_of(Gone), op_of(type("HandOver", (), {}))
    ('gone', 'hand_over')
    """
    return re.sub("(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


_OPS = {kind: op_of(kind) for kind in typing.get_args(Message)}
_KINDS: dict[str, type[Message]] = {op: kind for kind, op in _OPS.items()}


def encode_message(message: Message) -> bytes:
    """Return the datagram of a message."""
    return json.dumps({"op": _OPS[type(message)], **vars(message)}, default=vars).encode()


def decode_message(data: bytes) -> Message:
    """Return the message of a datagram.

    Raises
    ------
    MessageError
        The bytes are no JSON, or no message of this protocol.
    """
    try:
        values = json.loads(data)
    except ValueError as error:
        raise MessageError("control socket: the other end sent no JSON.") from error
    kind = _KINDS.get(values.pop("op", None)) if isinstance(values, dict) else None
    if kind is None:
        raise MessageError(f"control socket: no such message: {data[:200]!r}.")
    message: Message = _build(kind, values)
    return message


def _build(kind: type[typing.Any], values: dict[str, object]) -> typing.Any:
    """Make a message, or a share, from the values of its fields."""
    for name, allowed in _FIELDS[kind].items():
        value = values.get(name)
        if allowed == (CandidateResources,) and isinstance(value, dict):
            values[name] = _build(CandidateResources, value)
        elif not (name in values and type(value) in allowed):
            raise MessageError(f"control socket: {kind.__name__}: {name} is {value!r}.")
    try:
        return kind(**values)
    except TypeError as error:
        raise MessageError(f"control socket: {error}.") from error


def _types(hint: typing.Any) -> tuple[type, ...]:
    if isinstance(hint, types.UnionType):
        return tuple(kind for part in typing.get_args(hint) for kind in _types(part))
    plain = typing.get_origin(hint) or hint
    return (float, int) if plain is float else (plain,)


def _fields(kind: type) -> dict[str, tuple[type, ...]]:
    """Return the types that JSON may give to each field."""
    hints = typing.get_type_hints(kind)
    return {field.name: _types(hints[field.name]) for field in fields(kind)}


_FIELDS = {kind: _fields(kind) for kind in (*_KINDS.values(), CandidateResources)}
