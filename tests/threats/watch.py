"""What must not happen around a submission: contacts with canaries, and anything left behind."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.control import CREDENTIALS
from autograder.sandbox.host.sample import find_descendants
from tests.sandbox.containers import GVISOR

LEFTOVER = "AUTOGRADER_THREAT_LEFTOVER"
SETTLE_S = 20.0  # a coarse bound: the kernel frees namespaces and reaps when it gets to it


class Listeners:
    """Sockets of the host that no submission may reach: TCP over both families, and Unix by path and by abstract name.

    Parameters
    ----------
    folder
        Where the socket with a path is made.
    """

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "canary.sock")
        self.abstract = f"autograder-threat-canary-{os.getpid()}"
        first = _listen(socket.AF_INET, ("127.0.0.1", 0))
        self.port = first.getsockname()[1]
        self._sockets = [first, _listen(socket.AF_UNIX, self.path), _listen(socket.AF_UNIX, f"\0{self.abstract}")]
        self._sockets.append(_bind_datagrams(self.port))
        with suppress(OSError):  # a machine without IPv6
            self._sockets.append(_listen(socket.AF_INET6, ("::1", self.port)))

    def contacts(self) -> int:
        """Count who knocked since the last call."""
        return sum(map(_has_contact, self._sockets))

    def close(self) -> None:
        for listener in self._sockets:
            listener.close()


def _listen(family: int, address) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(16)
    listener.setblocking(False)
    return listener


def _bind_datagrams(port: int) -> socket.socket:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", port))
    receiver.setblocking(False)
    return receiver


def _has_contact(one: socket.socket) -> bool:
    try:
        if one.type == socket.SOCK_DGRAM:
            return bool(one.recv(1))
        one.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True)
class Traces:
    """What a graded submission must leave as it was.

    Attributes
    ----------
    processes
        How many run below this one and below the first warden, which an engine's container has elsewhere.
    strangers
        Candidates of ours, by the users that only they have.
    descriptors
        Open ones of this process, the examiner and the warden; gVisor keeps those of files that it has looked at, as many as
        it likes, so that its own are not counted.
    mounts
        Of the warden, as it sees them.
    groups
        How many control groups there are for candidates, the next one's included.
    ipc
        System V objects of candidates.
    files
        Files that bear the mark of these tests, wherever a submission may have tried to leave one.
    """

    processes: int
    strangers: int
    descriptors: tuple[int, ...]
    mounts: tuple[str, ...]
    groups: int
    ipc: int
    files: tuple[str, ...]


def is_gvisor(sandbox) -> bool:
    """Whether the kernel behind a sandbox is gVisor's."""
    return sandbox.runtime == GVISOR


class Watch:
    """Looks for traces of the candidates of a station.

    Parameters
    ----------
    station
        A started one.
    folders
        Where to look for files, beside the usual places.
    """

    def __init__(self, station, folders: tuple[Path, ...]) -> None:
        self._station = station
        self._folders = (*folders, *map(Path, ("/tmp", "/var/tmp", "/dev/shm", "/", "/run", ".")), Path.home())

    @property
    def servants(self) -> tuple[int, int]:
        """Numbers of the processes of examiner and sandbox: others, once the station had to start them anew."""
        return (self._station._examiner._process.pid, self._station._sandbox._process.pid)

    @property
    def warden(self) -> int:
        """Number of the first warden: who sits at the other end of a container's socket, or what bubblewrap has started."""
        sandbox = self._station._sandbox
        if sandbox.image is None:
            return find_descendants(sandbox._process.pid)[1]
        credentials = sandbox._controls[0]._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
        return CREDENTIALS.unpack(credentials)[0]

    def _processes(self) -> set[int]:
        return {*find_descendants(os.getpid()), *find_descendants(self.warden)}

    def look(self) -> Traces:
        """See what there is now."""
        users = self._station.sandbox._users
        examiner, _ = self.servants
        warden = self.warden
        counted = (os.getpid(), examiner) if is_gvisor(self._station.sandbox) else (os.getpid(), examiner, warden)
        return Traces(
            processes=len(self._processes()),
            strangers=_count_processes(users),
            descriptors=tuple(map(_count_descriptors, counted)),
            mounts=_mounts(warden),
            groups=sum(1 for _ in _groups(self._station.sandbox._groups)),
            ipc=_count_ipc(users),
            files=tuple(str(path) for folder in self._folders for path in _marked(folder)),
        )

    def rest(self) -> Traces:
        """See what there is when nothing is under way: the next reader is made while nobody waits for it."""
        deadline = time.monotonic() + SETTLE_S
        seen: dict[int, str] = {}
        while ((now := self._turns()) != seen or any(map(_is_busy, now.values()))) and time.monotonic() < deadline:
            seen = now
            time.sleep(0.01)
        return self.look()

    def _turns(self) -> dict[int, str]:
        """Tell for each process but this one its state, and how often it has waited for something."""
        return {pid: _turns_of(pid) for pid in self._processes() - {os.getpid()}}

    def settle(self, before: Traces) -> Traces:
        """Look again and again until all is as it was, or it is clear that it will not be; what was seen last."""
        deadline = time.monotonic() + SETTLE_S
        while (now := self.look()) != before and time.monotonic() < deadline:
            time.sleep(0.02)
        return now


def _turns_of(pid: int) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return ""
    return " ".join(line.split()[1] for line in lines if line.startswith(("State:", "voluntary_ctxt_switches:")))


def _is_busy(turns: str) -> bool:
    """Whether it runs or wants to: who is waited for is one of these, also on a machine that gives it no time."""
    return turns.startswith(("R", "D"))


def _count_processes(users) -> int:
    """Count processes of the users that only candidates of this station have (root only)."""
    return sum(users.first <= uid < users.first + users.count for uid in _owners()) if users else 0


def _owners():
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                yield folder.stat().st_uid


def _count_descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:  # a warden of another user namespace does not show them
        return 0


def _mounts(warden: int) -> tuple[str, ...]:
    try:
        lines = Path(f"/proc/{warden}/mountinfo").read_text().splitlines()
    except OSError:
        return ()
    return tuple(sorted(line.split(" ", 1)[1] for line in lines))


def _groups(groups):
    for hierarchy in groups._hierarchies:
        folder = hierarchy.folder / groups._name
        yield from (str(child) for child in folder.iterdir() if child.is_dir())


def _count_ipc(users) -> int:
    if users is None:
        return 0
    words = (
        line.split()
        for name in ("shm", "sem", "msg")
        for line in Path(f"/proc/sysvipc/{name}").read_text().splitlines()[1:]
    )
    return sum(
        any(word.isdecimal() and users.first <= int(word) < users.first + users.count for word in line)
        for line in words
    )


def _marked(folder: Path):
    with suppress(OSError):
        yield from (path for path in folder.iterdir() if LEFTOVER in path.name)
