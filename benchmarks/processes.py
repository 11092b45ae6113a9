"""What a command leaves on the machine, and what its processes cost: read from /proc."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections import deque
from collections.abc import Collection
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


GROUPS = Path("/sys/fs/cgroup")
_PATIENCE_S = 2.0


def adopt_orphans() -> None:
    """Become the parent of every orphan below this process, so that none is overlooked."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def find_remains(stations: Collection[int], temporary: Path, mounts: str) -> list[str]:
    """Find what an ended command has left behind; a process that is just ending gets a moment.

    Parameters
    ----------
    stations
        Numbers of the processes that made control groups; their names begin with them.
    temporary
        Its folder for temporary files.
    mounts
        The mounts before it began.
    """
    deadline_s = time.monotonic() + _PATIENCE_S
    while _reap() and time.monotonic() < deadline_s:
        time.sleep(0.01)
    names = [f"process {pid}: {command_of(pid)}" for pid in descendants(os.getpid())[1:]]
    owned = [path for path in GROUPS.glob("**/autograder.*") if {*path.name.split(".")} & {*map(str, stations)}]
    names += [f"control group {path}" for path in owned]
    names += [f"mount {line}" for line in read_mounts().splitlines() if line not in mounts.splitlines()]
    return names + [f"file {path.name}" for path in temporary.iterdir()]


def read_mounts() -> str:
    """Read what is mounted."""
    return _read(Path("/proc/self/mounts"))


def _reap() -> bool:
    """Take note of the orphans that have ended; whether there are others."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return True
    return False


def descendants(root: int) -> list[int]:
    """Find a process and everything below it."""
    found, queue = [], deque([root])
    while queue:
        pid = queue.popleft()
        found.append(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            queue += map(int, _read(children).split())
    return found


def proportional_mib(pid: int, field: str = "Pss") -> float:
    """Memory of a process, shared pages divided among those who share them [MiB]; 0 if it is gone."""
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def total_cpu_s(root: int) -> float:
    """CPU time of everything below a process, of the dead as far as their parents live [s]."""
    return sum(map(_cpu_s, descendants(root)[1:]))


def _cpu_s(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def command_of(pid: int) -> str:
    """Give the command line of a process."""
    return _read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")


def maps_module(pid: int, name: str) -> bool:
    """Tell whether a process has a library mapped whose path holds ``name``."""
    return name in _read(Path(f"/proc/{pid}/maps"))


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
