"""The system calls of a wall, and the masks over packages.

They go through ctypes.

They are about namespaces, mounts, capabilities and the keyring.

Linux only. Every function raises ``OSError`` with the call's name when the kernel refuses.
"""

from __future__ import annotations

import array
import ctypes
import errno
import importlib.machinery
import os
import resource
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


NEW_MOUNTS = 0x0002_0000
NEW_GROUPS = 0x0200_0000
NEW_IPC = 0x0800_0000
NEW_PIDS = 0x2000_0000

READ_ONLY = 0x1
NO_SETUID = 0x2
NO_DEVICES = 0x4
NO_EXEC = 0x8
REMOUNT = 0x20
BIND = 0x1000
MOVE = 0x2000
RECURSIVE = 0x4000
PRIVATE = 0x4_0000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_SECUREBITS = 28
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4

# No capability by being uid 0, none by being ambient; both locked.
_SECUREBITS = 0b11 | 0b1100_0000

_CAPABILITY_VERSION = 0x2008_0522
_CAP_KILL = 5
_LAST_CAPABILITY = 63  # beyond what any kernel knows; EINVAL ends the list
_JOIN_SESSION_KEYRING = 1
_KEYCTL = {"x86_64": 250, "aarch64": 219}

_MAX_MESSAGE_BYTES = 1 << 16
_MAX_FDS = 16

_MNT_DETACH = 2

_LARGE_PAGE = 2 << 20
_MADV_COLLAPSE = 25

_CapabilityHeader = ctypes.c_uint32 * 2
_CapabilitySets = ctypes.c_uint32 * 6

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_char_p,
]
_libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.syscall.restype = ctypes.c_long


