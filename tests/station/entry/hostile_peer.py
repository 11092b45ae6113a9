"""A candidate that attacks the examiner at the other end of its channel: a new way each time, by a seed that it prints."""

import os
import random
import signal
import socket
import sys
import time

import numpy as np

from autograder.inside.candidate.candidate import CandidateServer
from autograder.wire import Channel, Ref, encode
from autograder.wire.layout import HEADER, MAGIC, VERSION

DRIP_S = 0.8
LIFE_S = 1.5  # so that there is time for many


def serve(channel_fd):
    """Be the candidate."""
    seed = int.from_bytes(os.urandom(8), "little")
    dice = random.Random(seed)
    name = dice.choice(sorted(BEHAVIOURS))
    signal.setitimer(signal.ITIMER_REAL, LIFE_S)
    sock = socket.socket(fileno=channel_fd)
    try:
        say(name, seed)
        if name not in OF_THEIR_OWN and dice.random() < 0.85:
            load(sock)
            time.sleep(0.02)  # what is printed until the examiner has taken the answer counts as loading
            say(name, seed)
        BEHAVIOURS[name](sock, dice)
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return


def say(name, seed):
    """Tell the test what this is: once for the loading, once for the criterion."""
    print(f"{name} {seed}", flush=True)  # noqa: T201


def load(sock):
    """Answer the first question as it should be."""
    channel = Channel(sock)
    request = channel.recv(resolve=lambda ref: ref)
    names = {**dict.fromkeys(("f", "make", "call", "pair", "helper", "use", "one"), "callable"), "Node": "class"}
    loading = {"names": names, "defined_in": dict.fromkeys(names, "submission.py"), "failed": {}, "cells": []}
    channel.send({"ok": loading, "n": request["n"], "released": []})


# values ----------------------------------------------------------------------------------------------------------


def some_value(dice, depth=0):
    """A value of any kind, often one that is not due."""
    kinds = (
        lambda: None,
        lambda: dice.choice([True, False, 0, -1, 1.5, float("nan"), float("inf"), 2**63, -(2**200), 1j]),
        lambda: dice.randbytes(dice.randrange(50)),
        lambda: "".join(
            map(chr, (dice.choice([0, 10, 65, 0xD800, 0x202E, 0x1F600]) for _ in range(dice.randrange(20))))
        ),
        lambda: np.zeros(
            dice.choice([(0,), (), (3,), (2, 3), (1,) * 20, (100_000,)]), dice.choice(["f4", "f8", "i8", "?", "c16"])
        ),
        lambda: np.full(dice.randrange(5), np.nan),
        lambda: some_ref(dice),
        lambda: range(dice.choice([0, 3, 10**12])),
        lambda: slice(None, dice.randrange(9)),
        lambda: [some_value(dice, depth + 1) for _ in range(dice.randrange(4))] if depth < 5 else [],
        lambda: tuple(some_value(dice, depth + 1) for _ in range(dice.randrange(4))) if depth < 5 else (),
        lambda: {str(key): some_value(dice, depth + 1) for key in range(dice.randrange(4))} if depth < 5 else {},
        lambda: [0] * dice.choice([1, 1000, 300_000]),
    )
    return dice.choice(kinds)()


def some_ref(dice):
    """A reference of any kind, to anything."""
    kind = dice.choice(
        ["handle", "handle", "handle", "loan", "callback", "stub", "generator", "attribute", "model", "", "x" * 100]
    )
    info = dice.choice([None, {"name": "f", "class": True}, {"why": "x" * 300}, [1], "x"])
    return Ref(
        kind,
        dice.choice([0, 1, 2, -1, 2**40, dice.randrange(100)]),
        dice.choice(["A", "", "ndarray", "a" * 200, "\n\x1b[31m"]),
        info,
    )


