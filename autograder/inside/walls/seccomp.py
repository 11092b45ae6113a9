"""The filter on system calls for every candidate.

It is a deny list, answered with an error number.

A deny list, because an allow list that kills dies with the next libc. What is denied is of no use
to an honest submission and has been a way out of sandboxes: mounts, namespaces, tracing, keyrings,
BPF, io_uring, kernel modules, clocks, System V objects (memory that no process's size shows),
watching files that others open, sending pages of shared files out of memory or asking which are in
it, numbers that the kernel counts for all (of processes, sockets and mounts: a candidate that
counts up leaves word for the next one), messages with descriptors (those in flight are counted per
user of the host, so that one candidate could use up what others need), and sockets but connected
Unix pairs.

A GPU's driver needs more of it: CUDA makes a file in memory and a Unix socket that it binds and
listens on while it opens a device, and gives up if it may not (`NVIDIA/OpenShell#1696`). So a
candidate that has a GPU may do that; it can still neither connect nor accept.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

# name: (x86_64, aarch64); None where the machine has no such call.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "accept": (43, 202),
    "accept4": (288, 242),
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bind": (49, 200),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "connect": (42, 203),
    "create_module": (174, None),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "get_kernel_syms": (177, None),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "listen": (50, 201),
    "listmount": (458, 458),
    "listns": (470, 470),
    "lookup_dcookie": (212, 18),
    "lsm_set_self_attr": (460, 460),
    "migrate_pages": (256, 238),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "query_module": (178, None),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "sendmmsg": (307, 269),
    "sendmsg": (46, 211),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "socket": (41, 198),
    "statmount": (457, 457),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "sysctl": (156, None),
    "sysfs": (139, None),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "uselib": (134, None),
    "ustat": (136, None),
    "vhangup": (153, 58),
    "vserver": (236, None),
}
# Answered with success and not done: they would write the disks of the host back, or steer which
# pages of files that all candidates share are in memory.
_IGNORED: dict[str, tuple[int, int]] = {
    "fadvise64": (221, 223),
    "readahead": (187, 213),
    "sync": (162, 81),
    "syncfs": (306, 267),
}
# As on an older kernel: glibc falls back to clone, whose flags a filter can see, and nobody gets
# files in memory that no limit on folders and no process's size covers. Nobody asks which pages of
# a shared file are in memory, or how many processes the machine has had (the inode number of a
# pidfd): one candidate could leave word there for another.
_UNKNOWN: dict[str, tuple[int, int]] = {
    "cachestat": (451, 451),
    "clone3": (435, 435),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "mincore": (27, 232),
    "pidfd_open": (434, 434),
    "preadv2": (327, 286),
    "pwritev2": (328, 287),
}

# What a GPU's driver does when it opens a device. To connect is answered as if nobody listened: it
# asks for daemons that it can do without.
_DRIVERS = ("bind", "listen", "memfd_create", "socket")
_DRIVERS_IN_VAIN = "connect"

_CLONE = (56, 220)
_GETSOCKOPT, _SETSOCKOPT = (55, 209), (54, 208)
_STATX = (332, 291)
_FCNTL = (72, 25)
_IOCTL = (16, 29)
_MADVISE = (28, 233)
_MKNOD = (133, None)
_MKNODAT = (259, 33)
_MMAP = (9, 222)
_PERSONALITY = (135, 92)
_PRLIMIT = (302, 261)
_SETRLIMIT = (160, 164)
_SOCKET = (41, 198)
_SOCKETPAIR = (53, 199)

# CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}; CLONE_PARENT, a zombie of the warden; CLONE_PIDFD, as
# pidfd_open
_CLONE_FLAGS = 0x7E02_9000
_COOKIE, _PEER_PIDFD, _PASS_PIDFD = 57, 77, 76  # of sockets: numbers that the kernel counts for all
_MNT_ID_UNIQUE = 0x4000
_SET_LEASE, _NOTIFY = 1024, 1026  # make others wait who open a file, or hear of them
# a mark that stays with a file, which older kernels let every reader set
_SET_HINT, _SET_FILE_HINT = (1036, 1038)
_COLD, _PAGEOUT = 20, 21  # send pages away that others share
_HUGE_PAGES = 0x4_0000  # of a pool of the host's that no control group of ours counts
# in the kind of a file: of those that can be made, character and block devices have it
_DEVICE_BIT = 0o020000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # type into a terminal
_RLIMIT_CORE = 4  # the one limit nobody may lower: see setup.NO_CORE
_AF_UNIX = 1
_SOCK_TYPES = 0xF
_STREAM, _SEQPACKET = 1, 5  # unlike datagram pairs, these cannot be addressed to anybody else
_PERSONALITIES = (0, 0xFFFF_FFFF)  # the ordinary one, and "which is it"

_ARCHITECTURES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}
_X32_BIT = 0x4000_0000
_FIRST_UNKNOWN = 471  # above listns of Linux 6.18: what nobody has judged is as on an older kernel

_ALLOW, _ERRNO = 0x7FFF_0000, 0x0005_0000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

_REFUSE, _UNSUPPORTED, _PRETEND, _NOBODY, _PASS = (
    "refuse",
    "unsupported",
    "pretend",
    "nobody",
    "pass",
)
_ERRORS = {
    _REFUSE: errno.EPERM,
    _UNSUPPORTED: errno.ENOSYS,
    _PRETEND: 0,
    _NOBODY: errno.ECONNREFUSED,
}
_ANSWERS = {**{name: _ERRNO | number for name, number in _ERRORS.items()}, _PASS: _ALLOW}


def _argument(index: int, *, high: bool = False) -> int:
    """Return the offset of an argument's low or high half.

    Both machines are little endian.
    """
    return 16 + 8 * index + 4 * high


@dataclass
class _Assembler:
    """Instructions with jumps to named answers.

    The answers stand at the end. Offsets are at most 255.
    """

    lines: list[tuple[int, str | int, str | int, int]] = field(default_factory=list)

    def load(self, offset: int) -> None:
        self.lines.append((_LOAD, 0, 0, offset))

    def mask(self, bits: int) -> None:
        self.lines.append((_AND, 0, 0, bits))

    def test(self, code: int, value: int, *, then: str | int = 0, otherwise: str | int = 0) -> None:
        """Go to ``then`` or ``otherwise``.

        Each is an answer, or a number of instructions to skip.
        """
        self.lines.append((code, then, otherwise, value))

    def assemble(self) -> bytes:
        answers = {name: len(self.lines) + place for place, name in enumerate(_ANSWERS)}

        def resolve(target: str | int, line: int) -> int:
            return target if isinstance(target, int) else answers[target] - line - 1

        body = [
            struct.pack("=HBBI", code, resolve(then, line), resolve(otherwise, line), value)
            for line, (code, then, otherwise, value) in enumerate(self.lines)
        ]
        return b"".join(body) + b"".join(
            struct.pack("=HBBI", _RETURN, 0, 0, value) for value in _ANSWERS.values()
        )


def answers(machine: str | None = None, *, has_gpu: bool = False) -> dict[str, tuple[int, int]]:
    """Return the number and error of each denied call, by name.

    A denied call never reaches the kernel. Error 0 means none.
    """
    column, _ = _ARCHITECTURES[machine or os.uname().machine]
    return {
        name: (number, _ERRORS[answer])
        for name, number, answer in _plain_answers(column, has_gpu=has_gpu)
    }


def _plain_answers(column: int, *, has_gpu: bool) -> Iterator[tuple[str, int, str]]:
    """Name, number and answer of each call whose arguments do not matter."""
    for table, answer in ((_REFUSED, _REFUSE), (_IGNORED, _PRETEND), (_UNKNOWN, _UNSUPPORTED)):
        for name, numbers in table.items():
            number = numbers[column]
            if number is None or (has_gpu and name in _DRIVERS):
                continue
            yield name, number, _NOBODY if has_gpu and name == _DRIVERS_IN_VAIN else answer


def build_filter(machine: str | None = None, *, has_gpu: bool = False) -> bytes:
    """Assemble the filter for a machine, by default this one.

    It is an array of ``struct sock_filter``.

    Parameters
    ----------
    machine
        As ``uname`` calls it.
    has_gpu
        Whether it is for candidates whose GPU's driver has to work.

    Raises
    ------
    OSError
        There is no table of system calls for this machine.
    """
    machine = machine or os.uname().machine
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    column, architecture = _ARCHITECTURES[machine]
    code = _Assembler()
    code.load(_ARCHITECTURE)
    code.test(_EQUAL, architecture, otherwise=_REFUSE)
    code.load(_NUMBER)
    if machine == "x86_64":
        code.test(_AT_LEAST, _X32_BIT, then=_REFUSE)
    code.test(_AT_LEAST, _FIRST_UNKNOWN, then=_UNSUPPORTED)
    _refuse_by_argument(code, column)
    for number in (_SOCKETPAIR[column], *((_SOCKET[column],) if has_gpu else ())):
        _pass_connected_sockets(code, number)
    for _, number, answer in _plain_answers(column, has_gpu=has_gpu):
        code.test(_EQUAL, number, then=answer)
    code.test(_EQUAL, 0, then=_PASS, otherwise=_PASS)
    return code.assemble()


def _refuse_by_argument(code: _Assembler, column: int) -> None:
    """Refuse some calls, depending on their arguments.

    They are honest with other arguments. Each block is skipped unless its number matches.
    """
    code.test(_EQUAL, _CLONE[column], otherwise=2)
    code.load(_argument(0))
    code.test(_ANY_BIT, _CLONE_FLAGS, then=_REFUSE, otherwise=_PASS)
    code.test(_EQUAL, _FCNTL[column], otherwise=5)
    code.load(_argument(1))
    for command in (_SET_LEASE, _SET_HINT, _SET_FILE_HINT):
        code.test(_EQUAL, command, then=_REFUSE)
    code.test(_EQUAL, _NOTIFY, then=_REFUSE, otherwise=_PASS)
    for numbers, options in ((_GETSOCKOPT, (_COOKIE, _PEER_PIDFD)), (_SETSOCKOPT, (_PASS_PIDFD,))):
        code.test(_EQUAL, numbers[column], otherwise=1 + len(options))
        code.load(_argument(2))
        for (
            option
        ) in options:  # of any level: no other that a pair of sockets knows has such an option
            code.test(_EQUAL, option, then=_REFUSE, otherwise=_PASS if option == options[-1] else 0)
    code.test(_EQUAL, _STATX[column], otherwise=2)
    code.load(_argument(3))
    code.test(_ANY_BIT, _MNT_ID_UNIQUE, then=_REFUSE, otherwise=_PASS)
    for number, argument in ((_MKNOD[column], 1), (_MKNODAT[column], 2)):
        if number is not None:  # refused by a kernel that knows devices, but not by every one
            code.test(_EQUAL, number, otherwise=2)
            code.load(_argument(argument))
            code.test(_ANY_BIT, _DEVICE_BIT, then=_REFUSE, otherwise=_PASS)
    code.test(_EQUAL, _MMAP[column], otherwise=2)
    code.load(_argument(3))
    code.test(_ANY_BIT, _HUGE_PAGES, then=_REFUSE, otherwise=_PASS)
    code.test(_EQUAL, _MADVISE[column], otherwise=3)
    code.load(_argument(2))
    code.test(_EQUAL, _COLD, then=_REFUSE)
    code.test(_EQUAL, _PAGEOUT, then=_REFUSE, otherwise=_PASS)
    code.test(_EQUAL, _IOCTL[column], otherwise=3)
    code.load(_argument(1))
    code.test(_EQUAL, _TIOCSTI, then=_REFUSE)
    code.test(_EQUAL, _TIOCLINUX, then=_REFUSE, otherwise=_PASS)
    code.test(_EQUAL, _PERSONALITY[column], otherwise=3)
    code.load(_argument(0))
    code.test(_EQUAL, _PERSONALITIES[0], then=_PASS)
    code.test(_EQUAL, _PERSONALITIES[1], then=_PASS, otherwise=_REFUSE)
    code.test(_EQUAL, _PRLIMIT[column], otherwise=8)
    code.load(_argument(0))
    code.test(_EQUAL, 0, otherwise=_REFUSE)  # of itself only: a limit can end another process
    code.load(_argument(1))
    code.test(_EQUAL, _RLIMIT_CORE, otherwise=_PASS)
    code.load(_argument(2))
    code.test(_EQUAL, 0, otherwise=_REFUSE)
    code.load(_argument(2, high=True))
    code.test(_EQUAL, 0, then=_PASS, otherwise=_REFUSE)
    code.test(_EQUAL, _SETRLIMIT[column], otherwise=2)
    code.load(_argument(0))
    code.test(_EQUAL, _RLIMIT_CORE, then=_REFUSE, otherwise=_PASS)


def _pass_connected_sockets(code: _Assembler, number: int) -> None:
    """Let a call make only this machine's connected sockets.

    They are Unix sockets that must be connected before they reach another process.
    """
    code.test(_EQUAL, number, otherwise=6)
    code.load(_argument(0))
    code.test(_EQUAL, _AF_UNIX, otherwise=_REFUSE)
    code.load(_argument(1))
    code.mask(_SOCK_TYPES)
    code.test(_EQUAL, _STREAM, then=_PASS)
    code.test(_EQUAL, _SEQPACKET, then=_PASS, otherwise=_REFUSE)


class Filter:
    """A filter in the kernel's form.

    It is made once in the warden and installed in each candidate.
    """

    def __init__(self, instructions: bytes) -> None:
        self._instructions = ctypes.create_string_buffer(instructions, len(instructions))
        count = len(instructions) // 8
        self._program = ctypes.create_string_buffer(
            struct.pack("@HP", count, ctypes.addressof(self._instructions))
        )
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4

    def install(self) -> None:
        """Put this process and its children under the filter.

        It needs no-new-privileges.
        """
        if self._libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(self._program), 0, 0):
            number = ctypes.get_errno()
            raise OSError(number, f"seccomp: {os.strerror(number)}")
