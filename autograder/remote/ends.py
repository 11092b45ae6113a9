"""How a candidate ends: outcomes that no rubric can swallow."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Protocol

from autograder.outcome import Outcome

if TYPE_CHECKING:
    from autograder.remote.raised import RemoteTrace


class Ending(Protocol):
    """What a sandbox says of a candidate that has ended."""

    @property
    def exit_status(self) -> int | None:
        """Its exit status, None if a signal ended it or it was ended from outside."""

    @property
    def signal(self) -> int | None:
        """The signal that ended it."""

    @property
    def is_oom(self) -> bool:
        """Whether it, or a process it started, was killed for its memory."""

    @property
    def cpu_s(self) -> float:
        """CPU time of all its processes [s]."""

    @property
    def peak_memory_mib(self) -> float | None:
        """Largest memory use [MiB], where it was measured."""

    @property
    def limit(self) -> str | None:
        """The limit at which it was ended from outside: cpu, wall, memory, pids, disk or None."""


class CandidateEnd(BaseException):
    """The candidate can do no more for this criterion, whose outcome this is, whatever a test does with the exception.

    A BaseException: ``except Exception``, ``pytest.raises(Exception)`` and hypothesis let it through.

    Parameters
    ----------
    outcome
        What becomes of the criterion.
    message
        One sentence for the student.
    kind
        The same in a word or two: all that is shown of a hidden criterion.
    trace
        The exception of the submission that stands behind it, if one does.
    """

    def __init__(self, outcome: Outcome, message: str, *, kind: str, trace: RemoteTrace | None = None) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
        self.kind = kind
        self.trace = trace

    def again(self) -> CandidateEnd:
        """The same end, to be raised once more."""
        return type(self)(self.outcome, self.message, kind=self.kind, trace=self.trace)


class MissingName(CandidateEnd):
    """A name that the rubric uses is not in the submission, or the file that defines it could not be loaded."""


def end_from(ending: Ending, doing: str, *, cpu_s: float, wall_s: float, memory_mib: int) -> CandidateEnd:
    """Say what a broken channel meant, by what the sandbox tells.

    Parameters
    ----------
    ending
        What the sandbox says.
    doing
        What the submission was at: ``during `affine_forward` `` or ``while loading``.
    cpu_s, wall_s, memory_mib
        The limits that were in force.
    """
    if ending.limit == "cpu":
        return CandidateEnd(Outcome.TIMEOUT, f"the submission used more than {cpu_s:g} s of CPU time {doing}", kind="time limit")
    if ending.limit == "wall":
        return CandidateEnd(Outcome.TIMEOUT, f"the submission did not answer within {wall_s:g} s {doing}", kind="time limit")
    if ending.limit == "memory" or ending.is_oom:
        return CandidateEnd(Outcome.MEMORY, f"the submission used more than {memory_mib} MiB of memory {doing}", kind="memory limit")
    if ending.limit is not None:
        named = {"pids": "process limit", "disk": "disk limit"}.get(ending.limit, f"limit ({ending.limit})")
        return CandidateEnd(Outcome.CRASHED, f"the submission exceeded its {named} {doing}", kind=named)
    if ending.signal is not None:
        return _end_by_signal(ending.signal, doing, cpu_s)
    if ending.exit_status is not None:
        said = f"the submission ended the process (exit status {ending.exit_status}) {doing}"
        return CandidateEnd(Outcome.CRASHED, said, kind="ended the process")
    return CandidateEnd(Outcome.CRASHED, f"the submission closed its connection to the grader {doing}", kind="connection closed")


def _end_by_signal(number: int, doing: str, cpu_s: float) -> CandidateEnd:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    if name == "SIGXCPU":
        return CandidateEnd(Outcome.TIMEOUT, f"the submission used more than {cpu_s:g} s of CPU time {doing}", kind="time limit")
    return CandidateEnd(Outcome.CRASHED, f"the submission crashed with {name} {doing}", kind="crash")
