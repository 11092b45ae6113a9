"""Takes the channel over while it is imported, and speaks the protocol itself with the grader's own codec.

It says that it has loaded fine, then answers every question in one and the same way, that of its MODE: with numbers,
objects, exceptions, lengths and references that nobody asked for, or that are not what they seem.
"""

import os
import socket
import struct

import numpy as np

from autograder.wire import Channel, Ref, encode, layout

MODE = "@MODE@"
LOADED = {"names": {"affine_forward": "callable", "softmax": "callable"}, "defined_in": {}, "failed": {}, "cells": []}
ZEROS = np.zeros((2, 2))
LONG = "x" * 1_000_000
PAIR = Ref("handle", 5, "tuple")
connection = socket.socket(fileno=os.dup(3))
channel = Channel(connection)


def say(message):
    channel.send({"released": [], **message})


def write(data):
    connection.setblocking(True)
    connection.sendall(data)
    connection.setblocking(False)


def pair_of(request, chunk, length=2, **value):
    """Pretend that every answer is a pair, and give its parts on demand."""
    if request["op"] == "iterate":
        return {"ok": chunk, "length": length}
    return {"ok": value.get("value", PAIR)} if request["op"] == "value" else {"ok": PAIR}


def error(**record):
    return {"error": {"type": "ValueError", "bases": [], "text": "x", "frames": [], "notes": [], **record}}


ANSWERS = {
    # the frame of an answer
    "number_is_an_array": lambda request: {"ok": ZEROS, "n": np.array([request["n"]] * 2)},
    "number_is_an_object": lambda request: {"ok": ZEROS, "n": Ref("handle", 7, "int")},
    "number_is_a_float": lambda request: {"ok": ZEROS, "n": float(request["n"])},
    "operation_is_an_array": lambda request: {"op": np.array([1, 2]), "id": 1, "args": [], "kwargs": {}},
    "operation_is_an_object": lambda request: {"op": Ref("handle", 7, "str"), "id": 1, "args": [], "kwargs": {}},
    "answer_and_error": lambda request: {"ok": ZEROS, "error": {}},
    "neither": lambda request: {},
    "keys_are_numbers": lambda request: {"ok": ZEROS, 5: 6},
    "callback_it_was_never_given": lambda request: {"op": "callback", "id": 1, "method": None, "args": [], "kwargs": {}},
    "released_is_huge": lambda request: {"ok": ZEROS, "released": list(range(500_000))},
    "released_is_odd": lambda request: {"ok": ZEROS, "released": [None, "x", 10**1000, Ref("handle", 1), ZEROS, -1]},
    # references
    "loan_it_was_never_given": lambda request: {"ok": Ref("loan", 1)},
    "function_it_was_never_given": lambda request: {"ok": Ref("callback", 1)},
    "generator": lambda request: {"ok": Ref("generator", 0, "PCG64", {"bit_generator": "PCG64", "is_legacy": False, "state": {}})},
    "attribute": lambda request: {"ok": Ref("attribute", 0, "", [None, "__class__"])},
    "kind_that_is_none": lambda request: {"ok": Ref("k" * 255, -(2**63), "x" * 9999, [1])},
    "objects_beyond_number": lambda request: {"ok": [Ref("handle", number) for number in range(210_000)]},
    # pairs that are none
    "pair_of_plain_values": lambda request: pair_of(request, [ZEROS, None]),
    "pair_of_itself": lambda request: pair_of(request, [PAIR, PAIR]),
    "pair_without_end": lambda request: pair_of(request, [Ref("handle", request["n"], "x")], length=2**62),
    "pair_of_nothing": lambda request: pair_of(request, []),
    "pair_of_a_table": lambda request: pair_of(request, {"a": 1}),
    "pair_by_steps": lambda request: {"ok": 5, "stop": False} if request["op"] == "next" else pair_of(request, 5, length=None),
    "pair_with_long_names": lambda request: pair_of(
        request, [Ref("handle", 6, "x" * 6000, {"name": [1] * 1000, "why": LONG})] * 2, value=Ref("handle", 6, "q", {"why": LONG})
    ),
    # exceptions
    "error_is_a_list": lambda request: {"error": [1]},
    "error_that_ends_tests": lambda request: error(type="KeyboardInterrupt", bases=["KeyboardInterrupt", "BaseException"]),
    "error_that_skips": lambda request: error(type="Skipped", bases=["Skipped", "OutcomeException"]),
    "error_of_a_check": lambda request: error(type="AssertionError", bases=["AssertionError"]),
    "error_of_the_course": lambda request: error(type="CourseError", bases=["CourseError", "AutograderError"]),
    "error_of_odd_parts": lambda request: error(
        type=5, text=b"x", frames=[{"file": 1, "line": 10**1000}] * 1000, notes=[LONG[:9000]] * 1000, callback=10**1000,
        exit_status=10**1000, forbidden=5, bases=[Ref("handle", 9, "str"), ZEROS],
    ),
    "error_of_great_length": lambda request: error(
        type="T" * 1000, text=LONG, frames=[{"file": LONG[:90_000], "line": 3, "function": "g\n", "source": LONG[:9000]}] * 300
    ),
    "error_with_endless_status": lambda request: error(type="SystemExit", exit_status=10**1000),
    # values
    "testimony_is_odd": lambda request: {"ok": ZEROS, "testimony": {"arguments": [[PAIR, ZEROS, 5], {}], "work": [-1, 10**1000]}},
    "a_million_items": lambda request: {"ok": [None] * 900_000},
    "sixty_lists_in_each_other": lambda request: {"ok": nested(60)},
    "huge_integers": lambda request: {"ok": [2**4000] * 20_000},
    "numbers_that_are_none": lambda request: {"ok": np.full((2, 2), np.nan)},
    "text_without_end": lambda request: {"ok": "\U0001f600\n" * 200_000},
}


