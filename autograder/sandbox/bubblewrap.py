"""The wall on Linux: bubblewrap builds namespaces and a file view once, a warden inside does the rest.

As root there is no user namespace, since one could map one user only, and each candidate gets a user of its own.
As an ordinary user there is one, in which the warden keeps the capability to make further namespaces.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from autograder.errors import SandboxError
from autograder.inside.warden import Config
from autograder.outcome import Strength
from autograder.sandbox.cgroup import Group, Groups, remove_orphans
from autograder.sandbox.environment import build_environment
from autograder.sandbox.refusal import explain, missing_bubblewrap
from autograder.sandbox.users import find_users
from autograder.sandbox.view import DATA_ROOT, ENTRY_ROOT, PACKAGE_ROOT, WORK, build_view, find_packages
from autograder.sandbox.warm import WarmSandbox, share_of, warden_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.inside.birth import Share
    from autograder.outcome import Limits
    from autograder.sandbox import SandboxSettings

_ROOT_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
_USER_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETPCAP")
_NAMESPACES = ("pid", "net", "ipc", "uts", "cgroup-try")
_USER = 1000  # of the candidates in an ordinary user's sandbox, and by name in everybody's
_OTHER_PROCESSES = 8  # wardens and PID 1s, which in an ordinary user's sandbox have the candidates' user
_RESERVED_SLACK = 1.5  # what a process may reserve, as a multiple of what a control group lets it touch
_NAMES = {
    "/etc/passwd": f"root:x:0:0::/:/bin/false\nsubmission:x:{_USER}:{_USER}::{WORK}:/bin/false\n",
    "/etc/group": f"root:x:0:\nsubmission:x:{_USER}:\n",
}


class BubblewrapSandbox(WarmSandbox):
    """Candidates behind namespaces, control groups, a system call filter and users of their own.

    Parameters
    ----------
    settings
        What candidates are offered.
    groups
        Control groups; by default wherever this process may make some.
    """

    name = "bubblewrap"

    def __init__(self, settings: SandboxSettings, groups: Groups | None = None) -> None:
        super().__init__(settings)
        self._groups = Groups() if groups is None else groups
        self._users = find_users()
        self._kept: list[str] = []

    @property
    def strengths(self) -> Mapping[str, Strength]:
        """Per limit, how strongly it is applied."""
        counted = self._groups.controllers
        return {
            "cpu": Strength.CGROUP if "cpu" in counted else Strength.WATCHED,
            "memory": Strength.CGROUP if "memory" in counted else Strength.WATCHED,
            "pids": Strength.CGROUP if "pids" in counted else Strength.RLIMIT,
            "wall": Strength.WATCHED,
            "disk": Strength.NAMESPACE,
            "inodes": Strength.NAMESPACE,
            "output": Strength.WATCHED,
            "network": Strength.NAMESPACE,
        }

    def start(self) -> None:
        """Build the walls and warm up."""
        if shutil.which("bwrap") is None:
            raise missing_bubblewrap()
        if self._process is None:
            remove_orphans()
            self._groups.create()
        super().start()

    def _run_warden(self, controls: list[int], talk: int) -> subprocess.Popen[bytes]:
        names = {path: _memory_file(text) for path, text in _NAMES.items()}
        try:
            return subprocess.Popen(  # noqa: S603 - no shell, and a path found on PATH
                [str(shutil.which("bwrap")), *self._walls(names), *self._warden(controls)],
                stdin=subprocess.DEVNULL,
                stdout=talk,
                stderr=talk,
                env={},
                pass_fds=[*controls, *names.values()],
                start_new_session=True,  # Ctrl-C is the station's
            )
        finally:
            for fd in names.values():
                os.close(fd)

    def _walls(self, names: dict[str, int]) -> list[str]:
        view = build_view(self._settings)
        self._kept = view.kept()
        for path, fd in names.items():
            view.add("--perms", "0644", "--ro-bind-data", str(fd), path)
        view.add("--remount-ro", "/")
        user = () if self._users else ("--unshare-user", "--uid", str(_USER), "--gid", str(_USER))
        capabilities = _ROOT_CAPABILITIES if self._users else _USER_CAPABILITIES
        environment = build_environment(WORK, self._settings.threads)
        return [
            "--as-pid-1", "--die-with-parent", "--new-session",
            *(f"--unshare-{name}" for name in _NAMESPACES), *user, "--hostname", "sandbox",
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
            folder=WORK,
        )
        folders = [PACKAGE_ROOT] if settings.entry_folder is None else [PACKAGE_ROOT, ENTRY_ROOT]
        return warden_command(sys.executable, folders, config)

    def _open_group(self, number: int, limits: Limits) -> Group | None:
        if not self._groups.controllers:
            return None
        try:
            group = self._groups.add(number)
            group.limit(limits)
        except OSError as error:
            raise SandboxError(f"the control group of a candidate could not be made: {error}.") from error
        return group

    def _share(self, number: int, limits: Limits) -> Share:
        counted = self._groups.controllers
        processes = limits.pids
        if "pids" in counted:
            processes *= 2  # the control group must refuse first: it counts its refusals
        elif self._users is None:
            processes += _OTHER_PROCESSES
        return share_of(
            limits,
            work=WORK,
            uid=self._users.pick(number) if self._users else None,
            processes=processes,
            slack=_RESERVED_SLACK if "memory" in counted else 1.0,
            kept=self._kept,
        )

    def _explain(self, talk: str) -> SandboxError:
        return explain(talk)

    def _clean(self) -> None:
        self._groups.remove()


def _memory_file(text: str) -> int:
    fd = os.memfd_create("names")
    os.write(fd, text.encode())
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
