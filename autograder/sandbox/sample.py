"""CPU time and memory of a tree of processes, read from /proc: for limits that no control group keeps."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_MEBIBYTE = 1 << 20
# Places in /proc/PID/stat after the closing bracket of the name.
_TIMES = slice(11, 15)  # user, system, and the same of children that were waited for [ticks]


@dataclass(frozen=True, slots=True)
class Sample:
    """A look at a tree of processes.

    Attributes
    ----------
    cpu_s
        CPU time of the living and of the children they have waited for [s].
    memory_mib
        Pages of their own, in memory [MiB]; shared pages are divided among those who share them where the
        kernel lets this user see that.
    """

    cpu_s: float
    memory_mib: float


def sample_tree(root: int, inherited_bytes: int = 0, suspicious_bytes: int = 0) -> Sample:
    """Look at ``root`` and everything below it.

    Parameters
    ----------
    root
        Number of the topmost process.
    inherited_bytes
        Pages each process shares with the warden, not counted.
    suspicious_bytes
        Below this, the quick and too large figure will do (pages shared with a parent count twice in it).
    """
    pids = find_descendants(root)
    cpu_s = sum(map(_cpu_s, pids))
    memory_bytes = sum(max(0, _resident_bytes(pid) - inherited_bytes) for pid in pids)
    if memory_bytes > suspicious_bytes:
        memory_bytes = sum(_proportional_bytes(pid, inherited_bytes) for pid in pids)
    return Sample(cpu_s, memory_bytes / _MEBIBYTE)


def find_descendants(root: int) -> list[int]:
    """Find ``root`` and all processes below it that live at this moment."""
    found, queue = [], deque([root])
    while queue:
        pid = queue.popleft()
        found.append(pid)
        for task in _list(Path(f"/proc/{pid}/task")):
            queue += map(int, _read(task / "children").split())
    return found


def _cpu_s(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[_TIMES])) / _TICKS_PER_S


def _resident_bytes(pid: int) -> int:
    """Anonymous and shared-memory pages in memory; files are the page cache's."""
    fields = dict(line.split(":", 1) for line in _read(Path(f"/proc/{pid}/status")).splitlines())
    return sum(int(fields[name].split()[0]) << 10 for name in ("RssAnon", "RssShmem") if name in fields)


def _proportional_bytes(pid: int, inherited_bytes: int) -> int:
    """Read the share of anonymous and shared-memory pages that is this process's."""
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    shares = [int(line.split()[1]) << 10 for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:"))]
    return sum(shares) if shares else max(0, _resident_bytes(pid) - inherited_bytes)


def _list(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # the process is gone
        return []


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
