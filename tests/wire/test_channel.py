"""Frames over real sockets: large ones, deadlines, pipes drained meanwhile, and peers that are gone or hostile."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.wire import Budget, Channel, Ref, WireError, encode
from autograder.wire.layout import HEADER, MAGIC, VERSION

GONE = "the other end of the channel is gone"
CUT_RECEIVING = "the channel cannot be used any more: a message was cut off while it was received"
CUT_SENDING = "the channel cannot be used any more: a message was cut off while it was sent"
PASSED = "the deadline for a message has passed"
VALUE = {"op": "call", "args": [np.arange(6.0), np.zeros(50_000), (1, "x" * 70_000)], 5: None}


@contextmanager
def at_once(action: Callable[[], object]) -> Iterator[None]:
    """Run `action` in a thread meanwhile, and hear its exception."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            action()
        except BaseException as error:  # noqa: BLE001 -- raised again below
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join()
    if errors:
        raise errors[0]


def soon(seconds: float = 0.05) -> float:
    """Return a deadline that passes while the test waits [s]."""
    return time.monotonic() + seconds


def test_channel_messages_arrive_in_turns(ends, fingerprint) -> None:
    """A request and its answer, several times, over one pair; the counts of bytes agree."""
    ours, theirs = ends

    def serve() -> None:
        for _ in range(3):
            theirs.send({"ok": theirs.recv()})

    with at_once(serve):
        for _ in range(3):
            ours.send(VALUE)
            assert fingerprint(ours.recv()) == fingerprint({"ok": VALUE})
    assert (ours.sent_bytes, ours.received_bytes) == (theirs.received_bytes, theirs.sent_bytes)
    assert ours.sent_bytes == 3 * sum(map(len, encode(VALUE)))


def test_channel_messages_of_any_size_arrive(ends) -> None:
    """Heads and buffers on both sides of the inbox's size, one frame behind the other."""
    ours, theirs = ends
    sizes = (0, 1, 8192, 8193, 65_000, 65_519, 65_520, 65_521, 65_536, 65_537, 200_000, 3_000_000)

    def serve() -> None:
        for size in sizes:
            theirs.send(b"x" * size)
            theirs.send([np.full(size, 7, np.uint8), "end"])

    with at_once(serve):
        for size in sizes:
            assert ours.recv() == b"x" * size
            array, end = ours.recv()
            assert (array.shape, bool((array == 7).all()), end) == ((size,), True, "end")


def test_channel_many_arrays_in_one_message_arrive(ends) -> None:
    """More buffers than one call of sendmsg takes."""
    ours, theirs = ends
    with at_once(lambda: theirs.send([np.full(1100, i) for i in range(1500)])):
        arrays = ours.recv(readonly=True)
    assert [array[-1] for array in arrays] == list(range(1500))
    assert not any(array.flags.writeable for array in arrays)


def test_channel_over_tcp_carries_the_same(fingerprint) -> None:
    """Any stream socket will do: a pair over the loopback network."""
    listener = socket.create_server(("127.0.0.1", 0))
    ours = Channel(socket.create_connection(listener.getsockname()))
    theirs = Channel(listener.accept()[0])
    with at_once(lambda: theirs.send(VALUE)):
        assert fingerprint(ours.recv()) == fingerprint(VALUE)
    for closable in (listener, ours, theirs):
        closable.close()


def test_channel_without_poll_and_sendmsg_carries_the_same(monkeypatch, fingerprint) -> None:
    """Where the system has neither (Windows), frames cross all the same, and deadlines hold."""
    monkeypatch.delattr("autograder.wire.channel.select.poll")
    pair = [PlainSocket(end.detach()) for end in socket.socketpair()]
    ours, theirs = map(Channel, pair)
    with at_once(lambda: theirs.send(VALUE)):
        assert fingerprint(ours.recv(deadline=soon(60))) == fingerprint(VALUE)
    with pytest.raises(TimeoutError):
        ours.recv(deadline=soon())
    with pytest.raises(TimeoutError):
        ours.send(np.zeros(10**7), deadline=soon())
    ours.close()
    theirs.close()


