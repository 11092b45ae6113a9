"""The warden: warm, trusted code in the sandbox that forks candidates into walls of their own.

There are two. The first has imported NumPy; the second is forked from it before anything else happens and
imports the frameworks when it is asked for the first time. Each sits on a control socket (datagrams of JSON,
descriptors beside them)::

    <- {"op": "ready"}
    -> {"op": "fork", "id": 7, "share": {...}}   [channel, stdout, stderr, files of control groups...]
    <- {"op": "init", "id": 7}                   from the candidate's PID 1 (the kernel adds its number)
    <- {"op": "forked", "id": 7}                 from the candidate: all its walls stand
    <- {"op": "failed", "id": 7, "error": ...}   from whoever could not do its part
    <- {"op": "exited", "id": 7, "status": 0, "signal": None}                from the candidate's PID 1
    -> {"op": "end", "id": 7}
    <- {"op": "gone", "id": 7, "status": 0, "signal": None, "cpu_s": 0.1}    nothing of it runs any more

Nothing of a submission passes through a warden, since the next candidate is a fork of its memory: it reads no
channel and no pipe, and learns of a candidate nothing but the wait status and the CPU time of a process.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.inside import walls
from autograder.inside.birth import Birth, Share, decode_status, tell
from autograder.inside.seccomp import Filter, build_filter

_MAX_MESSAGE_BYTES = 1 << 16
_MAX_FDS = 16
_HIGH_FD = 64  # where the control socket lives: above what a candidate keeps
_CHANNEL, _STDOUT, _STDERR, _GROUPS = 0, 1, 2, 3  # places in the list of descriptors of a fork
# NumPy 2 imports these lazily; otherwise each candidate would pay for it.
_NUMPY_PARTS = ("numpy", "numpy.random", "numpy.linalg", "numpy.fft", "numpy.ma", "numpy.polynomial")
_MASK_SIZE = "size=64k,nr_inodes=4,mode=0755"
_MASK = 'raise ModuleNotFoundError("No module named {name!r}", name={name!r})\n'


@dataclass(frozen=True)
class Config:
    """What the station tells the wardens at their start.

    Attributes
    ----------
    controls
        Descriptors of the control sockets: the first warden's, and the second's where frameworks are named.
    is_walled
        Whether candidates get namespaces, limits, a system call filter and no privileges.
    entry
        Where a candidate begins: ``module:function``, called with the channel's descriptor.
    preload, frameworks
        Modules imported by both wardens at once, and by the second at its first request.
    forbidden, masked
        Per package that no candidate, or none without frameworks, must see: its folders or file.
    data
        Per name in the work folder, the read-only file or folder it stands for.
    """

    controls: list[int]
    is_walled: bool
    entry: str
    preload: list[str]
    frameworks: list[str]
    forbidden: dict[str, list[str]]
    masked: dict[str, list[str]]
    data: dict[str, str]


class Warden:
    """Forks candidates as its control socket asks.

    Parameters
    ----------
    config
        What the station said.
    control
        This warden's control socket.
    imports
        Modules to import at the first request.
    """

    def __init__(self, config: Config, control: socket.socket, imports: list[str]) -> None:
        self._config = config
        self._control = control
        self._imports = imports
        self._system_calls = Filter(build_filter()) if config.is_walled else None
        self._own_pids_fd = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._inherited_bytes = 0
        self._wards: dict[int, tuple[int, int]] = {}  # pidfd: id, pid
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def serve(self) -> Birth:
        """Answer requests until the station is gone; returns in a process that is to become a candidate."""
        self._settle()
        tell(self._control, "ready")
        while True:
            for fd, _ in self._poll.poll():
                if fd in self._wards:
                    self._reap(fd)
                elif (birth := self._obey()) is not None:
                    return birth

    def _settle(self) -> None:
        """Put all there is out of the garbage collector's sight, so that it does not write to shared pages."""
        gc.collect()
        gc.freeze()
        self._inherited_bytes = _data_bytes()

    def _obey(self) -> Birth | None:
        text, fds, _, _ = socket.recv_fds(self._control, _MAX_MESSAGE_BYTES, _MAX_FDS)
        if not text:
            os._exit(0)  # the station is gone
        request = json.loads(text)
        if request["op"] == "end":
            self._end(request["id"])
            return None
        return self._fork(request["id"], Share(**request["share"]), fds)

    def _fork(self, number: int, share: Share, fds: list[int]) -> Birth | None:
        try:
            self._import()
            pid = self._fork_process()
        except Exception as error:  # noqa: BLE001 - told to the station, whatever it is
            tell(self._control, "failed", id=number, error=f"{type(error).__name__}: {error}")
            tell(self._control, "gone", id=number, status=None, signal=None, cpu_s=0.0)
            pid = None
        if pid == 0:
            return self._birth(number, share, fds)
        for fd in fds:
            os.close(fd)
        if pid is not None:
            self._watch(number, pid)
        return None

    def _birth(self, number: int, share: Share, fds: list[int]) -> Birth:
        return Birth(
            id=number,
            share=share,
            channel=fds[_CHANNEL],
            stdout=fds[_STDOUT],
            stderr=fds[_STDERR],
            groups=tuple(fds[_GROUPS:]),
            control=self._control,
            entry=self._config.entry,
            data=self._config.data,
            system_calls=self._system_calls,
            inherited_bytes=self._inherited_bytes,
        )

    def _import(self) -> None:
        if self._imports:
            for name in self._imports:
                importlib.import_module(name)
            self._imports = []
            self._settle()

    def _fork_process(self) -> int:
        """Fork; with walls the child is PID 1 of a new process namespace."""
        if not self._config.is_walled:
            return os.fork()
        walls.unshare(walls.NEW_PIDS)
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid != 0:  # come back: a second unshare, or a thread, would be refused
                walls.enter_pid_namespace(self._own_pids_fd)
        return pid

    def _watch(self, number: int, pid: int) -> None:
        pid_fd = os.pidfd_open(pid)
        self._wards[pid_fd] = number, pid
        self._poll.register(pid_fd, select.POLLIN)

    def _end(self, number: int) -> None:
        """Kill a candidate; the kernel reports through its descriptor when it is gone."""
        for pid_fd, (other, pid) in self._wards.items():
            if other == number:
                signal.pidfd_send_signal(pid_fd, signal.SIGKILL)
                self._kill_session(pid)

    def _reap(self, pid_fd: int) -> None:
        number, pid = self._wards.pop(pid_fd)
        self._poll.unregister(pid_fd)
        os.close(pid_fd)
        self._kill_session(pid)  # before its number is free for another process
        _, status, usage = os.wait4(pid, 0)
        cpu_s = usage.ru_utime + usage.ru_stime
        tell(self._control, "gone", id=number, cpu_s=cpu_s, **decode_status(status))

    def _kill_session(self, pid: int) -> None:
        """End what a candidate without walls has started; with walls its PID 1 takes everything along."""
        if not self._config.is_walled:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Be a warden, by the configuration in the first argument; in a forked process, be a candidate."""
    _serve(Config(**json.loads(sys.argv[1]))).live()


def _serve(config: Config) -> Birth:
    """Prepare what both wardens share, fork the second, and be the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.pop("PWD", None)
    if config.is_walled:
        _leave_the_host()
        _mask(config.forbidden)
    else:
        walls.set_parent_death_signal(signal.SIGKILL)
    for name in (*_NUMPY_PARTS, *config.preload, config.entry.partition(":")[0]):
        importlib.import_module(name)
    second = _fork_second(config)
    if second is not None:
        return second.serve()
    if config.is_walled:
        walls.unshare(walls.NEW_MOUNTS)
        _mask(config.masked)
    return Warden(config, _take_control(config.controls[0]), []).serve()


