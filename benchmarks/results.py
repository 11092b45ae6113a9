"""Where results are written: a section per script in RESULTS.md, with the machine that they were measured on."""

from __future__ import annotations

import mmap
import os
import platform
import re
import socket
import statistics
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
README = Path(__file__).parents[1] / "README.md"
_HEAD = "# Results\n\nWritten by the scripts of this folder (`--write`).\n"


def describe_machine() -> str:
    """Describe this machine in a line, with what processes of their own cost on it, which differs from day to day on a virtual one."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {cores} cores of {_cpu_model()}, {memory_gib:.0f} GiB; "
        f"Linux {platform.release()}; Python {platform.python_version()}; "
        f"a page fault {measure_page_fault_us():.1f} us, asking a process that sleeps {measure_wake_us():.0f} us"
    )


@cache
def measure_page_fault_us(pages: int = 16_384) -> float:
    """Time of the first write to a page of memory beyond that of the second [us]."""
    with mmap.mmap(-1, pages * mmap.PAGESIZE) as memory:
        first_us, second_us = (_write_pages_us(memory) for _ in range(2))
    return (first_us - second_us) / pages


def _write_pages_us(memory: mmap.mmap) -> float:
    begun_s = time.perf_counter()
    for place in range(0, len(memory), mmap.PAGESIZE):
        memory[place] = 1
    return 1e6 * (time.perf_counter() - begun_s)


@cache
def measure_wake_us(rounds: int = 2000) -> float:
    """Time until a process that sleeps has answered a byte, median [us]."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid = os.fork()
        if pid == 0:
            ours.close()
            while data := theirs.recv(1):
                theirs.send(data)
            os._exit(0)
        theirs.close()
        taken_us = []
        for _ in range(rounds):
            begun_s = time.perf_counter()
            ours.send(b"x")
            ours.recv(1)
            taken_us.append(1e6 * (time.perf_counter() - begun_s))
    os.waitpid(pid, 0)
    return statistics.median(taken_us)


def describe_load() -> str:
    """Say how busy the machine was: figures of a busy one are too high."""
    return f"load average {os.getloadavg()[0]:.1f}"


def write_section(name: str, text: str, path: Path = RESULTS) -> None:
    """Put a text between the marks ``name`` of a file, at its end if they are not there."""
    before = path.read_text() if path.exists() else _HEAD
    section = f"<!-- {name}:begin -->\n{text.strip()}\n<!-- {name}:end -->"
    pattern = re.compile(rf"<!-- {name}:begin -->.*<!-- {name}:end -->", re.DOTALL)
    if pattern.search(before):
        path.write_text(pattern.sub(lambda _: section, before))
    else:
        path.write_text(f"{before.rstrip()}\n\n{section}\n")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Lay out a table in Markdown; the first column is text, the others are numbers."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
