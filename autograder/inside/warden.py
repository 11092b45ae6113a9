"""The warden: warm, trusted code in the sandbox that forks candidates into walls of their own.

There are two. The first has imported NumPy; the second is forked from it before anything else happens and
imports the frameworks when it is asked for the first time. Each sits on a control socket (datagrams of JSON,
descriptors beside them)::

    <- {"op": "ready"}
    -> {"op": "fork", "id": 7, "share": {...}}   [channel, stdout, stderr, files of control groups...]
    <- {"op": "anchored", "id": 7}               with the number of the candidate's PID 1 as the sender's
    <- {"op": "forked", "id": 7}                 from the candidate, with its number: all its walls stand
    <- {"op": "failed", "id": 7, "error": ...}   from whoever could not do its part
    -> {"op": "end", "id": 7}
    <- {"op": "exited", "id": 7, "status": 0, "signal": null}     its main process has ended
    <- {"op": "gone", "id": 7, "cpu_s": 0.1}                      nothing of it runs any more

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
import shutil
import signal
import socket
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.inside import walls
from autograder.inside.accelerator import Accelerator, refuse_open_devices
from autograder.inside.anchor import Anchor, AnchorStock
from autograder.inside.birth import Birth, Share, decode_status, tell
from autograder.inside.image import guard_devices, tidy_image
from autograder.inside.masks import mask
from autograder.inside.seccomp import Filter, build_filter

if TYPE_CHECKING:
    from autograder.inside.serial import SerialWarden

_HIGH_FD = 64  # where the control socket lives: above what a candidate keeps
_CHANNEL, _STDOUT, _STDERR, _GROUPS = 0, 1, 2, 3  # places in the list of descriptors of a fork
# NumPy 2 imports these lazily; otherwise each candidate would pay for it.
_NUMPY_PARTS = ("numpy", "numpy.random", "numpy.linalg", "numpy.fft", "numpy.ma", "numpy.polynomial")


@dataclass(frozen=True)
class Config:
    """What the station tells the wardens at their start.

    Attributes
    ----------
    controls
        Descriptors of the control sockets, or the paths at which the station listens: the first warden's, and the second's where
        frameworks are named.
    is_walled
        Whether candidates get namespaces, limits, a system call filter and no privileges.
    entry
        Where a candidate begins: ``module:function``, called with the channel's descriptor.
    preload, frameworks
        Modules imported by both wardens at once, and by the second at its first request.
    forbidden, masked
        Top-level packages that no candidate, or none without frameworks, must see.
    data
        Per name in the work folder, the read-only file or folder it stands for.
    folder
        Without walls: the folder of all work folders, removed at the end.
    environment
        The environment variables of a candidate.
    names
        In a container, the texts of files in /etc: the view, which is that of an image, is then tidied first.
    nodes
        Device nodes of the candidates' GPU, which no warden may open.
    accelerator
        That GPU.
    """

    controls: Sequence[int | str]
    is_walled: bool
    entry: str
    preload: list[str]
    frameworks: list[str]
    forbidden: list[str]
    masked: list[str]
    data: dict[str, str]
    folder: str
    environment: dict[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    nodes: Sequence[str] = ()
    accelerator: Accelerator | None = None


@dataclass
class _Ward:
    """A candidate as its warden knows it; without walls there is no anchor."""

    id: int
    pid: int
    pid_fd: int
    anchor: Anchor | None
    work: str
    cpu_s: float = 0.0


class Warden:
    """Forks candidates as its control socket asks.

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

    def __init__(self, config: Config, control: socket.socket, anchors: AnchorStock | None, imports: list[str]) -> None:
        self._config = config
        self._control = control
        self._anchors = anchors
        self._imports = imports
        self._system_calls = Filter(build_filter(has_gpu=config.accelerator is not None)) if anchors else None
        self._own_namespace_fd = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._inherited_bytes = 0
        self._running: dict[int, _Ward] = {}  # by pidfd, until the main process has ended
        self._ending: dict[int, _Ward] = {}  # by number of the anchor, until everything has ended
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        if anchors is not None:
            self._poll.register(anchors, select.POLLIN)

    def serve(self) -> Birth:
        """Answer requests until the station is gone; returns in a process that is to become a candidate."""
        self._settle()
        try:
            tell(self._control, "ready", uid_map=Path("/proc/self/uid_map").read_text())
            while True:
                birth = self._take_turn()
                if birth is not None:
                    return birth
        except (BrokenPipeError, ConnectionResetError):
            self._leave()

    def _take_turn(self) -> Birth | None:
        """Wait for something to do, and do it."""
        for fd, _ in self._poll.poll():
            if fd in self._running:
                self._reap(fd)
            elif self._anchors is not None and fd == self._anchors.fileno():
                self._anchors.listen()
            elif fd == self._control.fileno() and (birth := self._obey()) is not None:
                return birth
        self._report_gone()
        return None

    def _settle(self) -> None:
        """Put all there is out of the garbage collector's sight, so that it does not write to shared pages."""
        gc.collect()
        gc.freeze()
        self._inherited_bytes = _data_bytes()
        refuse_open_devices(self._config.nodes)

    def _obey(self) -> Birth | None:
        text, fds = walls.receive(self._control)
        if not text:
            self._leave()
        request = json.loads(text)
        if request["op"] == "end":
            self._end(request["id"])
            return None
        birth = build_birth(
            self._config, request, fds, self._control, self._system_calls, inherited_bytes=self._inherited_bytes
        )
        try:
            return birth if self._fork(birth) else None
        except Exception as error:  # noqa: BLE001 - told to the station, whatever it is
            tell(self._control, "failed", id=birth.id, error=f"{type(error).__name__}: {error}")
            tell(self._control, "gone", id=birth.id, cpu_s=0.0)
            return None

    def _leave(self) -> NoReturn:
        """End, since the station is gone; what has walls ends with this process."""
        if not self._config.is_walled:
            for ward in self._running.values():
                self._kill(ward)
                os.waitpid(ward.pid, 0)
            shutil.rmtree(self._config.folder, ignore_errors=True)
        os._exit(0)

    def _fork(self, birth: Birth) -> bool:
        """Fork; True in the new process. In the warden the descriptors that were handed over are closed."""
        pid = -1
        try:
            self._import()
            anchor = self._anchors.take() if self._anchors else None
            pid = self._fork_below(anchor)
        finally:
            if pid != 0:
                for fd in (birth.channel, birth.stdout, birth.stderr, *birth.groups):
                    os.close(fd)
        if pid == 0:
            return True
        if anchor is not None:
            _tell_as(self._control, anchor.pid, "anchored", birth.id)
        ward = _Ward(birth.id, pid, os.pidfd_open(pid), anchor, birth.share.work)
        self._running[ward.pid_fd] = ward
        self._poll.register(ward.pid_fd, select.POLLIN)
        return False

    def _import(self) -> None:
        if self._imports:
            for name in self._imports:
                importlib.import_module(name)
            self._imports = []
            walls.merge_pages()
            self._settle()

    def _fork_below(self, anchor: Anchor | None) -> int:
        """Fork into the anchor's process namespace."""
        if anchor is None:
            return os.fork()
        walls.enter_pid_namespace(anchor.namespace_fd)
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid != 0:
                walls.enter_pid_namespace(self._own_namespace_fd)
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
        """Note how the main process ended, and have the rest killed."""
        ward = self._running.pop(pid_fd)
        self._poll.unregister(pid_fd)
        self._kill(ward)  # while its number cannot be another's
        os.close(pid_fd)
        _, status, usage = os.wait4(ward.pid, 0)
        ward.cpu_s = usage.ru_utime + usage.ru_stime
        tell(self._control, "exited", id=ward.id, **decode_status(status))
        if ward.anchor is None:
            shutil.rmtree(ward.work, ignore_errors=True)
            tell(self._control, "gone", id=ward.id, cpu_s=ward.cpu_s)
        else:
            self._ending[ward.anchor.pid] = ward
            ward.anchor.release()

    def _report_gone(self) -> None:
        """Say of which candidates nothing runs any more."""
        if self._anchors is not None:
            for pid in self._anchors.gone.keys() & self._ending.keys():
                ward = self._ending.pop(pid)
                tell(self._control, "gone", id=ward.id, cpu_s=ward.cpu_s + self._anchors.gone.pop(pid))

    def _kill(self, ward: _Ward) -> None:
        signal.pidfd_send_signal(ward.pid_fd, signal.SIGKILL)
        if ward.anchor is not None:
            ward.anchor.kill()
            return
        with contextlib.suppress(ProcessLookupError):  # it is not the head of a session yet
            os.killpg(ward.pid, signal.SIGKILL)