def _leave_the_host() -> None:
    """Prove that this is PID 1, and give up what no candidate may come to hold."""
    if os.getpid() != 1:
        raise OSError("the warden is not PID 1 of a process namespace of its own")
    walls.make_mounts_private()
    walls.empty_bounding_set()
    walls.leave_session_keyring()


def _fork_second(config: Config) -> Warden | None:
    """Fork the warden of the frameworks, while its view is unmasked; returns it in the new process only."""
    if len(config.controls) == 1:
        return None
    if os.fork() != 0:
        os.close(config.controls[1])
        return None
    walls.set_parent_death_signal(signal.SIGKILL)
    os.close(config.controls[0])
    return Warden(config, _take_control(config.controls[1]), config.frameworks)


def _mask(packages: dict[str, list[str]]) -> None:
    """Cover packages, in the mount namespace of this process, by ones that cannot be imported."""
    for name, places in packages.items():
        text = _MASK.format(name=name)
        for place in map(Path, places):
            if place.is_dir():
                walls.mount("tmpfs", str(place), "tmpfs", walls.NO_SETUID | walls.NO_DEVICES, _MASK_SIZE)
                (place / "__init__.py").write_text(text)  # an empty folder could be imported
                walls.mount("tmpfs", str(place), "tmpfs", walls.REMOUNT | walls.READ_ONLY)
            else:
                Path("/tmp/mask.py").write_text(text)


def _take_control(fd: int) -> socket.socket:
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH_FD)
    os.close(fd)
    return socket.socket(fileno=high)


def _data_bytes() -> int:
    """Size of this process's data as RLIMIT_DATA counts it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) << 10
    return 0
