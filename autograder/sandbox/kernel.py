"""The kernel that candidates run on, as a station sees it.

Most sandboxes use the host's. One that brings its own, as gVisor does, makes one candidate at a
time, and the station cannot see its processes: the warden tells what they use.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from autograder.inside.messages import MessageError
from autograder.records.outcome import Strength
from autograder.sandbox.conformance.driving import SERIAL
from autograder.sandbox.host.sample import (
    find_descendants,
    own_memory_mib,
    sample_trees,
    sum_cpu_s,
)
from autograder.sandbox.profile import in_gvisor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograder.inside.messages import CandidateResources
    from autograder.sandbox.profile import Profile

MEBIBYTE = 1 << 20


@dataclass(slots=True)
class CandidateAccount:
    """The state of one candidate, as its warden reported it.

    Attributes
    ----------
    pid, anchor_pid
        Numbers, in the station's process namespace, of its main process and of the one that adopts
        its orphans.
    is_up
        Its walls stand.
    failure
        Why it could not be made.
    has_exited
        Its main process has ended, with ``exit_status`` or by ``signal``.
    is_gone
        Nothing of it runs any more.
    cpu_s
        CPU time of all its processes, known when it is gone [s].
    start_cpu_s
        What it took to build its walls, by its own clock [s].
    used_cpu_s, used_memory_bytes
        What its warden has seen it use last, where only the warden can see it [s, B].
    """

    pid: int | None = None
    anchor_pid: int | None = None
    is_up: bool = False
    failure: str | None = None
    has_exited: bool = False
    exit_status: int | None = None
    signal: int | None = None
    is_gone: bool = False
    cpu_s: float = 0.0
    start_cpu_s: float = 0.0
    used_cpu_s: float | None = None
    used_memory_bytes: int = 0

    @property
    def roots(self) -> tuple[int, ...]:
        """Processes that are above everything of the candidate."""
        return tuple(pid for pid in (self.pid, self.anchor_pid) if pid is not None)


class SandboxKernel(ABC):
    """The kernel that candidates run on.

    Attributes
    ----------
    name
        In the word of the warden's `Ready`.
    has_room_for_many
        True if candidates live side by side.
    has_host_processes
        True if the host's control groups and tables have the candidates' processes.
    inodes
        How strongly the limit on inodes is applied.
    differences
        The conformance checks that such a sandbox is known to fail, each with its reason.
    """

    name: ClassVar[str]
    has_room_for_many: ClassVar[bool]
    has_host_processes: ClassVar[bool]
    inodes: ClassVar[Strength]
    differences: ClassVar[Mapping[str, str]]

    @abstractmethod
    def pid_of(self, sender: int | None) -> int | None:
        """Return a process's number on the host, or None."""

    @abstractmethod
    def used_cpu_s(self, account: CandidateAccount, listen: Callable[[], None]) -> float:
        """Return the CPU time of a living candidate's processes [s].

        ``listen`` takes the warden's messages that have arrived.
        """

    @abstractmethod
    def used_memory_mib(self, account: CandidateAccount, limit_mib: int) -> float:
        """Return the memory of a living candidate's processes [MiB].

        It is exact below the limit.
        """

    @abstractmethod
    def start_cpu_s(self, account: CandidateAccount) -> float:
        """Return the uncounted CPU time of building the walls [s]."""

    @abstractmethod
    def start_memory_mib(self, account: CandidateAccount) -> float | None:
        """Return the memory that a candidate was forked with [MiB].

        None means that the host cannot tell.
        """

    @abstractmethod
    def change_profile(self, profile: Profile, share: CandidateResources) -> Profile:
        """Return the profile that a candidate has on this kernel."""


class HostKernel(SandboxKernel):
    """The kernel of this machine."""

    name = "host"
    has_room_for_many = True
    has_host_processes = True
    inodes = Strength.NAMESPACE
    differences: ClassVar[Mapping[str, str]] = {}

    def pid_of(self, sender: int | None) -> int | None:
        """Return the number of the sender, as the kernel has translated it."""
        return sender

    def used_cpu_s(
        self,
        account: CandidateAccount,
        listen: Callable[[], None],  # noqa: ARG002 - the host's own tables tell
    ) -> float:
        """Add up the tree of processes."""
        return sum_cpu_s(pid for root in account.roots for pid in find_descendants(root))

    def used_memory_mib(self, account: CandidateAccount, limit_mib: int) -> float:
        """Add up the tree of processes."""
        return sample_trees(account.roots, limit_mib * MEBIBYTE).memory_mib

    def start_cpu_s(self, account: CandidateAccount) -> float:  # noqa: ARG002
        """Return none, since walls are built in a millisecond."""
        return 0.0

    def start_memory_mib(self, account: CandidateAccount) -> float | None:
        """Return the main process's own memory."""
        return None if account.pid is None else own_memory_mib(account.pid)

    def change_profile(self, profile: Profile, share: CandidateResources) -> Profile:  # noqa: ARG002
        """Return the profile as it is."""
        return profile


class OwnKernel(SandboxKernel):
    """The kernel that a sandbox brings.

    See `autograder.inside.walls.serial`.
    """

    name = "own"
    has_room_for_many = False
    has_host_processes = False
    inodes = Strength.NONE
    differences = SERIAL

    def pid_of(self, sender: int | None) -> int | None:  # noqa: ARG002
        """Return None, since its numbers mean nothing outside."""
        return None

    def used_cpu_s(self, account: CandidateAccount, listen: Callable[[], None]) -> float:
        """Return what the warden has told last."""
        listen()
        return account.used_cpu_s or 0.0

    def used_memory_mib(self, account: CandidateAccount, limit_mib: int) -> float:  # noqa: ARG002
        """Return what the warden has told last."""
        return account.used_memory_bytes / MEBIBYTE

    def start_cpu_s(self, account: CandidateAccount) -> float:
        """Return the whole cost.

        A wall takes hundreds of milliseconds here.
        """
        return account.start_cpu_s

    def start_memory_mib(self, account: CandidateAccount) -> float | None:  # noqa: ARG002
        """Return None, since the warden's figures begin at zero."""
        return None

    def change_profile(self, profile: Profile, share: CandidateResources) -> Profile:
        """Return what gVisor makes of a profile."""
        return in_gvisor(profile, share)


HOST_KERNEL = HostKernel()
_KERNELS: Mapping[str, SandboxKernel] = {one.name: one for one in (HOST_KERNEL, OwnKernel())}


def kernel_of(name: str) -> SandboxKernel:
    """Return the kernel of this name.

    Raises
    ------
    MessageError
        No kernel has this name.
    """
    try:
        return _KERNELS[name]
    except KeyError:
        raise MessageError(f"control socket: Ready: {name!r} is no kernel.") from None