def main() -> None:
    """Be a warden, by the configuration in the first argument; in a forked process, be a candidate."""
    warden = _open_warden(_read_config(sys.argv[1]))  # kept: to free it would cost a candidate 0.2 ms
    warden.serve().live()


def _read_config(text: str) -> Config:
    settings = json.loads(text)
    accelerator = settings.pop("accelerator")
    return Config(**settings, accelerator=None if accelerator is None else Accelerator(**accelerator))


def _open_warden(config: Config) -> Warden | SerialWarden:
    """Prepare what both wardens share, fork the second, and be one of them."""
    for name in os.environ.keys() - config.environment.keys():  # bubblewrap's, and an engine's
        del os.environ[name]
    controls = [_connect(place) for place in config.controls]
    if config.is_walled and not walls.can_enter_namespaces():
        from autograder.inside.serial import open_serial_warden  # noqa: PLC0415 - builds on this module; most never need it

        prove_to_be_first()
        return open_serial_warden(config, controls)
    stocks: list[AnchorStock | None] = [None] * len(controls)
    if config.is_walled:
        _leave_the_host()
        if config.names:
            tidy_image(config.names, config.nodes)
        guard_devices(config.nodes)
        mask(config.forbidden)
        stocks = [AnchorStock() for _ in controls]
    import_all(config)
    if len(stocks) > 1 and os.fork() == 0:  # before the mask
        walls.set_parent_death_signal(signal.SIGKILL)
        return _make_warden(config, controls, stocks, 1, config.frameworks)
    if config.is_walled:
        walls.unshare(walls.NEW_MOUNTS)
        mask(config.masked)
    return _make_warden(config, controls, stocks, 0, [])


