"""What several tests of the wire need: comparison bit for bit, channels, and a frame made by hand."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from autograder.wire import Channel, Ref, decode, encode
from autograder.wire.layout import HEADER, MAGIC, VERSION


def _fingerprint(value: object) -> object:  # noqa: PLR0911 -- one per kind
    """Return something hashable that is equal for two values only if they are the same, bit for bit and type for type."""
    kind = type(value).__name__
    match value:
        case np.ndarray():
            return kind, str(value.dtype), value.shape, value.tobytes()
        case np.generic():
            return kind, str(value.dtype), value.tobytes()
        case float():
            return kind, struct.pack("<d", value)
        case complex():
            return kind, struct.pack("<dd", value.real, value.imag)
        case dict():
            return kind, tuple((_fingerprint(k), _fingerprint(v)) for k, v in value.items())
        case list() | tuple():
            return kind, tuple(map(_fingerprint, value))
        case set() | frozenset():
            return kind, tuple(sorted(map(repr, map(_fingerprint, value))))
        case slice():
            return kind, _fingerprint((value.start, value.stop, value.step))
        case Ref():
            return kind, value.kind, value.id, value.type_name, _fingerprint(value.info)
        case _:
            return kind, repr(value)


@pytest.fixture(scope="session")
def fingerprint() -> Callable[[object], object]:
    """Something hashable by which values are told apart bit for bit."""
    return _fingerprint


@pytest.fixture(scope="session")
def cross() -> Callable[..., object]:
    """What comes out at the other end of the wire."""
    return lambda value, **options: decode(b"".join(encode(value)), **options)


@pytest.fixture(scope="session")
def frame() -> Callable[..., bytes]:
    """A frame from a head made by hand, whatever it is worth."""
    return lambda head, body=b"": HEADER.pack(MAGIC, VERSION, len(head), len(body)) + head + body


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    """Both ends of a channel."""
    ours, theirs = map(Channel, socket.socketpair())
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.fixture
def raw_and_channel() -> Iterator[tuple[socket.socket, Channel]]:
    """A channel whose peer is a plain socket."""
    raw, theirs = socket.socketpair()
    channel = Channel(theirs)
    yield raw, channel
    raw.close()
    channel.close()
