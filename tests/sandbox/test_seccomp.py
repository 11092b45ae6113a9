"""The system call filter, executed by a small machine of ours: it must be right where no test machine is, too."""

from __future__ import annotations

import errno
import struct

import pytest

from autograder.inside.walls.seccomp import build_filter

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
REFUSED, UNKNOWN, PRETENDED, ALLOWED = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS, ERRNO, ALLOW
NOBODY = ERRNO | errno.ECONNREFUSED

# From the kernel's tables, independently of the module's.
NUMBERS = {
    "x86_64": {
        "read": 0, "write": 1, "mmap": 9, "ioctl": 16, "shmget": 29, "socket": 41, "connect": 42, "sendmsg": 46,
        "bind": 49, "fcntl": 72, "socketpair": 53, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "ptrace": 101,
        "prctl": 157, "personality": 135, "mount": 165, "reboot": 169, "init_module": 175, "sync": 162, "futex": 202,
        "keyctl": 250, "unshare": 272, "prlimit64": 302, "setrlimit": 160, "syncfs": 306, "setns": 308, "seccomp": 317,
        "getrandom": 318, "memfd_create": 319, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "clone3": 435,
        "close_range": 436, "pidfd_getfd": 438, "landlock_create_ruleset": 444, "openat": 257, "sched_setaffinity": 203,
        "mknod": 133, "mknodat": 259, "madvise": 28, "fadvise64": 221, "readahead": 187, "mincore": 27, "preadv2": 327,
        "pwritev2": 328, "cachestat": 451, "preadv": 295, "pidfd_open": 434, "getsockopt": 55, "setsockopt": 54,
        "statx": 332,
    },
    "aarch64": {
        "read": 63, "write": 64, "mmap": 222, "ioctl": 29, "shmget": 194, "socket": 198, "connect": 203, "sendmsg": 211,
        "bind": 200, "fcntl": 25, "socketpair": 199, "clone": 220, "execve": 221, "kill": 129, "ptrace": 117, "prctl": 167,
        "personality": 92, "mount": 40, "reboot": 142, "init_module": 105, "sync": 81, "futex": 98, "keyctl": 219,
        "unshare": 97, "prlimit64": 261, "setrlimit": 164, "syncfs": 267, "setns": 268, "seccomp": 277, "getrandom": 278,
        "memfd_create": 279, "bpf": 280, "userfaultfd": 282, "io_uring_setup": 425, "clone3": 435, "close_range": 436,
        "pidfd_getfd": 438, "landlock_create_ruleset": 444, "openat": 56, "sched_setaffinity": 122,
        "mknodat": 33, "madvise": 233, "fadvise64": 223, "readahead": 213, "mincore": 232, "preadv2": 286, "pwritev2": 287,
        "cachestat": 451, "preadv": 69, "pidfd_open": 434, "getsockopt": 209, "setsockopt": 208, "statx": 291,
    },
}  # fmt: skip
PLAIN_ANSWERS = {
    REFUSED: ["shmget", "socket", "connect", "bind", "ptrace", "mount", "reboot", "init_module", "keyctl", "unshare",
              "sendmsg", "setns", "bpf", "userfaultfd", "io_uring_setup", "pidfd_getfd"],
    UNKNOWN: ["clone3", "memfd_create", "mincore", "preadv2", "pwritev2", "cachestat", "pidfd_open"],
    PRETENDED: ["sync", "syncfs", "fadvise64", "readahead"],
    ALLOWED: ["read", "write", "mmap", "execve", "kill", "prctl", "futex", "seccomp", "getrandom",
              "close_range", "landlock_create_ruleset", "openat", "sched_setaffinity", "fork", "vfork", "preadv"],
}  # fmt: skip