def _raise(call: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, f"{call}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``flags`` (`NEW_PIDS` acts on the children only)."""
    if _libc.unshare(flags):
        _raise("unshare")


def hide_groups() -> None:
    """Make this process's control groups look like the whole tree.

    A kernel without any has nothing to hide.
    """
    try:
        unshare(NEW_GROUPS)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise


def enter_pid_namespace(namespace_fd: int) -> None:
    """Let this process's future children enter a process namespace.

    It is the namespace behind ``namespace_fd``.
    """
    if _libc.setns(namespace_fd, NEW_PIDS):
        _raise("setns")


def can_enter_namespaces() -> bool:
    """Return True if processes can enter process namespaces.

    The kernel must also have descriptors of processes. This is not so in gVisor.

    Raises
    ------
    OSError
        The kernel has them, and refuses.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter_pid_namespace(own)
        os.close(os.pidfd_open(os.getpid()))
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS, errno.EINVAL):
            return False
        raise
    finally:
        os.close(own)
    return True


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount ``source`` of type ``kind`` on ``target``."""
    if _libc.mount(source.encode(), os.fsencode(target), kind.encode(), flags, data.encode()):
        _raise(f"mount {target}")


def unmount(target: str) -> None:
    """Take ``target`` out of the view, even while in use."""
    if _libc.umount2(os.fsencode(target), _MNT_DETACH):
        _raise(f"umount {target}")


def make_mounts_private() -> None:
    """Cut the mounts off from those outside.

    Mounts that are made later inside or outside do not cross.
    """
    mount("none", "/", "", RECURSIVE | PRIVATE)


def set_parent_death_signal(number: int) -> None:
    """Have the kernel signal this process when its parent thread ends.

    The signal is ``number``. The parent thread is the one that made this process.
    """
    _prctl(_PR_SET_PDEATHSIG, number)


def set_undumpable() -> None:
    """Protect this process from reading and tracing.

    Processes of the same user cannot read or trace it. Core files are forbidden, too.
    """
    _prctl(_PR_SET_DUMPABLE, 0)


def forbid_new_privileges() -> None:
    """Make set-uid bits and file capabilities void from here on."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def empty_bounding_set(*, may_lack: bool = False) -> None:
    """Give up for ever to gain a capability by ``exec``.

    It covers bounding and ambient sets, and uid 0's privilege.

    What this process holds stays effective; needs CAP_SETPCAP. A kernel that does not know ambient
    sets or the bits of uid 0 gives nothing by them to a candidate, whose user is another.
    """
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, may_lack=may_lack)
    _prctl(_PR_SET_SECUREBITS, _SECUREBITS, may_lack=may_lack)
    for capability in range(_LAST_CAPABILITY):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            return


def drop_capabilities() -> None:
    """Empty the effective, permitted and inheritable sets."""
    if _libc.capset(_CapabilityHeader(_CAPABILITY_VERSION, 0), _CapabilitySets()):
        _raise("capset")


def keep_only_the_right_to_kill() -> None:
    """Give up every capability but to signal another user's processes."""
    kill = 1 << _CAP_KILL
    if _libc.capset(_CapabilityHeader(_CAPABILITY_VERSION, 0), _CapabilitySets(kill, kill)):
        _raise("capset")


def leave_session_keyring() -> None:
    """Get an empty session keyring.

    A kernel without keyrings has nothing to leave.
    """
    number = _KEYCTL.get(os.uname().machine)
    if number is not None:
        _libc.syscall(ctypes.c_long(number), ctypes.c_long(_JOIN_SESSION_KEYRING), None)


def become(uid: int) -> None:
    """Take ``uid`` as user and as only group.

    The capabilities of uid 0 go with it.
    """
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def set_limit(kind: int, soft: int, hard: int | None = None) -> None:
    """Set a resource limit, never above the one in force.

    Raising it needs a capability.
    """
    ceiling = resource.getrlimit(kind)[1]
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def merge_pages() -> None:
    """Put this process's own memory on large pages.

    A fork then copies a hundredth of the table entries.

    A kernel that cannot is left in peace.
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, mode, *_, path = [*line.split(None, 5), ""][:6]
        if mode != "rw-p" or path not in ("", "[heap]"):
            continue
        first, last = (int(address, 16) for address in span.split("-"))
        first, last = -(-first // _LARGE_PAGE) * _LARGE_PAGE, last // _LARGE_PAGE * _LARGE_PAGE
        if first < last:
            _libc.madvise(first, last - first, _MADV_COLLAPSE)


def close_all_but(*kept: int) -> None:
    """Close every descriptor that is not named."""
    first = 0
    for fd in sorted(kept):
        if first < fd:  # os.closerange(0, 0) closes everything
            os.closerange(first, fd)
        first = fd + 1
    os.closerange(first, max(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 20))


def receive_datagram(connection: socket.socket, flags: int = 0) -> tuple[bytes, list[int]]:
    """Take one datagram with the descriptors beside it (`socket.recv_fds` ignores its flags)."""
    descriptors = array.array("i")
    space = socket.CMSG_SPACE(_MAX_FDS * descriptors.itemsize)
    text, ancillary, _, _ = connection.recvmsg(
        _MAX_MESSAGE_BYTES, space, flags | socket.MSG_CMSG_CLOEXEC
    )
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return text, list(descriptors)


def _prctl(option: int, argument: int, *, may_lack: bool = False) -> None:
    if _libc.prctl(option, argument, 0, 0, 0) and not (
        may_lack and ctypes.get_errno() == errno.EINVAL
    ):
        _raise(f"prctl {option}")


_FLAGS = NO_SETUID | NO_DEVICES
_SIZE, _INODES = "size=64k,mode=0755", ",nr_inodes=4"
_TEXT = 'raise ModuleNotFoundError("No module named {name!r}", name={name!r})\n'


def find_package(name: str) -> list[str]:
    """Find the folders or the file of a top-level package.

    It is not imported. The list is empty if it is not installed.
    """
    spec = importlib.machinery.PathFinder.find_spec(name)
    if spec is None:
        return []
    return list(spec.submodule_search_locations or ([spec.origin] if spec.origin else []))


def mask(packages: Iterable[str], *, can_remount: bool = True) -> None:
    """Cover packages by ones that cannot be imported.

    They are covered in the mount namespace of this process.

    Where mounts cannot be made read-only afterwards, the covers belong to this user, which is no
    candidate's.
    """
    for name in packages:
        text = _TEXT.format(name=name)
        for place in map(Path, find_package(name)):
            if place.is_dir():
                _cover(place, text, can_remount=can_remount)
            # a module in one file; as an extension, this is no library and raises ImportError too
            else:
                cover = Path("/tmp", f"mask-{name}")  # noqa: S108 - the wardens' own
                cover.write_text(text)
                mount(str(cover), str(place), "", BIND)


def _cover(place: Path, text: str, *, can_remount: bool) -> None:
    size = _SIZE + _INODES if can_remount else _SIZE
    mount("tmpfs", str(place), "tmpfs", _FLAGS, size)
    (place / "__init__.py").write_text(text)  # an empty folder could be imported
    (place / "__init__.py").chmod(0o644)
    if can_remount:
        mount("tmpfs", str(place), "tmpfs", _FLAGS | REMOUNT | READ_ONLY, size)
