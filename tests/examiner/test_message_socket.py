"""Messages with descriptors between station and examiner."""

import os
import socket
import struct
import time

import pytest

from autograder.examiner.message_socket import (
    MAX_MESSAGE_BYTES,
    MessageSocket,
    MessageSocketError,
    post_pair,
)


@pytest.fixture
def raw():
    """A bare socket and the post that it talks to."""
    left, right = socket.socketpair()
    with left, right:
        yield left, MessageSocket(right)


@pytest.fixture
def posts():
    ours, theirs = post_pair()
    other = MessageSocket(theirs)
    yield ours, other
    ours.close()
    other.close()


def test_post_round_trip_keeps_the_message(posts):
    """JSON data arrive as they were sent, surrogates and NaN-free floats included."""
    ours, other = posts
    message = {"op": "record", "text": "é \ud800 \x00", "numbers": [1, -0.5, 1e300], "none": None}
    ours.send(message)
    assert other.recv() == (message, ())


def test_post_descriptors_arrive_with_their_message(posts):
    """A pipe's end that was sent along can be written to."""
    ours, other = posts
    read, write = os.pipe()
    ours.send({"op": "spawn"}, (write,))
    os.close(write)
    message, (copy,) = other.recv()
    os.write(copy, b"hello")
    os.close(copy)
    assert (message, os.read(read, 100)) == ({"op": "spawn"}, b"hello")
    os.close(read)


def test_post_several_messages_stay_apart(posts):
    """Messages that wait together come out one by one, each with its own descriptors."""
    ours, other = posts
    read, write = os.pipe()
    ours.send({"n": 1})
    ours.send({"n": 2}, (write,))
    ours.send({"n": 3})
    received = [other.recv() for _ in range(3)]
    assert [(message["n"], len(fds)) for message, fds in received] == [(1, 0), (2, 1), (3, 0)]
    for fd in (read, write, *received[1][1]):
        os.close(fd)


def test_post_deadline_without_a_message_is_a_timeout(posts):
    """Waiting ends at the deadline."""
    _, other = posts
    with pytest.raises(TimeoutError):
        other.recv(time.monotonic() + 0.01)


def test_post_closed_end_is_the_end_of_file(posts):
    """The other end's death is an EOFError, in both directions."""
    ours, other = posts
    ours.close()
    with pytest.raises(EOFError):
        other.recv()
    with pytest.raises(EOFError):
        for _ in range(10):
            other.send({"op": "done"})


def test_post_giant_announcement_is_refused_before_any_allocation(raw):
    """A length beyond the bound is an error, whatever follows."""
    left, post = raw
    left.sendall(struct.pack("<I", MAX_MESSAGE_BYTES + 1))
    with pytest.raises(MessageSocketError, match=f"announced a message of {MAX_MESSAGE_BYTES + 1} bytes"):
        post.recv()


def test_post_bytes_that_are_no_json_are_refused(raw):
    """Garbage of an announced length is an error."""
    left, post = raw
    left.sendall(struct.pack("<I", 3) + b"{x}")
    with pytest.raises(MessageSocketError, match="the other end sent no JSON"):
        post.recv()


def test_post_end_in_the_middle_of_a_message_is_told(raw):
    """Half a message is an end of file, not a message."""
    left, post = raw
    left.sendall(struct.pack("<I", 30) + b'{"op"')
    left.close()
    with pytest.raises(EOFError, match="in the middle of a message"):
        post.recv()