def _make_warden(
    config: Config, controls: list[socket.socket], stocks: list[AnchorStock | None], place: int, imports: list[str]
) -> Warden:
    """Make the warden at ``place``; what belongs to the other one is closed."""
    for other, stock in enumerate(stocks):
        if other != place:
            controls[other].close()
            if stock is not None:
                stock.close()
    return Warden(config, controls[place], stocks[place], imports)


def import_all(config: Config) -> None:
    """Import what every candidate has."""
    Path(os.environ["TMPDIR"]).mkdir(parents=True, exist_ok=True)
    for name in (*_NUMPY_PARTS, *config.preload, config.entry.partition(":")[0]):
        importlib.import_module(name)


def build_birth(  # noqa: PLR0913 - one of each
    config: Config,
    request: Mapping[str, Any],
    fds: Sequence[int],
    control: socket.socket,
    system_calls: Filter | None,
    *,
    inherited_bytes: int,
) -> Birth:
    """Put together what a station's request for a candidate says, and what every candidate has."""
    return Birth(
        id=request["id"],
        share=Share(**request["share"]),
        channel=fds[_CHANNEL],
        stdout=fds[_STDOUT],
        stderr=fds[_STDERR],
        groups=tuple(fds[_GROUPS:]),
        control=control,
        entry=config.entry,
        data=config.data,
        system_calls=system_calls,
        inherited_bytes=inherited_bytes,
        accelerator=config.accelerator,
    )


def prove_to_be_first() -> None:
    """Raise unless this is PID 1 of a process namespace."""
    if os.getpid() != 1:
        raise OSError("this is not PID 1 of a process namespace of its own")


def _leave_the_host() -> None:
    """Prove that this is PID 1, and give up what no candidate may come to hold."""
    prove_to_be_first()
    walls.make_mounts_private()
    walls.empty_bounding_set()
    walls.leave_session_keyring()


def _tell_as(control: socket.socket, pid: int, word: str, number: int) -> None:
    """Send a message in the name of another process; the kernel translates its number for the station."""
    sender = struct.pack("3i", pid, os.getuid(), os.getgid())
    message = json.dumps({"op": word, "id": number}).encode()
    control.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, sender)])


def _connect(place: int | str) -> socket.socket:
    """Open a control socket, above what a candidate keeps."""
    if isinstance(place, str):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.connect(place)
        except OSError as error:
            raise OSError(f"cannot connect to the station's socket: {error}") from None
        place = connection.detach()
    high = fcntl.fcntl(place, fcntl.F_DUPFD_CLOEXEC, _HIGH_FD)
    os.close(place)
    return socket.socket(fileno=high)


def _data_bytes() -> int:
    """Size of this process's data as RLIMIT_DATA counts it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) << 10
    return 0
