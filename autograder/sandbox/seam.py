"""The protocol between a station and its sandbox.

It imports nothing that only Unix has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from autograder.records.outcome import Limits, Strength
    from autograder.sandbox.gpu.device import Device

ENGINES = ("docker", "podman")
DEFAULT_IMAGE = "autograder-grading"
# what a submission has for itself: its candidates, or a whole sandbox
ISOLATIONS = ("candidate", "container")
CANDIDATE_ENTRY = "autograder.inside.candidate.candidate:serve"


@dataclass(frozen=True, slots=True)
class Image:
    """A grading image on this machine.

    Attributes
    ----------
    id
        Digest of its configuration, which names everything in it.
    python
        Its interpreter.
    versions
        Of Python and of packages, by name.
    """

    name: str
    id: str
    python: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a candidate, as seen from outside.

    Attributes
    ----------
    exit_status, signal
        What its process ended with, one of the two; both None only where nothing could be learnt.
    is_oom
        The kernel ended a process of it for want of memory, be it a grandchild.
    cpu_s
        CPU time of all its processes [s].
    peak_memory_mib
        Most memory that all its processes and files had at one time [MiB]; None where it is not
        counted.
    limit
        Limit for which the sandbox or the station ended it: cpu, wall, memory, pids, disk.
    """

    exit_status: int | None
    signal: int | None
    is_oom: bool
    cpu_s: float
    peak_memory_mib: float | None
    limit: str | None


class Candidate(Protocol):
    """A process in which one submission runs for one criterion."""

    id: int

    def cpu_s(self) -> float:
        """CPU time of all its processes so far [s], measured from outside."""
        ...

    def is_alive(self) -> bool:
        """Return True if the candidate's main process still runs."""
        ...

    def end(self, limit: str | None = None) -> Ending:
        """Kill the candidate's processes, clean up and return its ending.

        A second call returns the same.

        Parameters
        ----------
        limit
            The limit for which it is ended, if for one: cpu, wall, memory, pids, disk.

        Raises
        ------
        SandboxError
            The candidate could not be ended. The sandbox must be closed.
        """
        ...

    def dismiss(self) -> Ending:
        """Have the candidate killed, without waiting for it.

        It is for a candidate that is over and of which only the used resources are wanted.

        `Sandbox.hand_over` waits until nothing of it runs any more.

        Returns
        -------
        Ending
            Without an exit status; with what it has used until now.

        Raises
        ------
        SandboxError
            The sandbox has ended. It must be closed.
        """
        ...


class Sandbox(Protocol):
    """A maker of candidates by fork.

    Start and close it in one thread that lives as long as it does.

    Attributes
    ----------
    runtime
        What starts containers, where it is not the engine's default; else empty.
    image
        The image whose interpreter and packages candidates use; None where they use those of this
        process.
    """

    name: str
    runtime: str
    image: Image | None

    @property
    def strengths(self) -> Mapping[str, Strength]:
        """The strength with which each limit is applied.

        The limits are cpu, memory, pids, wall, disk, inodes, output and network.
        """
        ...

    @property
    def differences(self) -> Mapping[str, str]:
        """The conformance checks that the sandbox is known to fail here.

        Each has its reason.
        """
        ...

    def start(self) -> None:
        """Build the walls and warm up.

        Raises
        ------
        SandboxError
            This machine cannot run the sandbox. The message gives the reason, the hint the remedy.
        """
        ...

    def fork(
        self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int
    ) -> Candidate:
        """Make a candidate.

        Its walls stand when this returns.

        Parameters
        ----------
        frameworks
            Whether it has the frameworks of the settings, imported.
        limits
            What it may use.
        channel, stdout, stderr
            Descriptors it gets copies of; the caller closes its own.

        Raises
        ------
        SandboxError
            No candidate could be made. The sandbox must be closed.
        """
        ...

    def prepare(
        self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int
    ) -> Candidate:
        """Begin to make a candidate, without waiting for it.

        The station must not speak to it before `hand_over`.
        """
        ...

    def hand_over(self, candidate: Candidate) -> None:
        """Wait until the walls of a prepared candidate stand.

        Also wait until no process of a dismissed candidate runs any more.

        Raises
        ------
        SandboxError
            The candidate could not be made, or a dismissed one could not be ended. The sandbox must
            be closed.
        """
        ...

    def settle(self) -> None:
        """Wait for the end of dismissed candidates, and clean up.

        Afterwards no process of theirs runs any more.

        Raises
        ------
        SandboxError
            A candidate could not be ended. The sandbox must be closed.
        """
        ...

    def watch(self) -> None:
        """End living candidates that are beyond an otherwise unkept limit.

        To be called about every 50 ms while a candidate is alive.
        """
        ...

    def close(self) -> None:
        """End everything and leave nothing behind.

        A second call does nothing.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """The settings of a sandbox for its candidates.

    Attributes
    ----------
    frameworks
        Modules that the second warden imports.
    preload
        Modules that both wardens import, beside NumPy.
    masked
        Top-level packages that candidates without frameworks cannot see.
    forbidden
        Top-level packages that no candidate can see.
    data
        Public files and folders, read-only, by their name in the work folder.
    hidden
        Files and folders that must not be visible, should they lie below something that is (the
        course, say).
    threads
        Threads of every pool in a candidate.
    entry
        Where a candidate begins, ``module:function``.
    entry_folder
        A folder with the entry's module, when it is not the package's own.
    gpu
        The device that candidates can open; nothing of any other is visible.
    gpu_memory_mib
        What they may use of its memory; None for all [MiB].
    """

    frameworks: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    data: Mapping[str, Path] = field(default_factory=dict)
    hidden: tuple[Path, ...] = ()
    threads: int = 1
    entry: str = CANDIDATE_ENTRY
    entry_folder: Path | None = None
    gpu: Device | None = None
    gpu_memory_mib: int | None = None
