"""Programs run in a candidate, as a station runs them.

Everything that comes of a program is collected.
"""

from __future__ import annotations

import json
import os
import select
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograder.records.outcome import Limits
from autograder.sandbox.seam import Ending

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.sandbox.seam import Candidate, Sandbox


ENTRY = "probe:serve"
ENTRY_FOLDER = Path(__file__).parent / "entry"
DATA = Path(__file__).parent / "data" / "numbers.txt"
FAST = Limits(cpu_s=5, load_s=5, memory_mib=256, pids=48, disk_mib=8, inodes=200)
_KEPT_BYTES = 1 << 16
_READ_BYTES = 1 << 16
_WATCH_S = 0.05
_SILENCE_S = 5.0


@dataclass
class Run:
    """The results of a program.

    Attributes
    ----------
    reports
        What it reported.
    stdout, stderr
        The first 64 KiB of its output.
    flood_bytes
        How much it wrote to both.
    is_silent
        Nothing holds its channel or its output any more, once it has been ended.
    ending
        How the candidate ended.
    """

    reports: list[Any]
    stdout: str
    stderr: str
    flood_bytes: int
    is_silent: bool
    ending: Ending


class CandidatePipes:
    """The station's ends of a channel and two pipes.

    They are drained all the time.

    Attributes
    ----------
    channel
        The station's end of the channel.
    names
        Which descriptor is which.
    kept
        The beginning of what came, by name.
    counts
        How many bytes came, by name.
    open
        Descriptors whose other end a process still holds.
    """

    def __init__(self) -> None:
        self.channel, self._theirs = socket.socketpair()
        self._pipes = {name: os.pipe() for name in ("stdout", "stderr")}
        self.names = {self.channel.fileno(): "channel"} | {
            pipe[0]: name for name, pipe in self._pipes.items()
        }
        self.kept = dict.fromkeys(self.names.values(), b"")
        self.counts = dict.fromkeys(self.names.values(), 0)
        self.open = set(self.names)

    def fork(
        self, sandbox: Sandbox, program: str, *, limits: Limits = FAST, frameworks: bool = False
    ) -> Candidate:
        """Make a candidate at the other ends, and send it its program."""
        candidate = self._give(sandbox.fork, limits=limits, frameworks=frameworks)
        self.send(program)
        return candidate

    def prepare(self, sandbox: Sandbox, *, limits: Limits = FAST) -> Candidate:
        """Begin to make a candidate at the other ends.

        It must be handed over before it is sent a program.
        """
        return self._give(sandbox.prepare, limits=limits, frameworks=False)

    def send(self, program: str) -> None:
        """Send the candidate its program."""
        with suppress(OSError):  # it may be dead already
            self.channel.sendall(program.encode() + b"\0")

    def drain(
        self, until_closed: set[int], timeout_s: float, watch: Callable[[], None] = lambda: None
    ) -> None:
        """Read until all of ``until_closed`` end, or time is over."""
        deadline = time.monotonic() + timeout_s
        while self.open & until_closed and time.monotonic() < deadline:
            for fd in select.select(self.open, [], [], _WATCH_S)[0]:
                self._take(fd)
            watch()

    def close(self) -> None:
        """Close the station's ends, and the candidate's if there was none."""
        self._close_theirs()
        for fd in self.names:
            os.close(fd)
        self.channel.detach()

    def _give(
        self, make: Callable[..., Candidate], *, limits: Limits, frameworks: bool
    ) -> Candidate:
        out, err = (pipe[1] for pipe in self._pipes.values())
        try:
            return make(
                frameworks=frameworks,
                limits=limits,
                channel=self._theirs.fileno(),
                stdout=out,
                stderr=err,
            )
        finally:
            self._close_theirs()

    def _close_theirs(self) -> None:
        self._theirs.close()
        while self._pipes:
            os.close(self._pipes.popitem()[1][1])

    def _take(self, fd: int) -> None:
        try:
            data = os.read(fd, _READ_BYTES)
        except ConnectionResetError:
            data = b""
        name = self.names[fd]
        self.counts[name] += len(data)
        self.kept[name] += data[: max(0, _KEPT_BYTES - len(self.kept[name]))]
        if not data:
            self.open.discard(fd)


def run_program(
    sandbox: Sandbox,
    program: str,
    *,
    limits: Limits = FAST,
    frameworks: bool = False,
    timeout_s: float = 20.0,
) -> Run:
    """Run ``program`` in a fresh candidate, then end it.

    The program runs until it hangs up or the time is over.
    """
    post = CandidatePipes()
    try:
        candidate = post.fork(sandbox, program, limits=limits, frameworks=frameworks)
        post.drain({post.channel.fileno()}, timeout_s, sandbox.watch)
        ending = candidate.end()
        post.drain(set(post.names), _SILENCE_S)
    finally:
        post.close()
    return Run(
        reports=[json.loads(line) for line in post.kept["channel"].splitlines()],
        stdout=post.kept["stdout"].decode(errors="replace"),
        stderr=post.kept["stderr"].decode(errors="replace"),
        flood_bytes=post.counts["stdout"] + post.counts["stderr"],
        is_silent=not post.open,
        ending=ending,
    )


_FILES = "its folders are limited in bytes, not in their number of files"
# Of a sandbox that makes one candidate at a time: gVisor.
SERIAL = MappingProxyType(
    {
        "disk_each_folder_is_limited_in_files[/submission]": _FILES,
        "disk_each_folder_is_limited_in_files[/tmp]": _FILES,
        "disk_each_folder_is_limited_in_files[/dev/shm]": _FILES,
        "privileges_a_better_place_in_the_queue_cannot_be_taken": "it takes note of a better "
        "place, and gives none",
        "clocks_of_the_process_are_as_fine_as_outside": "its CPU clocks tick every 10 ms",
    }
)