def execute(program, number, arguments=(), architecture=AUDIT["x86_64"]):
    """Run the filter on one call, as the kernel would; every jump must stay inside."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *(list(arguments) + [0] * 6)[:6])
    lines = list(struct.iter_unpack("=HBBI", program))
    place, accumulator = 0, 0
    while True:
        code, then, otherwise, value = lines[place]
        place += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x54:
                accumulator &= value
            case 0x06:
                return value
            case 0x15 | 0x35 | 0x45:
                holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
                place += then if holds else otherwise
            case _:
                raise AssertionError(f"instruction {code:#x}")


def answers(machine, name, *arguments, has_gpu=False):
    """What the filter of a machine says to a call by name."""
    program = build_filter(machine, has_gpu=has_gpu)
    return execute(program, NUMBERS[machine][name], arguments, AUDIT[machine])


@pytest.mark.parametrize("machine", AUDIT)
@pytest.mark.parametrize(
    ("advice", "expected"), [(4, ALLOWED), (8, ALLOWED), (14, ALLOWED), (20, REFUSED), (21, REFUSED)]
)
def test_filter_advice_that_sends_shared_pages_away_is_refused(machine, advice, expected):
    """Allocators give memory back; nobody has to send pages of files out of memory."""
    assert answers(machine, "madvise", 0, 4096, advice) == expected


@pytest.mark.parametrize("machine", AUDIT)
def test_filter_plain_calls_get_their_answer(machine):
    """Calls that do not depend on arguments are refused, unknown, pretended or allowed as declared."""
    for expected, names in PLAIN_ANSWERS.items():
        known = [name for name in names if name in NUMBERS[machine]]
        assert {name: answers(machine, name) for name in known} == dict.fromkeys(known, expected)


@pytest.mark.parametrize("machine", AUDIT)
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("clone", (17,), ALLOWED),
        ("clone", (0x3D0F00,), ALLOWED),  # a thread
        ("clone", (0x10000000 | 17,), REFUSED),  # a user namespace
        ("clone", (0x8000 | 17,), REFUSED),  # a child of the warden
        ("clone", (0x1000 | 17,), REFUSED),  # with a pidfd
        ("getsockopt", (3, 1, 7), ALLOWED),  # the size of a buffer
        ("getsockopt", (3, 1, 57), REFUSED),  # a cookie
        ("getsockopt", (3, 1, 77), REFUSED),  # the peer's pidfd
        ("setsockopt", (3, 1, 7), ALLOWED),
        ("setsockopt", (3, 1, 76), REFUSED),  # pidfds with messages
        ("statx", (0, 0, 0, 0x17FF), ALLOWED),
        ("statx", (0, 0, 0, 0x4000), REFUSED),  # a number of all mounts ever made
        ("fcntl", (0, 3), ALLOWED),
        ("fcntl", (0, 1024), REFUSED),  # a lease
        ("fcntl", (0, 1026), REFUSED),  # notices
        ("fcntl", (0, 1035), ALLOWED),  # reading a hint
        ("fcntl", (0, 1036), REFUSED),  # write hints
        ("fcntl", (0, 1038), REFUSED),
        ("mmap", (0, 4096, 3, 0x22), ALLOWED),
        ("mmap", (0, 1 << 21, 3, 0x40022), REFUSED),  # huge pages
        ("ioctl", (0, 0x5401), ALLOWED),
        ("ioctl", (0, 0x5412), REFUSED),
        ("ioctl", (0, 0xFFFFFFFF00005412), REFUSED),
        ("personality", (0xFFFFFFFF,), ALLOWED),
        ("personality", (0x0040000,), REFUSED),
        ("prlimit64", (0, 7), ALLOWED),
        ("prlimit64", (1, 7), REFUSED),
        ("prlimit64", (0, 4), ALLOWED),
        ("prlimit64", (0, 4, 1), REFUSED),
        ("prlimit64", (0, 4, 1 << 32), REFUSED),
        ("setrlimit", (7,), ALLOWED),
        ("setrlimit", (4,), REFUSED),
        ("socketpair", (1, 1), ALLOWED),
        ("socketpair", (1, 0o2000000 | 5), ALLOWED),
        ("socketpair", (1, 2), REFUSED),
        ("socketpair", (2, 1), REFUSED),
    ],
)
def test_filter_looks_at_arguments(machine, name, arguments, expected):
    """Calls that are honest with some arguments are refused with others."""
    assert answers(machine, name, *arguments) == expected


@pytest.mark.parametrize("machine", AUDIT)
def test_filter_beside_a_gpu_lets_its_driver_work(machine):
    """Files in memory and sockets of the machine that listen, and nothing that would reach anybody; the rest is as ever."""
    given = {
        name: answers(machine, name, *arguments, has_gpu=True)
        for name, arguments in (("memfd_create", ()), ("bind", ()), ("connect", ()), ("socketpair", (1, 1)))
    }
    assert given == {"memfd_create": ALLOWED, "bind": ALLOWED, "connect": NOBODY, "socketpair": ALLOWED}
    kinds = {(1, 1): ALLOWED, (1, 0o2000000 | 5): ALLOWED, (1, 2): REFUSED, (2, 1): REFUSED, (16, 3): REFUSED}
    assert {kind: answers(machine, "socket", *kind, has_gpu=True) for kind in kinds} == kinds
    changed = {"memfd_create", "bind", "connect", "socket"}
    for expected, names in PLAIN_ANSWERS.items():
        known = [name for name in names if name in NUMBERS[machine] and name not in changed]
        assert {name: answers(machine, name, has_gpu=True) for name in known} == dict.fromkeys(known, expected)


def test_filter_refuses_other_architectures():
    """A call made as another architecture, or as x32, is refused whatever its number."""
    program = build_filter("x86_64")
    assert {execute(program, number, architecture=0x40000003) for number in range(400)} == {REFUSED}
    assert {execute(program, 0x40000000 | number) for number in range(400)} == {REFUSED}


def test_filter_ends_for_every_number():
    """Every number gets an answer: no jump leaves the program."""
    program = build_filter("aarch64")
    found = {execute(program, number, architecture=AUDIT["aarch64"]) for number in range(600)}
    assert found <= {ALLOWED, REFUSED, UNKNOWN, PRETENDED}


def test_filter_unknown_machine_is_an_error():
    """There is no filter for a machine whose numbers nobody has written down."""
    with pytest.raises(OSError, match="no table of system calls for riscv64"):
        build_filter("riscv64")


@pytest.mark.parametrize(
    ("machine", "name", "place"), [("x86_64", "mknod", 1), ("x86_64", "mknodat", 2), ("aarch64", "mknodat", 2)]
)
def test_filter_nodes_of_devices_are_refused_and_pipes_are_not(machine, name, place):
    """A file, a pipe and a socket can be made; a character or block device cannot, whatever its permissions."""
    kinds = {0o010644: ALLOWED, 0o100644: ALLOWED, 0: ALLOWED, 0o140644: ALLOWED, 0o020666: REFUSED, 0o060600: REFUSED}
    given = {kind: answers(machine, name, *[0] * place, kind) for kind in kinds}
    assert given == kinds
