"""Steps of a wall, tried in their own process.

They change that process for good.

``python -m autograder.doctor.probe NAME`` prints what came of it as JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import socket
import sys
from pathlib import Path

from autograder.inside.walls import syscalls
from autograder.inside.walls.seccomp import Filter, build_filter

_NAMESPACES = {
    "user": 0x1000_0000,
    "mount": syscalls.NEW_MOUNTS,
    "PID": syscalls.NEW_PIDS,
    "network": 0x4000_0000,
    "IPC": syscalls.NEW_IPC,
    "UTS": 0x0400_0000,
    "cgroup": 0x0200_0000,
}
_LANDLOCK_CREATE_RULESET, _LANDLOCK_VERSION = 444, 1  # the same number on every machine


def try_namespaces() -> dict[str, str]:
    """Try each kind of namespace, and return the refusals.

    A step that was not refused has an empty text. Root needs no namespace of users.
    """
    kinds = [name for name in _NAMESPACES if name != "user" or os.geteuid() != 0]
    steps = {name: _refusal(_NAMESPACES[name]) for name in kinds}
    if not any(steps.values()):
        steps["/proc"] = _refusal_of_proc()
    return steps


def _refusal(flag: int) -> str:
    try:
        syscalls.unshare(flag)
    except OSError as error:
        return os.strerror(error.errno or 0)
    return ""


def _refusal_of_proc() -> str:
    """Mount a /proc for the new namespaces, which containers often refuse."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            syscalls.make_mounts_private()
            syscalls.mount("proc", "/proc", "proc", 0)
            text = ""
        except OSError as error:
            text = os.strerror(error.errno or 0)
        os.write(write, text.encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    return os.read(read, 1 << 10).decode()


def try_seccomp() -> dict[str, str]:
    """Install and try the candidates' system call filter.

    The filter refuses a socket and lets a file be read.
    """
    syscalls.forbid_new_privileges()
    Filter(build_filter()).install()
    try:
        socket.socket().close()
    except PermissionError:
        mode = re.search(r"^Seccomp:\s*(\d)", Path("/proc/self/status").read_text(), re.MULTILINE)
        return {"refused": "socket", "mode": mode[1] if mode else ""}
    return {"refused": "", "mode": ""}


def try_landlock() -> dict[str, str]:
    """Return the version of Landlock.

    It is empty where the kernel has no Landlock or it is off.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    version = libc.syscall(
        _LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_LANDLOCK_VERSION)
    )
    return {
        "version": str(version) if version > 0 else "",
        "error": os.strerror(ctypes.get_errno()),
    }


_PROBES = {"namespaces": try_namespaces, "seccomp": try_seccomp, "landlock": try_landlock}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(_PROBES[sys.argv[1]]()))
