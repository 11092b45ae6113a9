"""The way from a warden's fork to a candidate.

The forked process puts its walls up around itself, and is the candidate.

It begins with the warden's privileges, in an empty process namespace. It makes its own view of the
file system, joins its control groups, gives up everything it does not need, says that its walls
stand, closes every descriptor but its channel and its output, and runs the entry. Until then only
trusted code has run.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import io
import os
import random
import resource
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import frameworks
from autograder.inside.messages import CandidateResources, Failed, Forked, Message, encode_message
from autograder.inside.walls import syscalls
from autograder.inside.walls.syscalls import mask

if TYPE_CHECKING:
    from autograder.inside.walls.accelerator import Accelerator
    from autograder.inside.walls.seccomp import Filter

_CHANNEL_FD = 3
_SPARE_FD = 4  # the channel once more, so that its end is seen when the process ends and not before
STACK_BYTES = (8 << 20, 64 << 20)
_LOCKED_BYTES = 8 << 20  # what kernels grant by themselves
_PENDING_SIGNALS = 1024
_SEED = 0
# At 0 the kernel still starts a core handler of the host, as root and outside of every wall; at 1
# it writes nothing and starts none.
NO_CORE = 1
_RLIMIT_MSGQUEUE = 12  # not in the resource module before 3.13
# What gVisor has no limit of: there is no scheduling by priority, and its calls for queues are
# refused by the filter.
_UNSETTABLE = ("RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_SIGPENDING")
_FAILED_STATUS = 70  # EX_SOFTWARE: a wall could not be built
_SCRATCH = ("/tmp", "/dev/shm")  # noqa: S108 - mount points of the sandbox, not files
_NO_TRUST = syscalls.NO_SETUID | syscalls.NO_DEVICES | syscalls.NO_EXEC


@dataclass(frozen=True, kw_only=True)
class CandidateSetup:
    """A process between its fork and the submission's first line.

    This one has no walls. `WalledSetup` and `SerialSetup` put them up.

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
    inherited_bytes
        Memory that the warden has reserved, as the candidate's limit counts it.
    accelerator
        Its device, if it has one.
    """

    id: int
    share: CandidateResources
    channel: int
    stdout: int
    stderr: int
    groups: tuple[int, ...]
    control: socket.socket
    entry: str
    data: dict[str, str]
    inherited_bytes: int
    accelerator: Accelerator

    def live(self) -> None:
        """Be the candidate.

        It never returns.
        """
        try:
            self._become_candidate()
        except BaseException as error:  # noqa: BLE001 - told to the station, whatever it is
            with contextlib.suppress(OSError):  # unless that is gone
                tell_station(self.control, Failed(self.id, f"{type(error).__name__}: {error}"))
            os._exit(_FAILED_STATUS)
        _serve(self)

    def _become_candidate(self) -> None:
        """Take the share, give up everything else, and say so."""
        self._enclose()
        for group in self.groups:
            # this process, which has one thread: needs no lock over all threads of the machine
            os.write(group, b"0")
        self._hide_groups()
        os.setsid()
        # its own: the flags of an open file are shared by all who have it
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(self.stdout, 1)
        os.dup2(self.stderr, 2)
        _renew_streams()
        os.umask(0o077)
        self._give_up_rights()
        os.chdir(self.share.work)
        _furnish(self.data)
        self._filter_system_calls()
        # it may lie on either number
        channel = fcntl.fcntl(self.channel, fcntl.F_DUPFD_CLOEXEC, _SPARE_FD + 1)
        for fd in (_CHANNEL_FD, _SPARE_FD):
            os.dup2(channel, fd, inheritable=False)
        syscalls.close_all_but(0, 1, 2, _CHANNEL_FD, _SPARE_FD, self.control.fileno())
        self.accelerator.prepare()  # its files stay open
        tell_station(self.control, Forked(self.id, time.process_time()))
        self.control.close()

    def _enclose(self) -> None:
        """Put up the walls."""
        syscalls.set_parent_death_signal(signal.SIGKILL)

    def _hide_groups(self) -> None:
        """Show the candidate no control groups but its own."""

    def _give_up_rights(self) -> None:
        """Accept limits and give up privileges."""
        Path(self.share.work).mkdir(0o700)

    def _filter_system_calls(self) -> None:
        """Refuse system calls from here on."""


@dataclass(frozen=True, kw_only=True)
class WalledSetup(CandidateSetup):
    """A candidate with namespaces of its own, beside others.

    Attributes
    ----------
    system_calls
        The filter.
    """

    system_calls: Filter

    def _enclose(self) -> None:
        """Enter new mounts and IPC objects, as the first OOM victim.

        The kernel kills this process first for want of memory.
        """
        self._leave_namespaces()
        # While the old, writable /proc is still there: in the new one a candidate cannot lower it
        # again.
        fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        os.write(fd, b"1000")
        os.close(fd)
        self._mount_view()

    def _mount_view(self) -> None:
        """Mount /proc and three limited, empty folders.

        The /proc is that of the new process namespace.
        """
        share = self.share
        kept = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in share.kept}
        flags, view = self.accelerator.proc_mount
        syscalls.mount("proc", "/proc", "proc", _NO_TRUST | flags, view)
        self._cover()
        owner = "" if share.uid is None else f",uid={share.uid},gid={share.uid}"
        options = f"{self._folder_options()},mode=0777{owner}"
        for folder in (share.work, *_SCRATCH):
            syscalls.mount("tmpfs", folder, "tmpfs", _NO_TRUST, options)
        flags = syscalls.BIND | syscalls.REMOUNT | syscalls.READ_ONLY
        for path, fd in kept.items():
            Path(path).mkdir()
            syscalls.mount(f"/proc/self/fd/{fd}", path, "", syscalls.BIND | syscalls.RECURSIVE)
            syscalls.mount("", path, "", flags | syscalls.NO_SETUID | syscalls.NO_DEVICES)

    def _leave_namespaces(self) -> None:
        syscalls.unshare(syscalls.NEW_MOUNTS | syscalls.NEW_IPC)

    def _folder_options(self) -> str:
        """Return a writable folder's limits as options of its mount."""
        return f"size={self.share.disk_bytes},nr_inodes={self.share.inodes}"

    def _cover(self) -> None:
        """Hide what the new /proc shows beside the candidate."""

    def _hide_groups(self) -> None:
        syscalls.hide_groups()

    def _give_up_rights(self) -> None:
        self._set_limits()
        self._give_up_privileges()

    def _give_up_privileges(self) -> None:
        if self.share.uid is not None:
            syscalls.become(self.share.uid)
        syscalls.drop_capabilities()
        syscalls.set_undumpable()
        syscalls.forbid_new_privileges()

    def _set_limits(self) -> None:
        for name, limit in process_limits(self.share).items():
            syscalls.set_limit(getattr(resource, name, _RLIMIT_MSGQUEUE), *limit)
        if self.share.data_bytes is not None:
            syscalls.set_limit(resource.RLIMIT_DATA, self.inherited_bytes + self.share.data_bytes)

    def _filter_system_calls(self) -> None:
        self.system_calls.install()


