"""What a candidate costs: forked, walled, told its first word, ended, with and without TensorFlow.

Run as ``python benchmarks/fork.py [COUNT]``. Wall times are medians and least of the station's view; CPU time is
that of all processes inside, per candidate: it tells more on a machine that has other work.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from autograder.outcome import Limits
from autograder.sandbox import Sandbox, SandboxSettings
from autograder.sandbox.bubblewrap import BubblewrapSandbox
from autograder.sandbox.plain import PlainSandbox
from autograder.sandbox.sample import find_descendants, sum_cpu_s

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


def measure(name: str, sandbox: Sandbox, count: int, *, frameworks: bool) -> None:
    """Print a line for ``count`` candidates."""
    for _ in range(5):
        run_candidate(sandbox, frameworks=frameworks)
    wardens = find_descendants(os.getpid())[1:]
    before_s = sum_cpu_s(wardens)
    taken = list(zip(*(run_candidate(sandbox, frameworks=frameworks) for _ in range(count)), strict=True))
    inside_ms = 1e3 * (sum_cpu_s(wardens) - before_s) / count
    steps = "  ".join(f"{step} {1e3 * statistics.median(each):6.2f} (least {1e3 * min(each):5.2f}) ms"
                      for step, each in zip(_STEPS, taken, strict=True))  # fmt: skip
    print(f"{name:24}  {steps}  CPU inside {inside_ms:6.2f} ms")


def main() -> None:
    """Measure each kind."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "word.py").write_text(_ENTRY)
        for kind in (BubblewrapSandbox, PlainSandbox):
            for frameworks in ((), ("tensorflow", "keras")):
                settings = SandboxSettings(
                    entry="word:serve", entry_folder=Path(folder), frameworks=frameworks, masked=frameworks
                )
                with kind(settings) as sandbox:
                    name = f"{sandbox.name}, {'TensorFlow' if frameworks else 'NumPy'}"
                    measure(name, sandbox, count, frameworks=bool(frameworks))


if __name__ == "__main__":
    main()
