"""The ends of a candidate.

They are outcomes that no rubric can swallow.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Protocol

from autograder.records.outcome import Outcome

if TYPE_CHECKING:
    from autograder.remote.raised import RemoteTrace


class Ending(Protocol):
    """The sandbox's account of a candidate that has ended."""

    @property
    def exit_status(self) -> int | None:
        """The exit status of the candidate, or None.

        It is None if a signal ended the candidate, or if it was ended from outside.
        """

    @property
    def signal(self) -> int | None:
        """The signal that ended the candidate."""

    @property
    def is_oom(self) -> bool:
        """True if the candidate was killed for its memory.

        That includes a process that the candidate started.
        """

    @property
    def cpu_s(self) -> float:
        """The CPU time of all the candidate's processes [s]."""

    @property
    def peak_memory_mib(self) -> float | None:
        """Largest memory use [MiB], where it was measured."""

    @property
    def limit(self) -> str | None:
        """The limit at which the candidate was ended from outside.

        It is cpu, wall, memory, pids, disk or None.
        """


class CandidateEnd(BaseException):
    """The end of a candidate for this criterion.

    It is the criterion's outcome, even if a test catches the exception.

    A BaseException: ``except Exception``, ``pytest.raises(Exception)`` and hypothesis let it
    through.

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
    """A name that the rubric uses is not in the submission.

    It is missing, or the file that defines it could not be loaded.
    """


def seconds_text(seconds: float) -> str:
    """Write a limit as text.

    A limit that was lengthened for a busy machine is rounded, so that every run has the same text.
    """
    if seconds in (float(f"{seconds:.2g}"), round(seconds)):
        return f"{seconds:g} s"
    return f"about {float(f'{seconds:.1g}'):g} s"


def end_from(ending: Ending, doing: str, *, cpu_s: float, wall_s: float, memory_mib: int) -> CandidateEnd:
    """Turn a broken channel into an end, by the sandbox's account.

    Parameters
    ----------
    ending
        What the sandbox says.
    doing
        What the submission was at: ``during `affine_forward` `` or ``while loading``.
    cpu_s, wall_s, memory_mib
        The limits that were in force.
    """
    limit = ending.limit or _limit_behind(ending)
    meanings = {
        "cpu": (Outcome.TIMEOUT, "time limit", f"used more than {cpu_s:g} s of CPU time"),
        "wall": (Outcome.TIMEOUT, "time limit", f"did not answer within {seconds_text(wall_s)}"),
        "interrupt": (Outcome.TIMEOUT, "interrupted", "was interrupted with Ctrl-C"),
        "memory": (Outcome.MEMORY, "memory limit", f"used more than {memory_mib} MiB of memory"),
        "pids": (Outcome.CRASHED, "process limit", "exceeded its process limit"),
        "disk": (Outcome.CRASHED, "disk limit", "exceeded its disk limit"),
        None: (Outcome.CRASHED, *_death(ending)),
    }
    outcome, kind, said = meanings.get(limit, (Outcome.CRASHED, "limit", f"exceeded a limit ({limit})"))
    return CandidateEnd(outcome, f"the submission {said} {doing}", kind=kind)


def _limit_behind(ending: Ending) -> str | None:
    """Return the unenforced limit that a death shows.

    No process outside enforced it.
    """
    if ending.is_oom:
        return "memory"
    return "cpu" if _signal_name(ending) == "SIGXCPU" else None


def _death(ending: Ending) -> tuple[str, str]:
    """Describe the death of a candidate that was not ended.

    Returns a word, and some more words.
    """
    if _signal_name(ending) == "SIGKILL":  # its own doing, or ours of a process that had hung up
        return "crash", "was killed, or closed its connection to the grader,"
    if ending.signal is not None:
        return "crash", f"crashed with {_signal_name(ending)}"
    if ending.exit_status is not None:
        return "ended the process", f"ended the process (exit status {ending.exit_status})"
    return "connection closed", "closed its connection to the grader"


def _signal_name(ending: Ending) -> str:
    try:
        return signal.Signals(ending.signal or 0).name
    except ValueError:
        return f"signal {ending.signal}"