@dataclass(frozen=True, kw_only=True)
class SerialSetup(WalledSetup):
    """The only candidate in its sandbox.

    Its mounts lie in every process's view until its warden unmounts them.

    Attributes
    ----------
    masked
        Packages that it must not see.
    """

    masked: tuple[str, ...] = ()

    def _leave_namespaces(self) -> None:
        syscalls.unshare(syscalls.NEW_IPC)
        mask(self.masked, can_remount=False)

    def _folder_options(self) -> str:
        """Return the limit in bytes, since this kernel keeps none on inodes."""
        return f"size={self.share.disk_bytes}"

    def _cover(self) -> None:
        """Empty /proc, except for this process.

        This kernel cannot mount it without the machine's part, and shows PID 1 to every process.
        """
        own = str(os.getpid())
        for entry in list(os.scandir("/proc")):
            if entry.is_symlink() or entry.name == own:
                continue
            if entry.is_dir():
                flags = _NO_TRUST | syscalls.READ_ONLY
                syscalls.mount("tmpfs", entry.path, "tmpfs", flags, "size=4k,mode=0555")
            else:
                syscalls.mount("/dev/null", entry.path, "", syscalls.BIND)

    def _set_limits(self) -> None:
        for name, limit in process_limits(self.share).items():
            if name not in _UNSETTABLE:
                syscalls.set_limit(getattr(resource, name), *limit)
        reservable = address_bytes(self.share)
        if reservable is not None:
            syscalls.set_limit(resource.RLIMIT_AS, self.inherited_bytes + reservable)


