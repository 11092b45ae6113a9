"""The warden on the host's kernel.

It makes any number of candidates, each in namespaces of its own.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from autograder.inside.messages import Anchored, Exited, Fork, Gone, Message, encode_message
from autograder.inside.walls import syscalls
from autograder.inside.walls.accelerator import refuse_open_devices
from autograder.inside.walls.config import Config, build_setup
from autograder.inside.walls.seccomp import Filter, build_filter
from autograder.inside.walls.setup import CandidateSetup, WalledSetup, decode_status, tell_station
from autograder.inside.walls.warden import Warden

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.inside.walls.anchor import Anchor, AnchorStock


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


class ParallelWarden(Warden):
    """A warden whose candidates live side by side.

    Parameters
    ----------
    config, control, imports
        As of every warden.
    anchors
        Where process namespaces come from; None: no walls.
    """

    kernel = "host"
    _inherited = "VmData"  # as RLIMIT_DATA counts

    def __init__(
        self,
        config: Config,
        control: socket.socket,
        imports: list[str],
        anchors: AnchorStock | None,
    ) -> None:
        super().__init__(config, control, imports)
        self._anchors = anchors
        self._system_calls = (
            Filter(build_filter(has_gpu=config.accelerator.uses_driver)) if anchors else None
        )
        self._own_namespace_fd = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._running: dict[int, _Ward] = {}  # by pidfd, until the main process has ended
        self._ending: dict[int, _Ward] = {}  # by number of the anchor, until everything has ended
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        if anchors is not None:
            self._poll.register(anchors, select.POLLIN)

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
        """Settle as every warden, and raise if a device is open."""
        super()._settle()
        refuse_open_devices(self._config.nodes)

    def _share_pages(self) -> None:
        syscalls.merge_pages()

    def _make_setup(self, request: Fork, fds: Sequence[int]) -> CandidateSetup:
        build = partial(
            build_setup,
            config=self._config,
            request=request,
            fds=fds,
            control=self._control,
            inherited_bytes=self._inherited_bytes,
        )
        if self._system_calls is None:
            return build(CandidateSetup)
        return build(WalledSetup, system_calls=self._system_calls)

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
        self._import()
        anchor = self._anchors.take() if self._anchors else None
        pid = self._fork_below(anchor)
        if pid == 0:
            return True
        if anchor is not None:
            _tell_as(self._control, anchor.pid, Anchored(setup.id))
        ward = _Ward(setup.id, pid, os.pidfd_open(pid), anchor, setup.share.work)
        self._running[ward.pid_fd] = ward
        self._poll.register(ward.pid_fd, select.POLLIN)
        return False

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
