"""What becomes of a process that a warden has forked: the candidate's PID 1, then the candidate behind its walls.

With walls there are two processes. PID 1 builds the namespaces and the file view, forks the candidate, waits for
it, tells its wait status to the station and ends, with which the kernel kills whatever the candidate left. The
candidate gives up everything it does not need, says that its walls stand, closes every descriptor but its channel
and its output, and runs the entry.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import resource
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.inside import walls

if TYPE_CHECKING:
    from autograder.inside.seccomp import Filter

_CHANNEL_FD = 3
_STACK_BYTES = (8 << 20, 64 << 20)
_SEED = 0
_FAILED_STATUS = 70  # EX_SOFTWARE: a wall could not be built
_SCRATCH = ("/tmp", "/dev/shm")  # noqa: S108 - mount points of the sandbox, not files
_NO_TRUST = walls.NO_SETUID | walls.NO_DEVICES | walls.NO_EXEC


@dataclass(frozen=True)
class Share:
    """What one candidate gets: numbers the station has worked out from its limits.

    Attributes
    ----------
    uid
        User and group of the candidate; None keeps the warden's.
    work
        The work folder: a mount point with walls, an existing folder without.
    processes, open_files, file_bytes, cpu_s, data_bytes
        Resource limits; ``data_bytes`` is what may be added to the warden's own.
    disk_bytes, inodes
        Size of each of the three folders that can be written.
    """

    uid: int | None
    work: str
    processes: int
    open_files: int
    file_bytes: int
    cpu_s: int
    data_bytes: int
    disk_bytes: int
    inodes: int


@dataclass(frozen=True)
class Birth:
    """A process between its fork and the submission's first line.

    Attributes
    ----------
    id
        The station's number for the candidate.
    share
        What it gets.
    channel, stdout, stderr
        Descriptors handed over by the station.
    groups
        Open membership files of its control groups.
    control
        The warden's control socket, to say how it goes.
    entry
        ``module:function`` to run.
    data
        Per name in the work folder, the path it links to.
    system_calls
        The filter; None for a candidate without walls.
    inherited_bytes
        Data segment of the warden.
    """

    id: int
    share: Share
    channel: int
    stdout: int
    stderr: int
    groups: tuple[int, ...]
    control: socket.socket
    entry: str
    data: dict[str, str]
    system_calls: Filter | None
    inherited_bytes: int

    def live(self) -> None:
        """Be the candidate, and in walls its PID 1 before; never returns."""
        try:
            if self.system_calls is not None:
                _be_init(self)
            _be_candidate(self)
        except BaseException as error:  # noqa: BLE001 - told to the station, whatever it is
            tell(self.control, "failed", id=self.id, error=f"{type(error).__name__}: {error}")
            os._exit(_FAILED_STATUS)
        _serve(self)


def tell(control: socket.socket, word: str, **facts: Any) -> None:
    """Send one message to the station."""
    control.send(json.dumps({"op": word, **facts}).encode())


def decode_status(status: int) -> dict[str, int | None]:
    """Split a wait status into exit status and signal, one of which is None."""
    code = os.waitstatus_to_exitcode(status)
    return {"status": code, "signal": None} if code >= 0 else {"status": None, "signal": -code}


def _be_init(birth: Birth) -> None:
    """Make the namespaces and fork; returns in the candidate only, PID 1 waits and ends."""
    if os.getpid() != 1:
        raise OSError("the candidate has no process namespace of its own")
    walls.set_parent_death_signal(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # PID 1 is deaf to signals it has no function for
    tell(birth.control, "init", id=birth.id)
    walls.unshare(walls.NEW_MOUNTS | walls.NEW_IPC)
    # While the old, writable /proc is still there: the candidate cannot lower it again.
    victim_fd = os.open("/proc/self/oom_score_adj", os.O_RDWR | os.O_CLOEXEC)
    usual = os.pread(victim_fd, 16, 0)
    os.write(victim_fd, b"1000")
    walls.set_undumpable()
    _mount_view(birth.share)
    pid = os.fork()
    if pid == 0:
        return
    os.pwrite(victim_fd, usual, 0)
    _keep_only(birth.control.fileno())
    _await(birth, pid)


def _mount_view(share: Share) -> None:
    """Mount /proc of the new process namespace and three empty folders, limited in bytes and inodes."""
    walls.mount("proc", "/proc", "proc", _NO_TRUST | walls.READ_ONLY, "subset=pid")
    owner = "" if share.uid is None else f",uid={share.uid},gid={share.uid}"
    for folder in (share.work, *_SCRATCH):
        size = f"size={share.disk_bytes},nr_inodes={share.inodes},mode=0700{owner}"
        walls.mount("tmpfs", folder, "tmpfs", _NO_TRUST, size)


def _await(birth: Birth, candidate: int) -> None:
    """Reap whatever ends until the candidate does."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == candidate:
            tell(birth.control, "exited", id=birth.id, **decode_status(status))
            os._exit(0)