def tell_station(control: socket.socket, message: Message) -> None:
    """Send one message to the station."""
    control.send(encode_message(message))


def decode_status(status: int) -> tuple[int | None, int | None]:
    """Split a wait status into exit status and signal.

    One of them is None.
    """
    code = os.waitstatus_to_exitcode(status)
    return (code, None) if code >= 0 else (None, -code)


def process_limits(share: CandidateResources) -> dict[str, tuple[int, int]]:
    """Return the soft and hard limits of one process.

    The limit on what it may add to its data is not among them, since that depends on the warden's
    data.

    There is none on CPU time: it would make `time.process_time` tick every 4 ms.
    """
    return {
        "RLIMIT_CORE": (NO_CORE, NO_CORE),
        "RLIMIT_FSIZE": (share.file_bytes, share.file_bytes),
        "RLIMIT_MEMLOCK": (_LOCKED_BYTES, _LOCKED_BYTES),
        "RLIMIT_MSGQUEUE": (0, 0),
        "RLIMIT_NICE": (0, 0),
        "RLIMIT_NOFILE": (share.open_files, share.open_files),
        "RLIMIT_NPROC": (share.processes, share.processes),
        "RLIMIT_RTPRIO": (0, 0),
        "RLIMIT_SIGPENDING": (_PENDING_SIGNALS, _PENDING_SIGNALS),
        "RLIMIT_STACK": STACK_BYTES,
    }


def address_bytes(share: CandidateResources) -> int | None:
    """Return a process's limit of added address space, or None.

    A kernel that does not keep RLIMIT_DATA limits all of the address space, in which threads have
    their stacks, too.
    """
    if share.data_bytes is None:
        return None
    return share.data_bytes + share.processes * STACK_BYTES[0]


def _furnish(data: dict[str, str]) -> None:
    """Furnish the work folder.

    It gets the public data files and a folder for temporary files.
    """
    Path(".tmp").mkdir(0o700)
    for name, path in data.items():
        link = Path(name)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)


def _serve(setup: CandidateSetup) -> None:
    """Run the entry and print its exception.

    No process above it would print it.
    """
    status = 0
    try:
        sys.argv = ["submission"]
        _seed()
        module, _, function = setup.entry.partition(":")
        getattr(importlib.import_module(module), function)(_CHANNEL_FD)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the last frame of the process
        traceback.print_exc()
        status = 1
    finally:
        _flush()
        os._exit(status & 0xFF)


def _renew_streams() -> None:
    """Make the streams anew.

    The warden's streams remember that theirs could seek, which a pipe cannot.
    """
    for name, number in (("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        raw = io.FileIO(number, "w", closefd=False)
        stream = io.TextIOWrapper(
            io.BufferedWriter(raw),
            encoding=old.encoding,
            errors=old.errors,
            line_buffering=old.line_buffering,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _seed() -> None:
    """Make unseeded code repeat itself."""
    random.seed(_SEED)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(_SEED)
    frameworks.seed_all(_SEED)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # closed, full, or replaced by the submission
            continue
