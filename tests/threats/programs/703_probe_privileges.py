"""Looks for what this process is and may do, calls what must be refused with harmless arguments, and prints what it found."""

import ctypes
import errno
import json
import os
import resource

import numpy as np

CALLS = json.loads('@CALLS@')
NAMES = [name for name in dir(resource) if name.startswith("RLIMIT_")]
KINDS = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_ulong, arguments))
    return errno.errorcode[ctypes.get_errno()] if result == -1 else str(result)


def init_capabilities():
    if not os.path.exists("/proc/1/status"):
        return "unseen"
    return [line.split()[1].strip("0") or "0" for line in open("/proc/1/status") if line.startswith("CapPrm")][0]


def descriptor(number):
    return os.readlink(f"/proc/self/fd/{number}").split(":")[0]


status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
FCNTL, MMAP, MKNODAT, MADVISE = (72, 9, 259, 28) if os.uname().machine == "x86_64" else (25, 222, 33, 233)
GETSOCKOPT, SETSOCKOPT, STATX = (55, 54, 332) if os.uname().machine == "x86_64" else (209, 208, 291)
CLONE, SOCKETPAIR, IOCTL, PERSONALITY, PRLIMIT = (56, 53, 16, 135, 302) if os.uname().machine == "x86_64" else (220, 199, 29, 92, 261)
node = ctypes.create_string_buffer(b"node")
no_core = (ctypes.c_ulong * 2)(0, 0)
limits = {name: list(resource.getrlimit(getattr(resource, name))) for name in NAMES} | {"RLIMIT_MSGQUEUE": list(resource.getrlimit(12))}
found = {
    "users": [os.getuid(), os.geteuid(), os.getgid(), os.getegid(), *os.getresuid(), *os.getresgid()],
    "groups": os.getgroups(),
    "capabilities": {name: value.strip("0") or "0" for name, value in status.items() if name.startswith("Cap")},
    "init_capabilities": init_capabilities(),
    "no_new_privileges": libc.prctl(39, 0, 0, 0, 0),
    "seccomp_mode": int(status["Seccomp"]),
    "namespaces": {name: os.stat(path).st_ino for name in KINDS if os.path.exists(path := f"/proc/self/ns/{name}")},
    "control_groups": sorted({line.split(":", 2)[2] for line in open("/proc/self/cgroup").read().splitlines()}),
    "interfaces": [line.split(":")[0].strip() for line in open("/proc/self/net/dev") if ":" in line],
    "processes": sorted(int(name) for name in os.listdir("/proc") if name.isdecimal()),
    "descriptors": {name: descriptor(name) for name in ("0", "1", "2", "3", "4", "5", "6", "7", "64", "65") if os.path.exists(f"/proc/self/fd/{name}") or name in "34" and os.fstat(int(name))},
    "environment": dict(os.environ),
    "resource_limits": {name: limit for name, limit in limits.items() if name not in ("RLIMIT_DATA", "RLIMIT_OFILE") and limit != [-1, -1]},
    "system_calls": {name: call(number, 8, 0, 0, 0, 0, 0) for name, number in CALLS.items()} | {
        "clone of a namespace": call(CLONE, 0x10000000 | 17, 0, 0, 0, 0),
        "clone of a sibling": call(CLONE, 0x8000 | 17, 0, 0, 0, 0),
        "clone with a pidfd": call(CLONE, 0x1000 | 17, 0, 0, 0, 0),
        "fcntl of leases": call(FCNTL, 0, 1024, 0),
        "fcntl of notices": call(FCNTL, 0, 1026, 0),
        "fcntl of write hints": call(FCNTL, 0, 1036, ctypes.addressof(node)),
        "getsockopt of cookies": call(GETSOCKOPT, 3, 1, 57, 0, 0),
        "getsockopt of pidfds": call(GETSOCKOPT, 3, 1, 77, 0, 0),
        "madvise of cold pages": call(MADVISE, 0, 4096, 21, 0, 0, 0),
        "mknod of devices": call(MKNODAT, -100, ctypes.addressof(node), 0o020600, 0x101),
        "mmap of huge pages": call(MMAP, 0, 2 << 20, 3, 0x40022, -1, 0),
        "personality": call(PERSONALITY, 0x0040000),
        "prlimit of another process": call(PRLIMIT, 1, 0, 0, 0),
        "setrlimit of core files": call(PRLIMIT, 0, resource.RLIMIT_CORE, ctypes.addressof(no_core), 0),
        "setsockopt of pidfds": call(SETSOCKOPT, 3, 1, 76, 0, 0),
        "socketpair of datagrams": call(SOCKETPAIR, 1, 2, 0, 0),
        "statx of mounts ever made": call(STATX, -100, ctypes.addressof(node), 0, 0x4000, 0),
        "calls that are newer than the filter": call(500, 8, 0, 0, 0, 0, 0),
        "typing into a terminal": call(IOCTL, 0, 0x5412, 0),
    },
}
print(json.dumps(found))


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
