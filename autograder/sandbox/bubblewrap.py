"""The wall on Linux: bubblewrap builds namespaces and a file view once, a warden inside does the rest.

As root there is no user namespace, since one could map one user only, and each candidate gets a user of its own.
As an ordinary user there is one, in which the warden keeps the capability to make further namespaces.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import SandboxError
from autograder.inside.warden import Config
from autograder.outcome import Strength
from autograder.sandbox.cgroup import Group, Groups, remove_orphans
from autograder.sandbox.environment import build_environment
from autograder.sandbox.view import DATA_ROOT, ENTRY_ROOT, PACKAGE_ROOT, WORK, build_view, find_packages
from autograder.sandbox.warm import WarmSandbox, share_of, warden_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.inside.birth import Share
    from autograder.outcome import Limits
    from autograder.sandbox import SandboxSettings

_CAP_SYS_ADMIN = 21
_ROOT_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
_USER_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETPCAP")
_INSIDE_UID = 1000  # of an ordinary user's sandbox
_EXTRA_PROCESSES = 8  # bubblewrap, wardens and PID 1s, where all have one user


class BubblewrapSandbox(WarmSandbox):
    """Candidates behind namespaces, control groups, a system call filter and users of their own."""

    name = "bubblewrap"

    def __init__(self, settings: SandboxSettings) -> None:
        super().__init__(settings)
        self._groups = Groups()
        self._first_uid, self._uids = candidate_users()

    @property
    def strengths(self) -> Mapping[str, Strength]:
        """Per limit, how strongly it is applied."""
        grouped = self._groups.controllers
        return {
            "cpu": Strength.CGROUP if "cpu" in grouped else Strength.WATCHED,
            "memory": Strength.CGROUP if "memory" in grouped else Strength.WATCHED,
            "pids": Strength.CGROUP if "pids" in grouped else Strength.RLIMIT,
            "wall": Strength.WATCHED,
            "disk": Strength.NAMESPACE,
            "inodes": Strength.NAMESPACE,
            "output": Strength.WATCHED,
            "network": Strength.NAMESPACE,
        }

    def start(self) -> None:
        """Build the walls and warm up."""
        remove_orphans()
        self._groups.create()
        super().start()

    def _run_warden(self, controls: list[int], talk: int) -> subprocess.Popen[bytes]:
        bwrap = shutil.which("bwrap")
        if bwrap is None:
            raise SandboxError("bubblewrap is not installed: no `bwrap` on PATH.",
                               hint="sudo apt-get install bubblewrap")  # fmt: skip
        names = [_memory_file("passwd", self._passwd()), _memory_file("group", self._group_file())]
        try:
            command = [bwrap, *self._walls(names), *self._warden(controls)]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=talk, stderr=talk, env={},
                                    pass_fds=[*controls, *names], start_new_session=True)  # noqa: S603  # fmt: skip
        finally:
            for fd in names:
                os.close(fd)

    def _walls(self, names: list[int]) -> list[str]:
        view = build_view(self._settings)
        for fd, path in zip(names, ("/etc/passwd", "/etc/group"), strict=True):
            view.add("--perms", "0644", "--ro-bind-data", str(fd), path)
        view.add("--remount-ro", "/")
        namespaces = [f"--unshare-{name}" for name in ("pid", "net", "ipc", "uts", "cgroup-try")]
        capabilities = _ROOT_CAPABILITIES
        if self._first_uid is None:
            namespaces += ["--unshare-user", "--uid", str(_INSIDE_UID), "--gid", str(_INSIDE_UID)]
            capabilities = _USER_CAPABILITIES
        environment = build_environment(WORK, self._settings.threads)
        return [
            "--as-pid-1", "--die-with-parent", "--new-session", *namespaces, "--hostname", "sandbox",
            *(word for name in capabilities for word in ("--cap-add", name)),
            "--clearenv", *(word for pair in environment.items() for word in ("--setenv", *pair)),
            *view.arguments, "--chdir", "/",
        ]  # fmt: skip

    def _warden(self, controls: list[int]) -> list[str]:
        settings = self._settings
        config = Config(
            controls=controls,
            is_walled=True,
            entry=settings.entry,
            preload=list(settings.preload),
            frameworks=list(settings.frameworks),
            forbidden=find_packages(settings.forbidden),
            masked=find_packages(settings.masked),
            data={name: f"{DATA_ROOT}/{name}" for name in settings.data},
        )
        return warden_command(sys.executable, [PACKAGE_ROOT, ENTRY_ROOT], config)

    def _passwd(self) -> str:
        uid = _INSIDE_UID if self._first_uid is None else 0
        return f"root:x:0:0:root:/:/bin/false\nsubmission:x:{uid or 1000}:{uid or 1000}::{WORK}:/bin/false\n"

    def _group_file(self) -> str:
        return f"root:x:0:\nsubmission:x:{_INSIDE_UID}:\n"

    def _open_group(self, number: int, limits: Limits) -> Group | None:
        if not self._groups.controllers:
            return None
        group = self._groups.add(number)
        group.limit(limits)
        return group

    def _share(self, number: int, limits: Limits) -> Share:
        uid = None if self._first_uid is None else self._first_uid + number % self._uids
        return share_of(
            limits,
            work=WORK,
            uid=uid,
            extra_processes=_EXTRA_PROCESSES if uid is None else 0,
            slack=1.5 if "memory" in self._groups.controllers else 1.0,
        )

    def _clean(self) -> None:
        self._groups.remove()

    def _explain(self, talk: str) -> SandboxError:
        return SandboxError(f"the sandbox did not start.\n{talk}")


def candidate_users() -> tuple[int | None, int]:
    """Find users nobody has for the candidates of this station: the first, and how many.

    None where this process may not change its user, or has no others.
    """
    if os.geteuid() != 0 or not _has_capability(_CAP_SYS_ADMIN):
        return None, 0
    return 100_000, 1000


def _has_capability(number: int) -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> number & 1)
    return False


def _memory_file(name: str, text: str) -> int:
    fd = os.memfd_create(name)
    os.write(fd, text.encode())
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