def some_reply(dice, number):
    """An answer, nearly right."""
    loading = {
        "names": dice.choice([{"f": "callable", "make": "class", "one": "callable"}, some_value(dice), {"f": "value"}]),
        "defined_in": some_value(dice),
        "failed": dice.choice(
            [{}, {"submission.py": {"type": "X" * 5000}}, {f"file{i}": {} for i in range(5000)}, some_value(dice)]
        ),
        "cells": dice.choice(
            [[], some_value(dice), [{"file": "submission.py", "cell": i, "error": {}} for i in range(20_000)]]
        ),
    }
    error = {
        "type": dice.choice(
            [
                "ValueError",
                "AssertionError",
                "SystemExit",
                "MemoryError",
                "Skipped",
                "CheckFailed",
                "KeyError",
                "x" * 9999,
            ]
        ),
        "bases": some_value(dice),
        "text": dice.choice(["x", "x" * 900_000, some_value(dice)]),
        "frames": dice.choice(
            [[], some_value(dice), [{"file": "a", "line": 1, "function": "f", "source": "x" * 9000}] * 9000]
        ),
        "notes": some_value(dice),
        "callback": dice.choice([0, 1, 2, "1", None]),
        "forbidden": dice.choice([None, "numpy", 3]),
    }
    reply = dice.choice(
        [
            {"ok": loading},
            {"ok": some_value(dice)},
            {"ok": 1.0},
            {"ok": [some_ref(dice)] * 3, "length": dice.choice([3, 10**9, -1, "x"])},
            {"ok": None, "method": True},
            {"ok": None, "stop": dice.choice([False, True, 3])},
            {"error": error},
            {"error": some_value(dice)},
            {
                "op": "callback",
                "id": dice.choice([0, 1, 2, 3, "1"]),
                "method": dice.choice([None, "step", "__class__", 3]),
                "args": [],
                "kwargs": {},
            },
            {"op": "callback", "id": 1, "method": None, "args": [some_value(dice)], "kwargs": {"x": some_value(dice)}},
            {"op": dice.choice(["load", "end", 3, None])},
            {"ok": 1, "error": {}},
            {},
            some_value(dice),
        ]
    )
    if isinstance(reply, dict):
        reply["n"] = number if dice.random() < 0.9 else dice.choice([0, -1, number + 1, "1", None])
        reply["released"] = dice.choice([[], [1, 2, 3], list(range(10_000)), "x", [[]], None])
        reply["testimony"] = some_value(dice)
    return reply


# behaviours ------------------------------------------------------------------------------------------------------


def random_bytes(sock, dice):
    """Bytes of no meaning."""
    for _ in range(dice.randrange(1, 20)):
        sock.sendall(dice.randbytes(dice.randrange(1, 5000)))
    sock.recv(1 << 16)


def random_frames(sock, dice):
    """Whole frames of odd contents, whatever is asked."""
    channel = Channel(sock)
    for _ in range(2000):
        asked = channel.recv(resolve=lambda ref: ref)
        channel.send(some_reply(dice, asked.get("n", 0)), export=lambda _: None)


def mutated_frames(sock, dice):
    """Right answers with a few bits changed on the way."""

    class Mutating(socket.socket):
        def sendmsg(self, buffers, *more):
            whole = bytearray(b"".join(bytes(part) for part in buffers))
            for _ in range(dice.choice([0, 1, 1, 2, 5])):
                place = dice.randrange(len(whole))
                whole[place] = dice.choice([whole[place] ^ (1 << dice.randrange(8)), 0, 255, dice.randrange(256)])
            if dice.random() < 0.1:
                del whole[dice.randrange(len(whole)) :]
            self.sendall(whole)
            return sum(len(bytes(part)) for part in buffers)

    CandidateServer(Channel(Mutating(fileno=sock.detach())), folder=__import__("pathlib").Path.cwd()).serve()


