"""A peer that does not keep to the protocol: raw sockets in place of a candidate."""

from __future__ import annotations

import random
import struct
import time

import pytest

from autograder.records.outcome import Limits, Outcome
from autograder.remote import Bounds, CandidateEnd
from autograder.wire import Channel, Ref, encode

LOADED = {"names": {"f": "callable"}, "defined_in": {"f": "layers.py"}, "failed": {}, "cells": []}


def loaded(sock):
    """Answer the load request as a candidate does; its channel."""
    channel = Channel(sock)
    request = channel.recv(resolve=lambda ref: ref)
    channel.send({"ok": LOADED, "released": [], "n": request["n"]})
    return channel


def answering(*messages, echo=True):
    """A peer that answers the first call with these messages, and is then silent."""

    def behave(sock):
        channel = loaded(sock)
        request = channel.recv(resolve=lambda ref: ref)
        for message in messages:
            is_answer = echo and isinstance(message, dict) and ("ok" in message or "error" in message)
            channel.send({**message, "n": request["n"]} if is_answer else message)
        while True:
            channel.recv(resolve=lambda ref: ref)

    return behave


@pytest.mark.parametrize(
    "message",
    [
        5,
        "ok",
        [],
        {},
        {"ok": 1, "error": {}},
        {"error": 3},
        {"error": "x"},
        {"op": "callback"},
        {"op": "callback", "id": 1, "method": None, "args": [], "kwargs": {}},
        {"op": "callback", "id": "1", "method": None, "args": [], "kwargs": {}},
        {"op": "callback", "id": True, "method": None, "args": [], "kwargs": {}},
        {"op": "call", "id": 1, "method": None, "args": [], "kwargs": {}},
        {1: 2, "ok": 3},
        {"ok": Ref("loan", 1)},
        {"ok": Ref("callback", 5)},
        {"ok": Ref("nonsense", 5)},
        {"ok": Ref("generator", 0, "PCG64", {})},
    ],
)
def test_peer_that_sends_what_is_no_answer_is_a_crash(open_peer, caught_end, message):
    """Anything but an answer, or a call of a function that it holds, ends the candidate."""
    submission = open_peer(answering(message))
    end = caught_end(submission.f)
    assert (end.outcome, end.kind) == (Outcome.CRASHED, "protocol")
    assert end.message.startswith("the submission sent ")
    assert submission._session.link.is_ended
    assert caught_end(submission.f).message == end.message


def test_peer_that_answers_before_it_is_asked_is_a_crash(open_peer, caught_end):
    """A reply prepared in advance answers no question."""

    def behave(sock):
        channel = loaded(sock)
        channel.send({"ok": "forged", "released": []})
        channel.recv()
        channel.recv()

    end = caught_end(lambda: open_peer(behave).f())
    assert end.kind == "protocol"
    assert end.message in (
        "the submission spoke before it was asked (during `f`)",
        "the submission sent an answer to no question (during `f`)",
    )


def test_peer_that_answers_twice_is_a_crash_at_the_next_question(open_peer, caught_end):
    """Stray answers do not shift the conversation by one."""
    submission = open_peer(answering({"ok": 1}, {"ok": 2}))
    assert submission.f() == 1
    assert caught_end(submission.f).kind == "protocol"


@pytest.mark.parametrize(
    "garbage",
    [
        b"ok",
        b"\0" * 64,
        b'{"status": "passed", "score": 100}\n' * 10,
        struct.pack("<Q", 2**63 - 1) + b"x" * 100,
        struct.pack(">I", 2**32 - 1) * 20,
        b"".join(bytes(part) for part in encode({"ok": 1}))[:-1] + b"\xff" * 50,
    ],
)
def test_peer_that_sends_garbage_is_a_crash(open_peer, caught_end, garbage):
    """Forged frames in any encoding and of any announced length."""

    def behave(sock):
        channel = loaded(sock)
        channel.recv()
        sock.setblocking(True)
        sock.sendall(garbage)
        sock.close()

    end = caught_end(open_peer(behave).f)
    assert end.outcome is Outcome.CRASHED


def test_peer_that_is_silent_is_ended_at_the_wall_limit(open_peer, caught_end):
    """The link is told which limit it was."""
    submission = open_peer(answering(), limits=Limits(cpu_s=-1.6))
    assert caught_end(submission.f).outcome is Outcome.TIMEOUT
    assert submission._session.link.limits == ["wall"]


def test_peer_that_sends_a_byte_now_and_then_is_ended_at_the_wall_limit(open_peer, caught_end):
    """A reply that trickles is no reply."""

    def behave(sock):
        channel = loaded(sock)
        channel.recv()
        frame = b"".join(bytes(part) for part in encode({"ok": "x" * 1000}))
        for i in range(len(frame)):
            sock.send(frame[i : i + 1])
            time.sleep(0.05)

    assert caught_end(open_peer(behave, limits=Limits(cpu_s=-1.6)).f).outcome is Outcome.TIMEOUT


