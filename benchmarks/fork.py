"""What a candidate costs: forked, walled, told its first word, ended, with and without TensorFlow.

Wall times are medians of the station's view; CPU time is that of all processes inside, per candidate. Docker and Podman
are measured beside bubblewrap where they have the grading image.

::

    python benchmarks/fork.py [--count N] [--runtime NAME] [--write]
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import results

from autograder.errors import SandboxError
from autograder.records.outcome import Limits
from autograder.sandbox.bubblewrap import BubblewrapSandbox
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.engine.container import ContainerSandbox
from autograder.sandbox.host.sample import find_descendants, sum_cpu_s
from autograder.sandbox.plain import PlainSandbox
from autograder.sandbox.seam import ENGINES, Sandbox, SandboxSettings
from autograder.sandbox.warm import WarmSandbox

_ENTRY = "import socket\n\ndef serve(fd):\n    socket.socket(fileno=fd).send(b'!')\n"
_STEPS = ("fork", "word", "end")


def run_candidate(sandbox: Sandbox, *, frameworks: bool) -> list[float]:
    """Fork a candidate, wait for its word, end it; the time each took [s]."""
    ours, theirs = socket.socketpair()
    with ours, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        times = [time.perf_counter()]
        fds = {"channel": theirs.fileno(), "stdout": nowhere.fileno(), "stderr": nowhere.fileno()}
        candidate = sandbox.fork(frameworks=frameworks, limits=Limits(), **fds)
        theirs.close()
        times.append(time.perf_counter())
        ours.recv(1)
        times.append(time.perf_counter())
        candidate.end()
        times.append(time.perf_counter())
    return [later - earlier for earlier, later in pairwise(times)]


def measure(name: str, sandbox: Sandbox, count: int, *, frameworks: bool) -> list[str]:
    """Give the row of ``count`` candidates: what each step took, and the CPU time of everything inside."""
    for _ in range(5):
        run_candidate(sandbox, frameworks=frameworks)
    wardens = find_descendants(os.getpid())[1:]
    before_s = sum_cpu_s(wardens)
    taken = list(zip(*(run_candidate(sandbox, frameworks=frameworks) for _ in range(count)), strict=True))
    inside_ms = 1e3 * (sum_cpu_s(wardens) - before_s) / count
    # A container's processes are the engine's children, not ours.
    cpu = f"{inside_ms:.1f} ms" if sandbox.image is None else ""
    return [name, *(f"{1e3 * statistics.median(each):.2f} ms" for each in taken), cpu]


def open_sandboxes(settings: SandboxSettings, runtime: str) -> Iterator[tuple[str, WarmSandbox]]:
    """Every kind that works here, with what it took to start."""
    kinds = [BubblewrapSandbox(settings), PlainSandbox(settings)]
    kinds[1:1] = [ContainerSandbox(settings, Engine(name, runtime if name == "podman" else "")) for name in ENGINES]
    for sandbox in kinds:
        begun_s = time.perf_counter()
        try:
            sandbox.start()
        except SandboxError as error:
            print(f"{sandbox.name} is left out: {error.message}", file=sys.stderr)
            continue
        with sandbox:
            yield f"{time.perf_counter() - begun_s:.2f} s", sandbox


def main() -> None:
    """Measure each kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="candidates of each kind [default: 200]")
    parser.add_argument("--runtime", default="", help="what starts Podman's containers")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args()
    load, rows = results.describe_load(), []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "word.py").write_text(_ENTRY)
        for frameworks in ((), ("tensorflow", "keras")):
            settings = SandboxSettings(
                entry="word:serve", entry_folder=Path(folder), frameworks=frameworks, masked=frameworks
            )
            for start, sandbox in open_sandboxes(settings, options.runtime):
                name = f"{sandbox.name}, {'TensorFlow' if frameworks else 'NumPy'}"
                rows.append([*measure(name, sandbox, options.count, frameworks=bool(frameworks)), start])
    head = ["candidates of", *_STEPS, "CPU time inside", "start of the sandbox"]
    text = results.table(head, rows)
    print(text)
    if options.write:
        about = f"Medians of {options.count}. {results.describe_machine()}; {load}."
        results.write_section("fork", f"## A candidate\n\n{text}\n\n{about}")


if __name__ == "__main__":
    main()
