"""How fast the wire is, between two processes.

Prints medians: GB/s one way for float64 arrays of 8, 16 and 64 MB, and microseconds for a small call and its answer.
The time of an array runs from `send` in one process to the value in the other: encoding, transfer, checks, decoding.

    python benchmarks/wire.py [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import results

from autograder.wire import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES_MB = (8, 16, 64)
ARRAY_REPEATS = 25
CALL_REPEATS = 5000
WARM_UP = 200


@contextmanager
def open_peer(serve: Callable[[Channel], None]) -> Iterator[Channel]:
    """Run `serve` in a child process and yield the channel to it."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        try:
            serve(Channel(theirs))
        except EOFError:
            pass
        finally:
            os._exit(0)
    theirs.close()
    channel = Channel(ours)
    try:
        yield channel
    finally:
        channel.close()
        os.waitpid(pid, 0)


def send_arrays(channel: Channel) -> None:
    """Answer a number of megabytes with when it began to send [s], and an array of that size."""
    while True:
        n_mb = channel.recv()
        array = np.arange(n_mb * 125_000, dtype=np.float64)
        channel.send({"ok": array, "began_s": time.monotonic()})


def answer_calls(channel: Channel) -> None:
    """Answer a call with the sum of its arguments."""
    while True:
        call = channel.recv()
        channel.send({"ok": call["args"][0] + call["args"][1], "testimony": {}, "released": []})


def measure_array_gb_per_s(n_mb: int) -> float:
    """Return the median speed of an array of so many megabytes (1e6 bytes), one way [GB/s]."""
    speeds = []
    with open_peer(send_arrays) as channel:
        for _ in range(ARRAY_REPEATS):
            channel.send(n_mb)
            answer = channel.recv(readonly=True)
            speeds.append(n_mb / 1000 / (time.monotonic() - answer["began_s"]))
            del answer
    return statistics.median(speeds)


def measure_call_us() -> float:
    """Return the median time of a small call and its answer [us]."""
    x, w = np.ones((4, 3)), np.ones((4, 3))
    call = {"op": "call", "target": "add", "method": None, "args": [x, w], "kwargs": {}, "options": {}}
    times_us = []
    with open_peer(answer_calls) as channel:
        for _ in range(WARM_UP + CALL_REPEATS):
            start_s = time.perf_counter()
            channel.send(call)
            channel.recv(readonly=True)
            times_us.append(1e6 * (time.perf_counter() - start_s))
    return statistics.median(times_us[WARM_UP:])


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args(arguments)
    load = results.describe_load()
    speeds = {str(n_mb): round(measure_array_gb_per_s(n_mb), 2) for n_mb in SIZES_MB}
    call_us = round(measure_call_us(), 1)
    if options.json:
        print(json.dumps({"array_gb_per_s": speeds, "call_us": call_us}))
        return 0
    rows = [[f"array of {n_mb} MB, one way", f"{speed} GB/s", "at least 3 GB/s"] for n_mb, speed in speeds.items()]
    rows.append(["small call and answer", f"{call_us} us", "at most 80 us"])
    text = results.table(["what", "median", "target"], rows)
    print(text)
    if options.write:
        results.write_section("wire", f"## The wire\n\n{text}\n\n{results.describe_machine()}; {load}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