def nested(depth):
    value = ["x", *[0] * 100_000]
    for _ in range(depth):
        value = [value]
    return value


def colliding(count):
    """Pairs of integers that all hash alike."""
    first, second, start, whole = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x27D4EB2F165667C5, 1 << 64
    found, number = [], 1
    while len(found) < count:
        number += 1
        mixed = (start + number * second) % whole
        mixed = ((mixed << 31 | mixed >> 33) % whole) * first % whole
        other = (12345 - mixed) * pow(second, -1, whole) % whole
        if other < 2**61 - 1:
            found.append((number, other))
    return found


def collide(request):
    """A table whose keys all hash alike, in bytes that were never hashed here."""
    pack = struct.Struct("<q").pack
    keys = b"".join(b"\x21\x02\x04" + pack(one) + b"\x04" + pack(other) for one, other in colliding(10_000))
    table = bytes((layout.DICT, 255)) + struct.pack("<I", 10_000) + keys + bytes(10_000)
    head = bytes((layout.DICT, 3)) + b"\x82ok\x81n\x88released" + table + b"\x04" + pack(request["n"]) + bytes((layout.LIST, 0))
    head += bytes(4_000_000)
    write(layout.HEADER.pack(layout.MAGIC, layout.VERSION, len(head), 0) + head)


def inflate(request):
    """An array of 100 MiB, out of one block that is sent a hundred times."""
    head = bytearray(encode({"ok": np.zeros(2**20), "released": [], "n": request["n"]})[0])
    place = head.index(struct.pack("<Q", 2**20))
    head[place : place + 8] = struct.pack("<Q", 100 * 2**17)
    _, _, head_bytes, _ = layout.HEADER.unpack_from(head)
    head[:16] = layout.HEADER.pack(layout.MAGIC, layout.VERSION, head_bytes, 100 << 20)
    write(bytes(head))
    for _ in range(100):
        write(bytes(1 << 20))


def urge(request):
    """Bytes out of band before the answer, and descriptors beside it."""
    connection.setblocking(True)
    try:
        connection.send(b"x", socket.MSG_OOB)
    except OSError as refused:
        print("refused", refused.errno)
    data = b"".join(map(bytes, encode({"ok": ZEROS, "released": [], "n": request["n"]})))
    fds = [os.dup(1) for _ in range(50)]
    socket.send_fds(connection, [data[:5]], fds)
    write(data[5:])
    for fd in fds:
        os.close(fd)


def answer_ahead(request):
    """The answers to questions that have not been asked."""
    for number in range(request["n"], request["n"] + 50):
        say({"ok": PAIR, "n": number})


def hang_up(request):
    write(b"AGW\x01")
    connection.shutdown(socket.SHUT_WR)
    os.read(3, 1)
    os._exit(3)


ACTS = {"keys_that_collide": collide, "array_of_one_block": inflate, "out_of_band": urge, "answers_ahead": answer_ahead,
        "hangs_up": hang_up}

say({"ok": LOADED, "n": 1})
while True:
    try:
        asked = channel.recv()
    except EOFError:
        os._exit(0)
    if MODE in ACTS:
        ACTS[MODE](asked)
    else:
        say({"n": asked["n"], **ANSWERS[MODE](asked)})
