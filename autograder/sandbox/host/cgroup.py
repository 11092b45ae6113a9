"""Control groups of candidates.

The kernel keeps limits and takes counts for all processes of a candidate together.

Both versions occur, also side by side. Per sandbox there is a parent group and per candidate a
child, in each hierarchy that has one of the three controllers used here and in which this process
may make groups. The names say who owns them, so that the next start removes what a killed station
has left, and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.sandbox.host.owner import is_orphan, new_name, owner_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.records.outcome import Limits

_V1_NAMES = {"cpuacct": "cpu", "memory": "memory", "pids": "pids"}
_TRIES, _PAUSE_S = 200, 0.005
_MAX_FILE_BYTES = 1 << 16
_MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Hierarchy:
    """A mounted hierarchy in which this process may make groups.

    Attributes
    ----------
    version
        1 or 2.
    controllers
        What it counts, of `CONTROLLERS`.
    folder
        The group below which ours are made.
    """

    version: int
    controllers: frozenset[str]
    folder: Path

    @property
    def members_file(self) -> str:
        """The file to which a process writes itself.

        In version 1, the process writes itself as a single thread, which takes no global lock.
        """
        return "tasks" if self.version == 1 else "cgroup.procs"


class CandidateGroups:
    """The child groups of one candidate.

    Parameters
    ----------
    folders
        Per controller, its version and the candidate's folder.
    members
        The files by which a process joins.
    """

    def __init__(self, folders: dict[str, tuple[int, str]], members: list[str]) -> None:
        self._folders = folders
        self._members = members

    @property
    def limits_memory(self) -> bool:
        """True if the kernel holds the candidate to its memory."""
        return "memory" in self._folders

    def open_members(self) -> list[int]:
        """Open the files by which a process joins.

        The caller closes the descriptors.
        """
        return [os.open(path, os.O_WRONLY | os.O_CLOEXEC) for path in self._members]

    def limit(self, limits: Limits) -> None:
        """Set the limits.

        A process may join from now on.
        """
        self._write("memory", 1, "memory.limit_in_bytes", limits.memory_mib * _MEBIBYTE)
        self._write(
            "memory",
            1,
            "memory.memsw.limit_in_bytes",
            limits.memory_mib * _MEBIBYTE,
            is_optional=True,
        )
        self._write("memory", 2, "memory.max", limits.memory_mib * _MEBIBYTE)
        self._write("memory", 2, "memory.swap.max", 0, is_optional=True)
        self._write("memory", 2, "memory.oom.group", 1, is_optional=True)
        for version in (1, 2):
            self._write("pids", version, "pids.max", limits.tasks)

    def cpu_s(self) -> float | None:
        """CPU time of all processes, dead ones included [s]."""
        nanoseconds = self._read("cpu", 1, "cpuacct.usage")
        if nanoseconds is not None:
            return int(nanoseconds) / 1e9
        microseconds = self._count("cpu", 2, "cpu.stat", "usage_usec")
        return None if microseconds is None else microseconds / 1e6

    def peak_memory_mib(self) -> float | None:
        """Most memory in use at one time [MiB]."""
        text = self._read("memory", 1, "memory.max_usage_in_bytes") or self._read(
            "memory", 2, "memory.peak"
        )
        return None if text is None else int(text) / _MEBIBYTE

    def oom_kills(self) -> int:
        """Processes the kernel has killed for want of memory."""
        first = self._count("memory", 1, "memory.oom_control", "oom_kill")
        return first or self._count("memory", 2, "memory.events", "oom_kill") or 0

    def refused_forks(self) -> int:
        """Processes and threads that were not made because of the limit."""
        return (
            self._count("pids", 1, "pids.events", "max")
            or self._count("pids", 2, "pids.events", "max")
            or 0
        )

    def remove(self) -> None:
        """Remove the folders.

        Every process must be gone.
        """
        for folder in {folder for _, folder in self._folders.values()}:
            _remove(folder, _TRIES)

    def _write(
        self, controller: str, version: int, name: str, value: int, *, is_optional: bool = False
    ) -> None:
        found = self._folders.get(controller)
        if found is None or found[0] != version:
            return
        try:
            _write_file(f"{found[1]}/{name}", str(value))
        except OSError:
            if not is_optional:
                raise

    def _read(self, controller: str, version: int, name: str) -> str | None:
        found = self._folders.get(controller)
        if found is None or found[0] != version:
            return None
        try:
            return _read_file(f"{found[1]}/{name}")
        except OSError:
            return None

    def _count(self, controller: str, version: int, name: str, key: str) -> int | None:
        for line in (self._read(controller, version, name) or "").splitlines():
            words = line.split()
            if words and words[0] == key:
                return int(words[1])
        return None


class SandboxGroups:
    """The parent groups of one sandbox.

    Parameters
    ----------
    hierarchies
        Where to make them; by default wherever this process may.
    """

    def __init__(self, hierarchies: Iterable[Hierarchy] | None = None) -> None:
        self._hierarchies = list(find_hierarchies() if hierarchies is None else hierarchies)
        self._name = new_name()

    @property
    def controllers(self) -> frozenset[str]:
        """The controllers that groups limit and count here."""
        return frozenset().union(*(hierarchy.controllers for hierarchy in self._hierarchies))

    def create(self) -> None:
        """Make the parent groups.

        A hierarchy that refuses is left out.
        """
        self._hierarchies = [
            hierarchy for hierarchy in self._hierarchies if self._create(hierarchy)
        ]

    def add(self, number: int) -> CandidateGroups:
        """Make the child groups of candidate ``number``."""
        folders: dict[str, tuple[int, str]] = {}
        members = []
        for hierarchy in self._hierarchies:
            folder = f"{hierarchy.folder}/{self._name}/{number}"
            os.mkdir(folder)  # noqa: PTH102 - see _read_file
            members.append(f"{folder}/{hierarchy.members_file}")
            folders |= dict.fromkeys(hierarchy.controllers, (hierarchy.version, folder))
        return CandidateGroups(folders, members)

    def remove(self) -> None:
        """Remove the parent groups and any children left."""
        for hierarchy in self._hierarchies:
            _remove_tree(hierarchy.folder / self._name, _TRIES)

    def _create(self, hierarchy: Hierarchy) -> bool:
        folder = hierarchy.folder / self._name
        try:
            folder.mkdir()
        except OSError:
            return False
        wanted = hierarchy.controllers - {"cpu"} if hierarchy.version == 2 else ()
        try:
            for controller in wanted:
                (folder / "cgroup.subtree_control").write_text(f"+{controller}")
        except OSError:
            _remove(folder, _TRIES)
            return False
        return True


def find_hierarchies(mounts: str | None = None, memberships: str | None = None) -> list[Hierarchy]:
    """Find where this process may make groups.

    Parameters
    ----------
    mounts, memberships
        Texts of ``/proc/self/mountinfo`` and ``/proc/self/cgroup``; by default those.

    Returns
    -------
    list of Hierarchy
        Each controller in at most one of them. Version 1 first: where both are mounted, it has the
        controllers.
    """
    mounts = _read_text(Path("/proc/self/mountinfo")) if mounts is None else mounts
    own = _own_groups(_read_text(Path("/proc/self/cgroup")) if memberships is None else memberships)
    found: list[Hierarchy] = []
    for mount in sorted(_group_mounts(mounts)):
        hierarchy = (
            _first_version(mount, own) if mount.version == 1 else _second_version(mount, own)
        )
        taken = frozenset().union(*(each.controllers for each in found))
        if hierarchy is not None and hierarchy.controllers - taken:
            found.append(
                Hierarchy(hierarchy.version, hierarchy.controllers - taken, hierarchy.folder)
            )
    return found


def find_orphans(points: Iterable[Path] | None = None) -> list[Path]:
    """Find the groups of sandboxes whose station is dead.

    The station may have been anywhere in a hierarchy.

    Parameters
    ----------
    points
        Where hierarchies are mounted; by default all of this machine's.
    """
    if points is None:
        mounts = _group_mounts(_read_text(Path("/proc/self/mountinfo")))
        points = [
            Path(mount.point)
            for mount in mounts
            if mount.version == 2 or mount.options & _V1_NAMES.keys()
        ]
    found = []
    for point in points:
        for top, names, _ in os.walk(point):
            ours = [name for name in names if name.startswith(f"{owner_prefix()}.")]
            found += [Path(top, name) for name in ours if is_orphan(name)]
            names[:] = [name for name in names if name not in ours]
    return found


def remove_orphans(points: Iterable[Path] | None = None) -> None:
    """Remove the groups of sandboxes whose station is dead.

    A group that still has processes stays.
    """
    for folder in find_orphans(points):
        _remove_tree(folder, 1)


@dataclass(frozen=True, order=True)
class _Mount:
    version: int
    root: str
    point: str
    options: frozenset[str]


def _group_mounts(mounts: str) -> list[_Mount]:
    found = []
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind in ("cgroup", "cgroup2"):
            _, _, _, root, point = before.split(" ")[:5]
            found.append(
                _Mount(1 if kind == "cgroup" else 2, root, point, frozenset(options.split(",")))
            )
    return found


def _own_groups(memberships: str) -> dict[str, str]:
    """Return the group of this process for each controller.

    The keys are the controllers of version 1. Version 2 has the empty name.
    """
    groups: dict[str, str] = {}
    for line in memberships.splitlines():
        _, controllers, path = line.split(":", 2)
        groups |= dict.fromkeys(controllers.split(","), path)
    return groups


def _first_version(mount: _Mount, own: dict[str, str]) -> Hierarchy | None:
    names = sorted(mount.options & _V1_NAMES.keys())
    if not names:
        return None
    folder = _own_folder(mount, own.get(names[0], "/"))
    if not os.access(folder, os.W_OK):
        return None
    return Hierarchy(1, frozenset(_V1_NAMES[name] for name in names), folder)


def _second_version(mount: _Mount, own: dict[str, str]) -> Hierarchy | None:
    """Find the nearest ancestor group that hands down controllers.

    A group that hands them down holds no processes, since only leaves may hold processes.
    """
    folder = _own_folder(mount, own.get("", "/"))
    for ancestor in (folder, *folder.parents):
        handed_down = frozenset(_read_text(ancestor / "cgroup.subtree_control").split()) & {
            "memory",
            "pids",
        }
        if (
            handed_down
            and os.access(ancestor, os.W_OK)
            and os.access(ancestor / "cgroup.procs", os.W_OK)
        ):
            return Hierarchy(2, handed_down | {"cpu"}, ancestor)  # every group counts its CPU time
        if ancestor == Path(mount.point):
            break
    return None


def _own_folder(mount: _Mount, group: str) -> Path:
    """Return the folder of this process's group.

    It is the mount itself when the folder cannot be seen.
    """
    below = os.path.relpath(group, mount.root)
    folder = Path(mount.point, below)
    return Path(mount.point) if below.startswith("..") or not folder.is_dir() else folder


def _read_text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _remove_tree(folder: Path, tries: int) -> None:
    with contextlib.suppress(OSError):
        for child in folder.iterdir():
            if child.is_dir():
                _remove(child, tries)
    _remove(folder, tries)


# A candidate has about 20 of these: `pathlib` would take a millisecond for them.
def _read_file(path: str) -> str:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, _MAX_FILE_BYTES).decode()
    finally:
        os.close(fd)


def _write_file(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _remove(folder: Path | str, tries: int) -> None:
    """Remove a group.

    The kernel may need a moment to see that its last process is gone.
    """
    for _ in range(tries):
        try:
            os.rmdir(folder)  # noqa: PTH106 - see _read_file
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_PAUSE_S)
        else:
            return