class PlainSocket:
    """A socket with no more than every system has."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)

    def __getattr__(self, name: str) -> object:
        if name == "sendmsg":
            raise AttributeError(name)
        return getattr(self._socket, name)


def test_channel_export_and_resolve_meet(ends) -> None:
    """What one end exports, the other resolves."""
    ours, theirs = ends
    ours.send([object(), 1], export=lambda _: Ref("handle", 9, "object"))
    assert theirs.recv(resolve=lambda ref: (ref.id, ref.type_name)) == [(9, "object"), 1]


def test_channel_value_that_cannot_cross_leaves_it_usable(ends) -> None:
    """Nothing of a refused message is sent."""
    ours, theirs = ends
    with pytest.raises(WireError) as caught:
        ours.send([1, object()])
    assert str(caught.value) == "a value of type object cannot cross"
    ours.send("next")
    assert theirs.recv() == "next"


def test_channel_peer_closed_between_messages_is_the_end(ends) -> None:
    """EOFError, every time it is asked."""
    ours, theirs = ends
    theirs.send(1)
    theirs.close()
    assert ours.recv() == 1
    for _ in range(2):
        with pytest.raises(EOFError) as caught:
            ours.recv()
        assert str(caught.value) == GONE


def test_channel_peer_closed_without_reading_is_the_end(ends) -> None:
    """A reset is the same end, and so is a broken pipe."""
    ours, theirs = ends
    ours.send(1)
    theirs.close()
    with pytest.raises(EOFError):
        ours.recv()
    with pytest.raises(EOFError) as caught:
        ours.send(2)
    assert str(caught.value) == GONE


@pytest.mark.parametrize("kept", [1, 15, 16, 17, 100, 80_000, 400_000])
def test_channel_peer_closed_in_a_message_is_the_end(raw_and_channel, kept) -> None:
    """EOFError too, and the channel cannot be used any more."""
    raw, channel = raw_and_channel
    frame = b"".join(encode(VALUE))
    assert kept < len(frame)
    with at_once(lambda: (raw.sendall(frame[:kept]), raw.close())), pytest.raises(EOFError) as caught:
        channel.recv()
    assert str(caught.value) == GONE
    for use in (channel.recv, lambda: channel.send(1)):
        with pytest.raises(WireError) as caught:
            use()
        assert str(caught.value) == CUT_RECEIVING


def test_channel_deadline_before_a_message_leaves_it_usable(ends) -> None:
    """A message that has not begun can be waited for again."""
    ours, theirs = ends
    for deadline in (soon(), time.monotonic() - 1):
        with pytest.raises(TimeoutError) as caught:
            ours.recv(deadline=deadline)
        assert str(caught.value) == PASSED
    theirs.send("late")
    assert ours.recv(deadline=soon(60)) == "late"


@pytest.mark.parametrize("kept", [1, 16, 100, 100_000])
def test_channel_deadline_in_a_message_ends_it(raw_and_channel, kept) -> None:
    """A message that began and does not go on leaves a channel that cannot be used any more."""
    raw, channel = raw_and_channel
    raw.sendall(b"".join(encode(VALUE))[:kept])
    with pytest.raises(TimeoutError) as caught:
        channel.recv(deadline=soon())
    assert str(caught.value) == PASSED
    with pytest.raises(WireError) as caught:
        channel.recv()
    assert str(caught.value) == CUT_RECEIVING


def test_channel_deadline_holds_against_a_peer_that_trickles(raw_and_channel) -> None:
    """A peer that sends a byte now and then does not push the deadline away."""
    raw, channel = raw_and_channel
    stop = threading.Event()

    def trickle() -> None:
        for octet in b"".join(encode(VALUE)):
            raw.sendall(bytes((octet,)))
            if stop.wait(0.001):
                return

    with at_once(trickle):
        with pytest.raises(TimeoutError):
            channel.recv(deadline=soon(0.2))
        stop.set()


def test_channel_deadline_while_sending_ends_it(ends) -> None:
    """A peer that does not read cannot hold a sender for longer."""
    ours, _ = ends
    with pytest.raises(TimeoutError) as caught:
        ours.send(np.zeros(10**7), deadline=soon())
    assert str(caught.value) == PASSED
    for use in (ours.recv, lambda: ours.send(1)):
        with pytest.raises(WireError) as caught:
            use()
        assert str(caught.value) == CUT_SENDING


def test_channel_closed_by_its_owner_cannot_be_used(ends) -> None:
    """Nor is closing it twice an error."""
    ours, _ = ends
    ours.close()
    ours.close()
    with pytest.raises(WireError) as caught:
        ours.send(1)
    assert str(caught.value) == "the channel cannot be used any more: it is closed"


def drain_into(seen: bytearray, fd: int) -> Callable[[], None]:
    """Return what reads a pipe once."""

    def drain() -> None:
        seen.extend(os.read(fd, 1 << 16))

    return drain


@pytest.mark.parametrize("is_sending", [False, True])
def test_channel_drains_pipes_while_it_waits(ends, is_sending) -> None:
    """A peer that fills its stdout before it reads, or answers, is not left hanging."""
    ours, theirs = ends
    reader, writer = os.pipe()
    seen = bytearray()
    message = np.zeros(10**6)

    def serve() -> None:
        with os.fdopen(writer, "wb") as stdout:
            stdout.write(b"x" * 1_000_000)
        if is_sending:
            theirs.recv()
        else:
            theirs.send(message)

    idle = {reader: drain_into(seen, reader)}
    with at_once(serve):
        if is_sending:
            ours.send(message, deadline=soon(60), idle=idle)
        else:
            ours.recv(deadline=soon(60), idle=idle)
    os.close(reader)
    assert len(seen) == 1_000_000


def test_channel_ended_pipe_is_not_served_for_ever(ends) -> None:
    """A pipe whose writer is gone is reported once per wait, and the deadline still holds."""
    ours, _ = ends
    reader, writer = os.pipe()
    os.close(writer)
    calls = []
    with pytest.raises(TimeoutError):
        ours.recv(deadline=soon(0.2), idle={reader: lambda: calls.append(os.read(reader, 9))})
    os.close(reader)
    assert calls == [b""]


def test_channel_busy_pipe_does_not_push_the_deadline_away(ends) -> None:
    """A pipe that can always be read (a flood of output) starves nothing."""
    ours, _ = ends
    with Path("/dev/zero").open("rb", buffering=0) as flood, pytest.raises(TimeoutError):
        ours.recv(deadline=soon(0.2), idle={flood.fileno(): lambda: flood.read(4096)})


def test_channel_pipe_may_remove_itself(ends) -> None:
    """A callback may take its descriptor out of the mapping, close it, and be gone at the next wait."""
    ours, theirs = ends
    reader, writer = os.pipe()
    os.close(writer)
    idle: dict[int, Callable[[], None]] = {}

    def end() -> None:
        del idle[reader]
        os.close(reader)
        theirs.send("end")

    idle[reader] = end
    assert ours.recv(deadline=soon(60), idle=idle) == "end"
    theirs.send("again")
    assert ours.recv(deadline=soon(60), idle=idle) == "again"


def test_channel_error_of_a_callback_escapes(ends) -> None:
    """What a callback raises is heard; between messages the channel stays usable."""
    ours, theirs = ends
    reader, writer = os.pipe()
    os.write(writer, b"x")

    def fail() -> None:
        raise KeyError("full")

    with pytest.raises(KeyError):
        ours.recv(deadline=soon(60), idle={reader: fail})
    theirs.send(1)
    assert ours.recv() == 1
    os.close(reader)
    os.close(writer)


def test_channel_is_quiet_until_the_peer_speaks_out_of_turn(ends) -> None:
    """Bytes that nobody asked for are seen, in the inbox and in the socket; the end of the peer is none."""
    ours, theirs = ends
    assert ours.is_quiet()
    theirs.send(1)
    assert not ours.is_quiet()
    theirs.send(2)
    assert ours.recv() == 1
    assert not ours.is_quiet()
    assert ours.recv() == 2
    assert ours.is_quiet()
    theirs.close()
    assert ours.is_quiet()


def resident_bytes() -> int:
    """Return the memory of this process that is really there [bytes]."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
