"""The users as which a root station runs its candidates."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_CAP_SYS_ADMIN = 21
_PER_STATION = 4096  # consecutive candidates of a station have users of their own, then they repeat
_FIRST, _STATIONS = 1_000_000_000, 1 << 18  # above what people and services get, below 2^31
NOBODY = 65534


@dataclass(frozen=True)
class Users:
    """A range of user numbers that no other process uses."""

    first: int
    count: int

    def pick(self, number: int) -> int:
        """Choose the user of candidate ``number``."""
        return self.first + number % self.count


def find_users() -> Users | None:
    """Find users for the candidates of this process, or None.

    None means that this process may not change its user or has no other users.
    """
    if os.geteuid() != 0 or not _may_change_users():
        return None
    return choose_users(Path("/proc/self/uid_map").read_text())


def choose_users(uid_map: str) -> Users | None:
    """Choose users where a process may take any, or None.

    None means that there are not enough.

    Parameters
    ----------
    uid_map
        Text of its ``uid_map``: in a container there may be 65,536 users, or one.
    """
    ranges = [(int(line.split()[0]), int(line.split()[2])) for line in uid_map.splitlines()]
    first, count = max(ranges, key=lambda pair: pair[1])
    if first + count > _FIRST + _STATIONS * _PER_STATION:
        return Users(_FIRST + os.getpid() % _STATIONS * _PER_STATION, _PER_STATION)
    if count >= 4 * _PER_STATION:
        return Users(min(first + count, NOBODY) - 2 * _PER_STATION, _PER_STATION)
    return None


def _may_change_users() -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> _CAP_SYS_ADMIN & 1)
    return False