def spliced_frames(sock, dice):
    """Parts of several frames, one behind the other."""
    channel = Channel(sock)
    for _ in range(200):
        number = channel.recv(resolve=lambda ref: ref).get("n", 0)
        whole = b"".join(
            b"".join(bytes(part) for part in encode(some_reply(dice, number), export=lambda _: None)) for _ in range(3)
        )
        first = dice.randrange(len(whole))
        sock.sendall(whole[first : first + dice.randrange(len(whole))] if dice.random() < 0.7 else whole)


def giant_announcement(sock, dice):
    """A header that promises more than there is."""
    sizes = [0, 1, 15, 2**20, 2**31, 2**32 - 1, 2**40, 2**63, 2**64 - 1]
    sock.sendall(
        HEADER.pack(
            dice.choice([MAGIC, b"XXX"]), dice.choice([VERSION, 0, 255]), dice.choice(sizes) % 2**32, dice.choice(sizes)
        )
    )
    sock.sendall(dice.randbytes(1000))
    time.sleep(0.05)


def endless_drip(sock, dice):
    """A frame that never ends, byte by byte."""
    sock.sendall(HEADER.pack(MAGIC, VERSION, 1000, dice.choice([0, 2**20])))
    end = time.monotonic() + DRIP_S
    while time.monotonic() < end:
        sock.sendall(b"\x00")
        time.sleep(0.005)


def forged_calls(sock, dice):
    """Callbacks without end, of functions that may not be there."""
    channel = Channel(sock)
    channel.recv(resolve=lambda ref: ref)
    for number in range(3000):
        args = [some_value(dice)] if dice.random() < 0.5 else [1.0]
        channel.send(
            {
                "op": "callback",
                "id": dice.choice([1, 1, 1, 2, number]),
                "method": None,
                "args": args,
                "kwargs": {},
                "released": [],
            }
        )
        channel.recv(resolve=lambda ref: ref)


def early_speaker(sock, dice):
    """Answers before it is asked, for all that may come."""
    channel = Channel(sock)
    for number in range(1, dice.randrange(2, 50)):
        channel.send({"ok": some_value(dice), "n": number, "released": []})
    sock.recv(1 << 16)


def sudden_death(sock, dice):
    """Loads and answers as it should, and ends at some moment."""
    left = dice.randrange(200)

    class Dying(socket.socket):
        def sendmsg(self, buffers, *more):
            nonlocal left
            left -= 1
            if left < 0:
                dice.choice(
                    [
                        lambda: os._exit(0),
                        lambda: os.kill(os.getpid(), 9),
                        lambda: self.shutdown(socket.SHUT_RDWR),
                        os.abort,
                    ]
                )()
            return super().sendmsg(buffers, *more)

    CandidateServer(Channel(Dying(fileno=sock.detach())), folder=__import__("pathlib").Path.cwd()).serve()


def flood(sock, dice):
    """Prints without end while it answers."""
    print("x" * dice.randrange(1, 3_000_000), file=dice.choice([sys.stdout, sys.stderr]), flush=True)
    random_frames(sock, dice)


def big_values(sock, dice):
    """Answers as large as may be."""
    channel = Channel(sock)
    for _ in range(20):
        number = channel.recv(resolve=lambda ref: ref).get("n", 0)
        value = dice.choice(
            [
                np.zeros(8_000_000),
                [0.0] * 1_900_000,
                ["x" * 1000] * 20_000,
                [[]] * 500_000,
                {i: i for i in range(10_000)},
            ]
        )
        channel.send({"ok": value, "n": number, "released": [], "length": 1, "method": dice.choice([None, True])})


OF_THEIR_OWN = ("mutated_frames", "sudden_death")  # these load what they are given
BEHAVIOURS = {
    one.__name__: one
    for one in (
        random_bytes, random_frames, mutated_frames, spliced_frames, giant_announcement, endless_drip, forged_calls,
        early_speaker, sudden_death, flood, big_values,
    )
}  # fmt: skip
