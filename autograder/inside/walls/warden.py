"""The warden, warm and trusted code in the sandbox.

It forks candidates into walls of their own.

There are two. The first has imported NumPy; the second is forked from it before anything else
happens and imports the frameworks when it is asked for the first time. Each sits on a control
socket, whose messages `autograder.inside.messages` lists.

Nothing of a submission passes through a warden, since the next candidate is a fork of its memory:
it reads no channel and no pipe, and learns of a candidate nothing but the wait status and the CPU
time of a process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from autograder.inside.messages import (
    Anchored,
    End,
    Exited,
    Failed,
    Fork,
    Gone,
    Message,
    Ready,
    decode_message,
    encode_message,
)
from autograder.inside.walls import syscalls
from autograder.inside.walls.accelerator import refuse_open_devices
from autograder.inside.walls.anchor import Anchor, AnchorStock
from autograder.inside.walls.config import Config, build_setup
from autograder.inside.walls.seccomp import Filter, build_filter
from autograder.inside.walls.setup import CandidateSetup, decode_status, tell_station


@dataclass
class _Ward:
    """A candidate as its warden knows it.

    Without walls there is no anchor.
    """

    id: int
    pid: int
    pid_fd: int
    anchor: Anchor | None
    work: str
    cpu_s: float = 0.0


class Warden:
    """A warden that forks candidates as its control socket asks.

    Parameters
    ----------
    config
        What the station said.
    control
        This warden's control socket.
    anchors
        Where process namespaces come from; None: no walls.
    imports
        Modules to import at the first request.
    """

    def __init__(
        self,
        config: Config,
        control: socket.socket,
        anchors: AnchorStock | None,
        imports: list[str],
    ) -> None:
        self._config = config
        self._control = control
        self._anchors = anchors
        self._imports = imports
        self._system_calls = (
            Filter(build_filter(has_gpu=config.accelerator is not None)) if anchors else None
        )
        self._own_namespace_fd = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._inherited_bytes = 0
        self._running: dict[int, _Ward] = {}  # by pidfd, until the main process has ended
        self._ending: dict[int, _Ward] = {}  # by number of the anchor, until everything has ended
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        if anchors is not None:
            self._poll.register(anchors, select.POLLIN)

    def serve(self) -> CandidateSetup:
        """Answer requests until the station is gone.

        It returns in a process that is to become a candidate.
        """
        self._settle()
        try:
            tell_station(self._control, Ready(Path("/proc/self/uid_map").read_text()))
            while True:
                setup = self._take_turn()
                if setup is not None:
                    return setup
        except (BrokenPipeError, ConnectionResetError):
            self._leave()

    def _take_turn(self) -> CandidateSetup | None:
        """Wait for something to do, and do it."""
        for fd, _ in self._poll.poll():
            if fd in self._running:
                self._reap(fd)
            elif self._anchors is not None and fd == self._anchors.fileno():
                self._anchors.listen()
            elif fd == self._control.fileno() and (setup := self._obey()) is not None:
                return setup
        self._report_gone()
        return None

    def _settle(self) -> None:
        """Hide all objects from the garbage collector.

        It then does not write to shared pages.
        """
        gc.collect()
        gc.freeze()
        self._inherited_bytes = _data_bytes()
        refuse_open_devices(self._config.nodes)

    def _obey(self) -> CandidateSetup | None:
        text, fds = syscalls.receive_datagram(self._control)
        if not text:
            self._leave()
        request = decode_message(text)
        if isinstance(request, End):
            self._end(request.id)
        if not isinstance(request, Fork):
            return None
        setup = build_setup(
            self._config,
            request,
            fds,
            self._control,
            self._system_calls,
            inherited_bytes=self._inherited_bytes,
        )
        try:
            return setup if self._fork(setup) else None
        except Exception as error:  # noqa: BLE001 - told to the station, whatever it is
            tell_station(self._control, Failed(setup.id, f"{type(error).__name__}: {error}"))
            tell_station(self._control, Gone(setup.id, 0.0))
            return None

    def _leave(self) -> NoReturn:
        """End, since the station is gone.

        Candidates with walls end with this process.
        """
        if not self._config.is_walled:
            for ward in self._running.values():
                self._kill(ward)
                os.waitpid(ward.pid, 0)
            shutil.rmtree(self._config.folder, ignore_errors=True)
        os._exit(0)

    def _fork(self, setup: CandidateSetup) -> bool:
        """Fork, and return True in the new process.

        In the warden, the descriptors that were handed over are closed.
        """
        pid = -1
        try:
            self._import()
            anchor = self._anchors.take() if self._anchors else None
            pid = self._fork_below(anchor)
        finally:
            if pid != 0:
                for fd in (setup.channel, setup.stdout, setup.stderr, *setup.groups):
                    os.close(fd)
        if pid == 0:
            return True
        if anchor is not None:
            _tell_as(self._control, anchor.pid, Anchored(setup.id))
        ward = _Ward(setup.id, pid, os.pidfd_open(pid), anchor, setup.share.work)
        self._running[ward.pid_fd] = ward
        self._poll.register(ward.pid_fd, select.POLLIN)
        return False

    def _import(self) -> None:
        if self._imports:
            for name in self._imports:
                importlib.import_module(name)
            self._imports = []
            syscalls.merge_pages()
            self._settle()

    def _fork_below(self, anchor: Anchor | None) -> int:
        """Fork into the anchor's process namespace."""
        if anchor is None:
            return os.fork()
        syscalls.enter_pid_namespace(anchor.namespace_fd)
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid != 0:
                syscalls.enter_pid_namespace(self._own_namespace_fd)
            if pid == -1:
                anchor.kill()
                anchor.release()
        return pid

    def _end(self, number: int) -> None:
        """Kill a candidate with everything it has started."""
        for ward in self._running.values():
            if ward.id == number:
                self._kill(ward)

    def _reap(self, pid_fd: int) -> None:
        """Note the main process's end, and have the rest killed."""
        ward = self._running.pop(pid_fd)
        self._poll.unregister(pid_fd)
        self._kill(ward)  # while its number cannot be another's
        os.close(pid_fd)
        _, status, usage = os.wait4(ward.pid, 0)
        ward.cpu_s = usage.ru_utime + usage.ru_stime
        tell_station(self._control, Exited(ward.id, *decode_status(status)))
        if ward.anchor is None:
            shutil.rmtree(ward.work, ignore_errors=True)
            tell_station(self._control, Gone(ward.id, ward.cpu_s))
        else:
            self._ending[ward.anchor.pid] = ward
            ward.anchor.release()

    def _report_gone(self) -> None:
        """Report the candidates whose last process has ended."""
        if self._anchors is not None:
            for pid in self._anchors.gone.keys() & self._ending.keys():
                ward = self._ending.pop(pid)
                tell_station(self._control, Gone(ward.id, ward.cpu_s + self._anchors.gone.pop(pid)))

    def _kill(self, ward: _Ward) -> None:
        signal.pidfd_send_signal(ward.pid_fd, signal.SIGKILL)
        if ward.anchor is not None:
            ward.anchor.kill()
            return
        with contextlib.suppress(ProcessLookupError):  # it is not the head of a session yet
            os.killpg(ward.pid, signal.SIGKILL)


def _tell_as(control: socket.socket, pid: int, message: Message) -> None:
    """Send a message in the name of another process.

    The kernel translates its number for the station.
    """
    sender = struct.pack("3i", pid, os.getuid(), os.getgid())
    control.sendmsg(
        [encode_message(message)], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, sender)]
    )


def _data_bytes() -> int:
    """Size of this process's data as RLIMIT_DATA counts it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) << 10
    return 0