@pytest.mark.parametrize(
    ("bounds", "messages", "words"),
    [
        (Bounds(received_bytes=10_000), [{"ok": b"x" * 20_000}], "sent more than 0 MiB"),
        (Bounds(handles=3), [{"ok": [Ref("handle", i, "X") for i in range(5)]}], "cannot be read"),
        (
            Bounds(messages=2),
            [{"op": "callback", "id": 1, "method": None, "args": [], "kwargs": {}}] * 3,
            "more than 2 messages",
        ),
        (
            Bounds(callbacks=2),
            [{"op": "callback", "id": 1, "method": None, "args": [], "kwargs": {}}] * 3,
            "more than 2 times",
        ),
        (
            Bounds(answered_bytes=100),
            [{"op": "callback", "id": 1, "method": None, "args": [], "kwargs": {}}] * 3,
            "answer more than 0 MiB",
        ),
    ],
)
def test_peer_beyond_a_bound_is_a_crash_that_names_it(open_peer, caught_end, bounds, messages, words):
    """Bytes, handles, messages, callbacks and the bytes of their answers."""
    submission = open_peer(answering(*messages), bounds=bounds)
    end = caught_end(lambda: submission.f(lambda: b"x" * 100))
    assert (end.outcome, end.kind) == (Outcome.CRASHED, "protocol")
    assert words in end.message


@pytest.mark.parametrize(
    "reply",
    [
        None,
        5,
        {"names": 5, "failed": [1], "losses": {}, "lost": [], "notes": 7},
        {
            "names": {"f": "callable", "g": 7, 5: "value"},
            "failed": {"a": 1, "b": {}},
            "losses": [1, {}, {"root": 9, "names": [3], "error": 4, "kept": [5]}],
            "lost": {"f": 7, "g": -1, "h": 0, 5: 1},
            "more_losses": -4,
            "notes": [1, "n" * 10_000],
        },
    ],
)
def test_peer_whose_loading_is_malformed_has_what_can_be_read_of_it(open_peer, reply):
    """Nothing in the examiner trips over a forged report."""

    def behave(sock):
        channel = Channel(sock)
        channel.send({"ok": reply, "n": channel.recv(resolve=lambda ref: ref)["n"]})
        channel.recv()

    loading = open_peer(behave).loading
    assert set(loading.names) <= {"f"}
    assert len(loading.losses) in (0, 2)
    assert all(loss.root is None and loss.describe() for loss in loading.losses)
    assert set(loading.lost) <= {"h"}
    assert sum(map(len, loading.notes)) < 1_000


def test_peer_whose_testimony_is_malformed_has_none(open_peer):
    """What it says it saw is data of a certain form, or nothing."""
    forged = {"arguments": [1, 2], "work": [-5, "x"], "warnings": [1, "w" * 10_000], "extra": 3}
    observed = open_peer(answering({"ok": 1, "testimony": forged})).f.under(
        arguments=True, count_work=True, warnings=True
    )
    assert observed() == 1
    assert (observed.testimony.arguments, observed.testimony.work) == (None, None)
    assert [len(text) for text in observed.testimony.warnings] == [500]


def test_peer_that_sends_random_and_nearly_right_frames_never_harms_the_examiner(open_peer):
    """Whatever comes, it is an answer, an exception of a submission or an end; the next one is served."""
    rng = random.Random(0)
    for _ in range(150):
        submission = open_peer(_fuzzed(rng.randrange(2**32)), limits=Limits(cpu_s=-1.5))
        for _ in range(4):
            try:
                submission.f(lambda x: x)
            except CandidateEnd:
                break
            except Exception as error:  # noqa: BLE001  # any of the table
                assert hasattr(error, "remote")  # noqa: PT017
        submission.close()


def _fuzzed(seed):
    """A peer that answers with frames that were right once."""
    rng = random.Random(seed)
    words = [
        "ok",
        "error",
        "op",
        "callback",
        "id",
        "args",
        "kwargs",
        "method",
        "released",
        "n",
        "testimony",
        "text",
        "type",
    ]

    def value(depth):
        kind = rng.randrange(9 if depth else 7)
        if kind == 7:
            return {rng.choice(words): value(depth - 1) for _ in range(rng.randrange(5))}
        if kind == 8:
            return [value(depth - 1) for _ in range(rng.randrange(4))]
        kinds = [
            None,
            rng.choice(words),
            1,
            rng.randrange(5),
            [],
            {},
            Ref(rng.choice(["handle", "loan", "callback", "stub"]), rng.randrange(4), "X"),
        ]
        return kinds[kind]

    def behave(sock):
        channel = loaded(sock)
        while True:
            request = channel.recv(resolve=lambda ref: ref)
            frame = bytearray(
                b"".join(
                    bytes(part)
                    for part in encode(
                        {"n": request.get("n"), rng.choice(words[:3]): value(3), rng.choice(words): value(2)}
                    )
                )
            )
            if rng.random() < 0.3:
                frame[rng.randrange(len(frame))] = rng.randrange(256)
            sock.send(frame)

    return behave
