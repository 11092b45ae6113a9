"""The examiner's record of one criterion.

It crosses to the station in this form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.records.outcome import CauseKind, Fault, Outcome

#: Plain data that goes into a record: texts, numbers, and lists and dicts of them.
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CriterionRecord:
    """One criterion of one submission.

    Attributes
    ----------
    fraction
        Share of the points that was earned, 0 to 1.
    kind
        What sort of failure it is in a word or two ("shape", "wrong values"): all a student sees of
        a hidden criterion.
    checks
        How many checks ran.
    case_checks
        How many of them in each case that ran.
    case_answers
        What `is_close` answered in each of these, ``1`` or ``0`` a question.
    comparisons
        How many answers were compared with expected ones.
    stdout, stderr
        First and last 8 KiB of what the candidate printed.
    cpu_s
        CPU time of the candidate, measured from outside [s].
    used
        The largest error that passed, as a share of its tolerance.
    too_fine
        What was compared more finely than float32 rounds, without a word that float64 is needed.
    is_statistical
        True if it asks for what holds for most draws only, so that a right answer may fail it,
        however rarely.
    scores
        What trainings came to, each with its bar; higher is better.
    objects
        What was answered with objects that stay in the candidate.
    cost
        What it has cost the examiner, by the parts of a `Cost`.
    trace
        Calls and comparisons, in a replay.
    """

    id: str
    outcome: Outcome
    fault: Fault | None = None
    fraction: float = 0.0
    kind: str | None = None
    message: str = ""
    notes: tuple[str, ...] = ()
    exception: Data | None = None
    evidence: Data | None = None
    checks: int = 0
    case_checks: tuple[int, ...] = ()
    case_answers: tuple[str, ...] = ()
    comparisons: int = 0
    used: float = 0.0
    too_fine: tuple[str, ...] = ()
    is_statistical: bool = False
    scores: tuple[tuple[float, float], ...] = ()
    cases: int = 1
    cases_passed: int = 0
    stdout: str = ""
    stderr: str = ""
    duration_s: float = 0.0
    cpu_s: float = 0.0
    peak_memory_mib: float | None = None
    objects: tuple[str, ...] = ()
    cost: tuple[int, ...] = ()
    trace: tuple[Data, ...] = ()

    @property
    def has_full_marks(self) -> bool:
        """True if criteria ``after`` this one may run."""
        return self.outcome is Outcome.PASSED


@dataclass(frozen=True, slots=True)
class LoadingRecord:
    """The record of a submission's load.

    Attributes
    ----------
    stdout, stderr
        What was printed meanwhile.
    notes, reasons
        Sentences on what was lost, and on why a name that was asked for is missing.
    causes
        Kind and subject of each cause that staff may count.
    settled
        Names of which loading says better than the source which definition counts.
    lost
        Each name that is missing, with the sentence that says why.
    has_ended
        True if the candidate ended while it loaded.
    has_provided
        True if functions of the reference were in this load.
    """

    stdout: str = ""
    stderr: str = ""
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    causes: tuple[tuple[CauseKind, str], ...] = ()
    settled: tuple[str, ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    has_ended: bool = False
    has_provided: bool = False
