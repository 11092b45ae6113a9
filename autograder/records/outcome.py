"""The outcomes, faults and limits that all parts share.

Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one criterion. A zero is never ambiguous."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    RAISED = "raised"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    NOT_LOADED = "not_loaded"
    NOT_ATTEMPTED = "not_attempted"
    SKIPPED = "skipped"
    UNGRADED = "ungraded"


class Fault(StrEnum):
    """Whose fault an outcome is. Only a submission's fault can cost points."""

    SUBMISSION = "submission"
    RUBRIC = "rubric"
    INFRASTRUCTURE = "infrastructure"


class Status(StrEnum):
    """What became of one submission."""

    GRADED = "graded"
    PARTLY_GRADED = "partly_graded"
    UNGRADED = "ungraded"
    REJECTED = "rejected"


class CauseKind(StrEnum):
    """The sort of a `Cause` for not taking a submission whole.

    By it, staff find what a batch has in common.
    """

    PACKAGE = "absent package"  # subject: the package; something was lost with it
    INERT = "inert package"  # subject: the package; a stand-in does nothing, and nothing was lost
    LIMIT = "load limit"  # subject: time, memory, crash, exit, output
    RAISED = "raised while loading"  # subject: the exception in a few words
    SYNTAX = "syntax error"  # subject: the message, or the version of Python that it needs
    RENAMED = "renamed file"  # subject: the declared name
    UNREAD = "unread file"  # subject: what it is: a web page, a PDF document, empty
    FORBIDDEN = "forbidden package"  # subject: the package


class Strength(StrEnum):
    """How strongly a limit is applied on this machine."""

    CGROUP = "cgroup"
    RLIMIT = "rlimit"
    WATCHED = "watched"
    NAMESPACE = "namespace"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Limits:
    """The resource limits of one candidate.

    Attributes
    ----------
    cpu_s
        CPU time of the candidate and everything it starts, loading not counted [s].
    load_s
        CPU time of loading the submission [s].
    memory_mib
        Memory of all its processes and of its files in memory [MiB].
    pids
        Processes and threads at one time.
    framework_threads
        Threads beside these, with room for their stacks: what frameworks start by themselves.
    disk_mib
        Bytes in each of its work folder, ``/tmp`` and ``/dev/shm`` [MiB].
    inodes
        Files and folders in each of these.
    open_files
        Open file descriptors of one process.
    output_kib
        What is kept of the beginning, and of the end, of each output stream [KiB].
    gpu_memory_mib
        What frameworks may take of a GPU's memory; None for all of it [MiB].
    """

    cpu_s: float = 10.0
    load_s: float = 10.0
    memory_mib: int = 1024
    pids: int = 96
    framework_threads: int = 0
    disk_mib: int = 64
    inodes: int = 4096
    open_files: int = 256
    output_kib: int = 8
    gpu_memory_mib: int | None = None

    @property
    def tasks(self) -> int:
        """Processes and threads at one time, those of frameworks included."""
        return self.pids + self.framework_threads

    @property
    def wall_s(self) -> float:
        """Return the wall time limit of an awaited candidate [s].

        It is a backstop; the candidate is ended after it.
        """
        return 3.0 * self.cpu_s + 5.0
