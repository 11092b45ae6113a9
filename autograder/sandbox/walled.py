"""The common parts of all walls.

They are control groups, users and each candidate's share.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from autograder.errors import SandboxError
from autograder.inside.walls.config import Config
from autograder.inside.walls.setup import process_limits
from autograder.records.outcome import Strength
from autograder.sandbox.environment import build_environment
from autograder.sandbox.gpu.mounts import find_mounts, share_environment
from autograder.sandbox.host.cgroup import CandidateGroups, SandboxGroups
from autograder.sandbox.host.janitor import remove_leftovers
from autograder.sandbox.host.users import NOBODY, find_users
from autograder.sandbox.profile import NAMESPACES, Profile, declare
from autograder.sandbox.view import DATA_ROOT, ENTRY_ROOT, PACKAGE_ROOT, WORK
from autograder.sandbox.warm import WarmSandbox, accelerator_of, share_of, warden_command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograder.inside.messages import CandidateResources
    from autograder.records.outcome import Limits
    from autograder.sandbox.gpu.device import Mount
    from autograder.sandbox.seam import SandboxSettings

ROOT_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
USER = 1000  # of the candidates in an ordinary user's sandbox, and by name in everybody's
NAMES = {
    "/etc/passwd": f"root:x:0:0::/:/bin/false\nsubmission:x:{USER}:{USER}::{WORK}:/bin/false\n",
    "/etc/group": f"root:x:0:\nsubmission:x:{USER}:\n",
}
# wardens and PID 1s, which in an ordinary user's sandbox have the candidates' user
_OTHER_PROCESSES = 8
# what a process may reserve, as a multiple of what a control group lets it touch
_RESERVED_SLACK = 1.5


class WalledSandbox(WarmSandbox):
    """Candidates behind walls.

    The walls are namespaces, control groups, a system call filter and users of their own.

    Parameters
    ----------
    settings
        What candidates are offered.
    groups
        Control groups; by default wherever this process may make some.
    """

    def __init__(self, settings: SandboxSettings, groups: SandboxGroups | None = None) -> None:
        super().__init__(settings)
        self._groups = SandboxGroups() if groups is None else groups
        self._users = find_users()
        self._environment: dict[str, str] = {}
        self._furnish(find_mounts(settings.gpu) if settings.gpu else [])
        self._kept: list[str] = []

    @property
    def strengths(self) -> Mapping[str, Strength]:
        """The strength with which each limit is applied."""
        counted = self._groups.controllers
        return {
            "cpu": Strength.CGROUP if "cpu" in counted else Strength.WATCHED,
            "memory": Strength.CGROUP if "memory" in counted else Strength.WATCHED,
            "pids": Strength.CGROUP if "pids" in counted else Strength.RLIMIT,
            "wall": Strength.WATCHED,
            "disk": Strength.NAMESPACE,
            "inodes": self.kernel.inodes,
            "output": Strength.WATCHED,
            "network": Strength.NAMESPACE,
        }

    def start(self) -> None:
        """Build the walls and warm up."""
        if self._process is not None:
            return
        remove_leftovers()
        self._groups.create()
        try:
            super().start()
        except BaseException:
            self._groups.remove()
            raise

    def _warden(
        self, executable: str, controls: Sequence[int | str], names: Mapping[str, str] | None = None
    ) -> list[str]:
        """Return the command of a warden behind these walls.

        With ``names``, the warden tidies the view of an image.
        """
        settings = self._settings
        config = Config(
            controls=controls,
            is_walled=True,
            entry=settings.entry,
            preload=list(settings.preload),
            frameworks=list(settings.frameworks),
            forbidden=list(settings.forbidden),
            masked=list(settings.masked),
            data={name: f"{DATA_ROOT}/{name}" for name in settings.data},
            folder=WORK,
            environment=self._environment,
            names=names or {},
            nodes=[node.path for node in settings.gpu.nodes] if settings.gpu else [],
            accelerator=accelerator_of(settings),
        )
        folders = [PACKAGE_ROOT] if settings.entry_folder is None else [PACKAGE_ROOT, ENTRY_ROOT]
        return warden_command(executable, folders, config)

    def _furnish(self, driver_files: Sequence[Mount]) -> None:
        """Settle the driver files that this wall binds itself.

        They also settle the environment.
        """
        settings = self._settings
        self._driver_files = driver_files
        self._environment = share_environment(
            build_environment(WORK, settings.threads), settings.gpu, driver_files
        )

    @property
    def _namespaces(self) -> tuple[str, ...]:
        """Kinds of namespaces that a candidate does not share with the host."""
        return NAMESPACES

    def profile(self, limits: Limits) -> Profile:
        """Declare the view and permissions of a candidate with ``limits``."""
        share = self._share(0, limits)
        profile = declare(
            limits,
            share,
            users=self._users,
            user=USER,
            namespaces=self._namespaces,
            environment=self._environment,
            resource_limits={name: list(pair) for name, pair in process_limits(share).items()},
            nodes=[node.path for node in self._settings.gpu.nodes] if self._settings.gpu else (),
            groups=()
            if self._users
            else sorted(USER if one == os.getegid() else NOBODY for one in os.getgroups()),
        )
        return self.kernel.change_profile(profile, share)

    def _open_group(self, number: int, limits: Limits) -> CandidateGroups | None:
        if not self._groups.controllers:
            return None
        try:
            group = self._groups.add(number)
            group.limit(limits)
        except OSError as error:
            raise SandboxError(
                f"the control group of a candidate could not be made: {error}."
            ) from error
        return group

    def _share(self, number: int, limits: Limits) -> CandidateResources:
        counted = self._groups.controllers
        processes = limits.tasks
        if "pids" in counted:
            processes *= 2  # the control group must refuse first: it counts its refusals
        elif self._users is None:
            processes += _OTHER_PROCESSES
        return share_of(
            limits,
            work=WORK,
            uid=self._users.pick(number) if self._users else None,
            processes=processes,
            slack=self._slack(),
            kept=self._kept,
        )

    def _slack(self) -> float | None:
        """Return a process's reservable memory, as a multiple of its limit.

        It is None with a GPU, whose driver reserves far more than it touches.
        """
        if self._settings.gpu is not None:
            return None
        return _RESERVED_SLACK if "memory" in self._groups.controllers else 1.0

    def _clean(self) -> None:
        self._groups.remove()