@pytest.mark.parametrize("form", ["head", "array"])
def test_channel_announced_size_costs_no_memory(raw_and_channel, form) -> None:
    """A peer that announces 400 MB and sends 1 KB has made the reader use about that."""
    raw, channel = raw_and_channel
    if form == "head":
        raw.sendall(HEADER.pack(MAGIC, VERSION, 400_000_000, 0) + bytes(1000))
    else:
        head = b"\x0f\x0b\x01" + struct.pack("<Q", 50_000_000)
        raw.sendall(HEADER.pack(MAGIC, VERSION, len(head), 400_000_000) + head + bytes(1000))
    before = resident_bytes()
    with pytest.raises(TimeoutError):
        channel.recv(deadline=soon())
    assert resident_bytes() - before < 16_000_000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x80\x04\x95pickle, or so it says", "bad frame: it does not begin with the wire's mark"),
        (b'{"outcome": "passed"}', "bad frame: it does not begin with the wire's mark"),
        (b"\x00" * 16, "bad frame: it does not begin with the wire's mark"),
        (b"\xff" * 16, "bad frame: it does not begin with the wire's mark"),
        (HEADER.pack(MAGIC, 9, 0, 0), "bad frame: version 9, expected 1"),
        (
            HEADER.pack(MAGIC, VERSION, 1, 2**64 - 1),
            f"bad frame: {2**64 + 16} bytes announced, at most 536870912 may cross",
        ),
        (
            HEADER.pack(MAGIC, VERSION, 2**32 - 1, 0),
            f"bad frame: {2**32 + 15} bytes announced, at most 536870912 may cross",
        ),
        (HEADER.pack(MAGIC, VERSION, 0, 0), "bad frame: it ends in the middle of a value"),
        (HEADER.pack(MAGIC, VERSION, 1, 0) + b"\x3e", "bad frame: unknown tag 0x3e"),
        (HEADER.pack(MAGIC, VERSION, 1, 8) + b"\x00", "bad frame: 8 bytes that belong to no array"),
    ],
)
def test_channel_forged_frame_is_refused_at_once(raw_and_channel, data, message) -> None:
    """What is no frame is refused as soon as that is known, without waiting for the rest; then the channel is closed to use."""
    raw, channel = raw_and_channel
    raw.sendall(data)
    with pytest.raises(WireError) as caught:
        channel.recv(deadline=soon(60))
    assert str(caught.value) == message
    with pytest.raises(WireError) as caught:
        channel.recv()
    assert str(caught.value) == CUT_RECEIVING


