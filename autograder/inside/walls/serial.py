"""The warden of a sandbox whose kernel offers fewer walls.

It makes one candidate at a time, and builds the view anew for each.

gVisor is such a kernel: no process can enter a process namespace there, all share one view of the
file system, and there are no descriptors of processes. What there is suffices where no two
candidates live at once:

* a process namespace of its own, made by the fork of its PID 1, with which all of it ends;
* an IPC namespace of its own, a user of its own, no capabilities, the filter on system
  calls, limits;
* a fresh /proc and empty folders, mounted over what was there and unmounted when
  nothing of it runs any more.

Before the next one begins, what is mounted and what runs must be what was before the first; else
the warden ends, and with it the sandbox. The station cannot see into such a sandbox: the warden,
which holds nothing of a submission, says what a candidate uses.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from autograder.inside.messages import Exited, Failed, Fork, Gone, Used
from autograder.inside.walls import syscalls
from autograder.inside.walls.config import Config, build_setup, import_all, prove_to_be_first
from autograder.inside.walls.image import DEVICES, tidy_image
from autograder.inside.walls.seccomp import Filter, build_filter
from autograder.inside.walls.setup import (
    CandidateSetup,
    SerialSetup,
    decode_status,
    tell_station,
)
from autograder.inside.walls.syscalls import mask
from autograder.inside.walls.warden import Warden

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

_SAMPLE_MS = 50
# until the last process of a namespace is out of the list, and between two looks
_GONE_S, _LOOK_S = (5.0, 0.002)
_END, _CHILD_ENDED = signal.SIGUSR1, signal.SIGCHLD
_ANCHOR_SIGNALS = {_END, _CHILD_ENDED}
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# of /proc/PID/stat behind the name: user, system, and both of children waited for [ticks]
_TIMES = slice(11, 15)
_KILLED = None, int(signal.SIGKILL)


class Machine:
    """The whole sandbox as its wardens see it.

    They see it also while a candidate's /proc lies over theirs.

    Parameters
    ----------
    wardens
        Numbers of the processes that no candidate has started.
    """

    def __init__(self, wardens: set[int]) -> None:
        self._proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._wardens = {str(pid) for pid in wardens}
        self._mounts = self._read_mounts()

    def memory_bytes(self) -> int:
        """Return the memory in use by everything.

        That is processes, shared pages once, and files in memory.
        """
        sizes = dict(line.split(":", 1) for line in self._read("meminfo").splitlines())
        return (int(sizes["MemTotal"].split()[0]) - int(sizes["MemFree"].split()[0])) << 10

    def cpu_s(self) -> float:
        """Return the CPU time of the candidates' processes [s].

        It includes that of their children that were waited for.
        """
        ticks = 0
        for name in self._strangers():
            with contextlib.suppress(OSError):
                ticks += sum(
                    map(int, self._read(f"{name}/stat").rpartition(")")[2].split()[_TIMES])
                )
        return ticks / _TICKS_PER_S

    def restore(self) -> None:
        """Unmount the mounts that a candidate has made.

        Also wait until its processes are gone, and reset the times of devices.

        Raises
        ------
        OSError
            Processes or mounts of the candidate are left. The sandbox must not be used again.
        """
        deadline = time.monotonic() + _GONE_S
        while (left := self._strangers()) and time.monotonic() < deadline:
            time.sleep(_LOOK_S)
        if left:
            raise OSError(f"processes of a candidate are left: {left}")
        added = self._read_mounts()[len(self._mounts) :]
        for target in added:
            if not any(
                target.startswith(f"{other}/") for other in added
            ):  # with it goes what is mounted below it
                syscalls.unmount(target)
        if self._read_mounts() != self._mounts:
            raise OSError(f"mounts of a candidate are left: {self._read_mounts()}")
        for name in DEVICES:  # everybody may set the times of what everybody may write
            os.utime(f"/dev/{name}", ns=(0, 0))

    def _strangers(self) -> list[str]:
        names = os.listdir(self._proc)  # noqa: PTH208 - a descriptor
        return [name for name in names if name.isdecimal() and name not in self._wardens]

    def _read_mounts(self) -> list[str]:
        return [
            line.split()[1] for line in self._read(f"{os.getpid()}/mounts").splitlines() if line
        ]

    def _read(self, name: str) -> str:
        fd = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        with open(fd) as file:  # noqa: PTH123 - a descriptor
            return file.read()


@dataclass
class _Ward:
    """The candidate, as its warden knows it.

    The warden knows its PID 1, and the pipe by which that tells the candidate's end.
    """

    id: int
    pid: int
    told: int
    base_bytes: int
    cpu_s: float = 0.0


class SerialWarden(Warden):
    """A warden that forks one candidate after the other.

    Parameters
    ----------
    config, control, imports
        As of every warden.
    machine
        The sandbox as a whole.
    masked
        Packages that its candidates must not see.
    """

    kernel = "own"
    _inherited = "VmSize"  # as RLIMIT_AS counts

    def __init__(
        self,
        config: Config,
        control: socket.socket,
        imports: list[str],
        machine: Machine,
        masked: list[str],
    ) -> None:
        super().__init__(config, control, imports)
        self._machine = machine
        self._masked = masked
        self._ward: _Ward | None = None
        self._sampled_s = 0.0
        self._system_calls = Filter(build_filter())

    def _take_turn(self) -> CandidateSetup | None:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if self._ward is not None:
            poll.register(self._ward.told, select.POLLIN)
        ready = [fd for fd, _ in poll.poll(_SAMPLE_MS if self._ward else None)]
        if self._ward is not None and self._ward.told in ready:
            self._finish(self._ward)
        elif self._control.fileno() in ready:
            return self._obey()
        if self._ward is not None and time.monotonic() - self._sampled_s >= _SAMPLE_MS / 1e3:
            self._tell_use(self._ward)
        return None

    def _make_setup(self, request: Fork, fds: Sequence[int]) -> SerialSetup:
        return build_setup(
            SerialSetup,
            self._config,
            request,
            fds,
            self._control,
            inherited_bytes=self._inherited_bytes,
            system_calls=self._system_calls,
            masked=tuple(self._masked),
        )

    def _fork(self, setup: CandidateSetup) -> bool:
        """Fork a new namespace's PID 1 and the candidate in it.

        Returns True in the candidate.
        """
        if self._ward is not None:
            raise OSError(
                "there is a candidate already, and this sandbox has room for one at a time"
            )
        self._import()
        base_bytes = self._machine.memory_bytes()
        told, tells = os.pipe()
        syscalls.unshare(syscalls.NEW_PIDS)
        pid = os.fork()
        if pid == 0:
            os.close(told)
            _be_above(setup, tells)
            return True
        os.close(tells)
        self._ward = _Ward(setup.id, pid, told, base_bytes)
        return False

    def _end(self, number: int) -> None:
        if self._ward is not None and self._ward.id == number:
            os.kill(self._ward.pid, _END)

    def _tell_use(self, ward: _Ward) -> None:
        self._sampled_s = time.monotonic()
        ward.cpu_s = max(ward.cpu_s, self._machine.cpu_s())
        memory_bytes = max(0, self._machine.memory_bytes() - ward.base_bytes)
        tell_station(self._control, Used(ward.id, ward.cpu_s, memory_bytes))

    def _finish(self, ward: _Ward) -> None:
        """Wait for the candidate's end, restore the view, and report.

        No process of the candidate then runs any more.
        """
        told = os.read(ward.told, 64)
        os.close(ward.told)
        usage = os.wait4(ward.pid, 0)[2]  # PID 1 of a namespace ends last
        self._ward = None
        self._machine.restore()
        ending = decode_status(int(told)) if told else _KILLED
        cpu_s = max(ward.cpu_s, usage.ru_utime + usage.ru_stime)
        tell_station(self._control, Exited(ward.id, *ending))
        tell_station(self._control, Gone(ward.id, cpu_s))


def _be_above(setup: CandidateSetup, tells: int) -> None:
    """Fork the candidate, and be its PID 1.

    It returns in the candidate. PID 1 adopts, reaps, and tells the candidate's end.
    """
    try:
        prove_to_be_first()
        syscalls.set_parent_death_signal(signal.SIGKILL)
        # PID 1 is deaf to signals it has no function for
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, _ANCHOR_SIGNALS)
        pid = os.fork()
    # told to the station; this must not go on as a warden
    except BaseException as error:  # noqa: BLE001
        tell_station(setup.control, Failed(setup.id, f"{type(error).__name__}: {error}"))
        os._exit(1)
    if pid != 0:
        _await_candidate(pid, tells)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ANCHOR_SIGNALS)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.close(tells)


def _await_candidate(pid: int, tells: int) -> NoReturn:
    """Reap until the candidate has ended, and tell its status.

    Everything else in its namespace ends with this process.
    """
    try:
        syscalls.close_all_but(tells)
        syscalls.keep_only_the_right_to_kill()
        syscalls.set_undumpable()
        while True:
            if signal.sigwait(_ANCHOR_SIGNALS) == _END:
                os.kill(pid, signal.SIGKILL)  # it has not been waited for: the number is its own
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == pid:
                    os.write(tells, str(ended[1]).encode())
                    os._exit(0)
    finally:
        os._exit(1)


def open_serial_warden(config: Config, controls: list[socket.socket]) -> SerialWarden:
    """Prepare for both wardens, fork one, and be the other."""
    syscalls.empty_bounding_set(may_lack=True)
    null = os.open("/dev/null", os.O_RDONLY)  # what the engine gave as input is the host's
    os.dup2(null, 0)
    os.close(null)
    tidy_image(config.names, config.nodes, can_move=False)
    mask(config.forbidden, can_remount=False)
    import_all(config)
    wardens = {os.getpid()}
    if len(controls) > 1:
        second = os.fork()
        if second == 0:
            syscalls.set_parent_death_signal(signal.SIGKILL)
            controls[0].close()
            return SerialWarden(
                config, controls[1], config.frameworks, Machine({1, os.getpid()}), []
            )
        wardens.add(second)
    for other in controls[1:]:
        other.close()
    return SerialWarden(config, controls[0], [], Machine(wardens), config.masked)