def _be_candidate(birth: Birth) -> None:
    """Take the share, give up everything else, and say so."""
    for group in birth.groups:
        os.write(group, b"0")  # this process, which has one thread: needs no lock over all threads of the machine
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(birth.stdout, 1)
    os.dup2(birth.stderr, 2)
    os.umask(0o077)
    _set_limits(birth)
    if birth.system_calls is not None:
        _give_up_privileges(birth.share.uid)
    os.chdir(birth.share.work)
    _furnish(birth.data)
    if birth.system_calls is None:
        walls.set_parent_death_signal(signal.SIGKILL)
    else:
        birth.system_calls.install()
    tell(birth.control, "forked", id=birth.id)
    os.dup2(birth.channel, _CHANNEL_FD, inheritable=False)
    birth.control.detach()
    os.closerange(_CHANNEL_FD + 1, _highest_fd())


def _set_limits(birth: Birth) -> None:
    share = birth.share
    walls.set_limit(resource.RLIMIT_CORE, 0)
    if birth.system_calls is None:
        return
    walls.set_limit(resource.RLIMIT_NPROC, share.processes)
    walls.set_limit(resource.RLIMIT_FSIZE, share.file_bytes)
    walls.set_limit(resource.RLIMIT_CPU, share.cpu_s)
    walls.set_limit(resource.RLIMIT_STACK, *_STACK_BYTES)
    walls.set_limit(resource.RLIMIT_DATA, birth.inherited_bytes + share.data_bytes)
    walls.set_limit(resource.RLIMIT_NOFILE, share.open_files)


def _give_up_privileges(uid: int | None) -> None:
    if uid is not None:
        walls.become(uid)
    walls.drop_capabilities()
    walls.forbid_new_privileges()


def _furnish(data: dict[str, str]) -> None:
    """Put the public data files into the work folder, and make the folder for temporary files."""
    os.mkdir(".tmp", 0o700)
    for name, path in data.items():
        link = Path(name)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)


def _serve(birth: Birth) -> None:
    """Run the entry; what it raises is printed, since nobody is above it."""
    status = 0
    try:
        sys.argv = ["submission"]
        _seed()
        module, _, function = birth.entry.partition(":")
        getattr(importlib.import_module(module), function)(_CHANNEL_FD)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the last frame of the process
        traceback.print_exc()
        status = 1
    finally:
        _flush()
        os._exit(status & 0xFF)


def _seed() -> None:
    """Make unseeded code repeat itself."""
    random.seed(_SEED)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(_SEED)
    elif "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(_SEED)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # closed, full, or replaced by the submission
            continue


def _keep_only(fd: int) -> None:
    os.closerange(0, fd)
    os.closerange(fd + 1, _highest_fd())


def _highest_fd() -> int:
    return max(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 20)
