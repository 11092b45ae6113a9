"""CPU time and memory of a tree of processes, from /proc.

They serve limits that no control group keeps.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_MEBIBYTE = 1 << 20
# Places in /proc/PID/stat after the closing bracket of the name.
_FLAGS, _EXITING = 6, 0x4
_TIMES = slice(11, 15)  # user, system, and the same of children that were waited for [ticks]


@dataclass(frozen=True, slots=True)
class Sample:
    """A look at a tree of processes.

    Attributes
    ----------
    cpu_s
        CPU time of the living and of the children they have waited for [s].
    memory_mib
        Pages of their own, in memory [MiB]; shared pages are divided among those who share them
        where the kernel lets this user see that.
    """

    cpu_s: float
    memory_mib: float


def sample_trees(roots: Iterable[int], suspicious_bytes: int) -> Sample:
    """Look at ``roots`` and everything below them.

    Parameters
    ----------
    suspicious_bytes
        Below this, the quick and too large figure for memory will do: pages that a process shares
        with those it was forked from count in each.
    """
    pids = [pid for root in roots for pid in find_descendants(root)]
    memory_bytes = sum(map(_anonymous_bytes, pids))
    if memory_bytes > suspicious_bytes:
        memory_bytes = sum(map(_proportional_bytes, pids))
    memory_bytes += _shared_bytes(pids)
    return Sample(sum_cpu_s(pids), memory_bytes / _MEBIBYTE)


def sum_cpu_s(pids: Iterable[int]) -> float:
    """Return the CPU time of processes [s].

    It includes that of the children they have waited for.
    """
    return sum(map(_cpu_s, pids))


def is_exiting(pid: int) -> bool:
    """Return True if the kernel is taking the process apart.

    Its descriptors may be closed, while its status is not there yet.
    """
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return bool(fields) and bool(int(fields[_FLAGS]) & _EXITING)


def find_descendants(root: int) -> list[int]:
    """Find ``root`` and all processes below it that live at this moment."""
    found, queue = [], deque([root])
    while queue:
        pid = queue.popleft()
        found.append(pid)
        for task in _list(Path(f"/proc/{pid}/task")):
            queue += map(int, _read(task / "children").split())
    return found


def own_memory_mib(pid: int) -> float:
    """Return the private pages of a process in memory [MiB].

    For a process just forked, these are the pages that it shares with its parent.
    """
    return _anonymous_bytes(pid) / _MEBIBYTE


def peak_memory_mib(pid: int) -> float | None:
    """Return the peak memory of a process, or None [MiB].

    The files that it maps are not counted. None means that the process is gone.
    """
    found = {
        name: int(value.split()[0])
        for name, value in _status(pid).items()
        if name in ("VmHWM", "RssFile")
    }
    return None if len(found) < 2 else (found["VmHWM"] - found["RssFile"]) / 1024


def _status(pid: int) -> dict[str, str]:
    lines = _read(Path(f"/proc/{pid}/status")).splitlines()
    return {name: value for name, _, value in (line.partition(":") for line in lines)}


def _cpu_s(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[_TIMES])) / _TICKS_PER_S


def _anonymous_bytes(pid: int) -> int:
    """Read the size of the anonymous pages in memory.

    Pages of files belong to the page cache.
    """
    for line in _read(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) << 10
    return 0


def _proportional_bytes(pid: int) -> int:
    """Read anonymous memory, with shared pages divided among their users.

    They are divided where the kernel lets this user see that.
    """
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss_Anon:"):
            return int(line.split()[1]) << 10
    return _anonymous_bytes(pid)


def _shared_bytes(pids: Iterable[int]) -> int:
    """Sum up shared memory without a file.

    Each piece counts once and whole, since it lives as long as one process maps it.
    """
    pieces: dict[str, int] = {}
    for pid in pids:
        for line in _read(Path(f"/proc/{pid}/maps")).splitlines():
            if "/dev/zero (deleted)" in line and line.split()[1][3] == "s":
                span, _, _, _, inode = line.split()[:5]
                first, last = (int(address, 16) for address in span.split("-"))
                pieces[inode] = max(pieces.get(inode, 0), last - first)
    return sum(pieces.values())


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