def test_channel_keeps_its_own_budget() -> None:
    """Both directions: what a frame may hold is this end's decision."""
    ours, theirs = socket.socketpair()
    small, large = Channel(ours, budget=Budget(items=2)), Channel(theirs)
    with pytest.raises(WireError) as caught:
        small.send([1, 2, 3])
    assert str(caught.value) == "more than 2 elements cannot cross in one message: use an array"
    large.send([1, 2, 3])
    with pytest.raises(WireError) as caught:
        small.recv()
    assert str(caught.value) == "bad frame: more than 2 elements"
    small.close()
    large.close()


SAMPLE = b"".join(encode(VALUE)[:1])


@settings(deadline=None, max_examples=150)
@given(
    data=st.binary(max_size=200)
    | st.builds(
        lambda at, octets: SAMPLE[:at] + octets + SAMPLE[at + len(octets) :], st.integers(0, 300), st.binary(max_size=4)
    )
)
def test_channel_garbage_gives_nothing_but_its_own_errors(data) -> None:
    """Random and nearly right bytes through a real socket: a value, WireError, EOFError or TimeoutError."""
    raw, theirs = socket.socketpair()
    channel = Channel(theirs)
    garbage = at_once(lambda: (raw.sendall(data), raw.shutdown(socket.SHUT_WR)))
    with garbage, contextlib.suppress(WireError, EOFError, TimeoutError):
        channel.recv(deadline=soon(60), readonly=True)
    raw.close()
    channel.close()


def test_channel_serves_another_process() -> None:
    """Two processes, 200 calls and an array of 8 MB: nothing is lost between them."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            ours.close()
            channel = Channel(theirs)
            while True:
                channel.send({"ok": channel.recv()})
        except EOFError:
            status = 0
        finally:
            os._exit(status)
    theirs.close()
    channel = Channel(ours)
    for value in [*range(200), np.arange(1_000_000)]:
        channel.send(value, deadline=soon(60))
        assert np.array_equal(channel.recv(deadline=soon(60))["ok"], value)
    channel.close()
    assert os.waitpid(pid, 0)[1] == 0
