"""Run a program in a candidate and collect all that came of it, as a station does.

As a script this is a station of its own: it opens a sandbox of the kind named by its argument, takes requests as
lines of JSON from stdin and answers each by one.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from containers import IMAGE, find_engine

from autograder.outcome import Limits
from autograder.sandbox import ENGINES, Ending, SandboxSettings
from autograder.sandbox.bubblewrap import BubblewrapSandbox
from autograder.sandbox.cgroup import Groups
from autograder.sandbox.container import ContainerSandbox
from autograder.sandbox.gpu import find_devices
from autograder.sandbox.plain import PlainSandbox

ENTRY = {"entry": "probe:serve", "entry_folder": Path(__file__).parent / "entry"}
FAST = Limits(cpu_s=5, load_s=5, memory_mib=256, pids=48, disk_mib=8, inodes=200)
_KEPT_BYTES = 1 << 16
_WATCH_MS = 50


@dataclass
class Run:
    """What came of a program.

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

    reports: list
    stdout: str
    stderr: str
    flood_bytes: int
    is_silent: bool
    ending: Ending


class Post:
    """The station's ends of a channel and of two pipes, drained all the time."""

    def __init__(self):
        self.channel, self.theirs = socket.socketpair()
        self._pipes = {name: os.pipe() for name in ("stdout", "stderr")}
        self.names = {self.channel.fileno(): "channel"} | {pipe[0]: name for name, pipe in self._pipes.items()}
        self.kept = dict.fromkeys(self.names.values(), b"")
        self.counts = dict.fromkeys(self.names.values(), 0)
        self.open = set(self.names)

    def fork(self, sandbox, program, *, limits=FAST, frameworks=False):
        """Make a candidate at the other ends, and send it its program."""
        out, err = (pipe[1] for pipe in self._pipes.values())
        fds = {"channel": self.theirs.fileno(), "stdout": out, "stderr": err}
        try:
            candidate = sandbox.fork(frameworks=frameworks, limits=limits, **fds)
        finally:
            self.theirs.close()
            os.close(out)
            os.close(err)
        with suppress(OSError):
            self.channel.sendall(program.encode() + b"\0")
        return candidate

    def drain(self, until_closed, timeout_s, watch=lambda: None):
        """Take what comes until all of ``until_closed`` have come to their end, or the time is over."""
        deadline = time.monotonic() + timeout_s
        while self.open & until_closed and time.monotonic() < deadline:
            for fd in select.select(self.open, [], [], _WATCH_MS / 1000)[0]:
                self._take(fd)
            watch()

    def close(self):
        """Close the station's ends."""
        for fd in self.names:
            os.close(fd)
        self.channel.detach()

    def _take(self, fd):
        try:
            data = os.read(fd, 1 << 16)
        except ConnectionResetError:
            data = b""
        name = self.names[fd]
        self.counts[name] += len(data)
        self.kept[name] += data[: max(0, _KEPT_BYTES - len(self.kept[name]))]
        if not data:
            self.open.discard(fd)


def open_kind(kind, settings):
    """Open a sandbox of one of the kinds the contract is for, with settings as JSON has them."""
    data = {name: Path(path) for name, path in settings.get("data", {}).items()}
    kind_and_folder = settings.get("gpu")
    device = find_devices(kind_and_folder[0], [Path(kind_and_folder[1])])[0] if kind_and_folder else None
    settings = SandboxSettings(**(ENTRY | settings | {"data": data, "gpu": device}))
    if kind == "plain":
        return PlainSandbox(settings)
    if kind in ENGINES:
        return ContainerSandbox(settings, find_engine(kind), IMAGE)
    return BubblewrapSandbox(settings, groups=Groups([]) if kind == "root-ungrouped" else None)


def run_program(sandbox, program, *, limits=FAST, frameworks=False, timeout_s=20.0):
    """Run ``program`` in a fresh candidate until it hangs up or the time is over, then end it."""
    post = Post()
    try:
        candidate = post.fork(sandbox, program, limits=limits, frameworks=frameworks)
        post.drain({post.channel.fileno()}, timeout_s, sandbox.watch)
        ending = candidate.end()
        post.drain(set(post.names), 5.0)
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


def main():
    """Serve requests until stdin ends."""
    kind, settings = sys.argv[1], json.loads(sys.argv[2])
    with open_kind(kind, settings) as sandbox:
        _answer({key: str(value) for key, value in sandbox.strengths.items()})
        for line in sys.stdin:
            request = json.loads(line)
            limits = Limits(**request.pop("limits"))
            _answer(asdict(run_program(sandbox, limits=limits, **request)))


def _answer(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
