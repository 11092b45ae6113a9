"""The station's request of an exam.

It has what the reference has shown beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Base64Bytes

from autograder.examiner.sitting import Sources
from autograder.records.outcome import Fault
from autograder.remote.meter import Cost

Kind = Literal["submission", "reference"]


@dataclass(frozen=True, slots=True)
class Need:
    """A criterion's need of a candidate.

    Attributes
    ----------
    cpu_s
        CPU time it may use [s].
    is_shared
        True if it goes on after the criterion.
    gpu
        True if it has a GPU.
    """

    frameworks: bool
    kind: Kind
    cpu_s: float
    is_shared: bool = False
    gpu: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """Facts from the reference's own run of a criterion.

    Attributes
    ----------
    checks
        How many checks ran in each case.
    objects
        What was answered with objects that stay in the candidate: anything else has to be answered
        with a value.
    answers
        What `is_close` answered in each case.
    cost
        What the criterion has cost the examiner.
    """

    checks: tuple[int, ...] = ()
    objects: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    cost: Cost = field(default_factory=Cost)

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> Shown:
        """Return the facts that an exam needs.

        They are among those that the station has as JSON.
        """
        lists = {name: tuple(shown[name]) for name in ("checks", "objects", "answers") if name in shown}
        return cls(**lists, cost=Cost(*shown.get("cost", ())))

    def due(self, case: int) -> int:
        """Return the number of checks that a case must make.

        There are as many as the reference's case made, and one at least.
        """
        return max(1, self.checks[case]) if case < len(self.checks) else 1

    def answered_otherwise(self, case: int, answers: str) -> bool:
        """Return True if answers differ from the reference's.

        They are compared as far as the submission's go.
        """
        own = self.answers[case] if case < len(self.answers) else ""
        return not own.startswith(answers)


@dataclass(frozen=True, slots=True)
class ExamRequest:
    """The station's request of one exam.

    Attributes
    ----------
    key
        The student's key for this assignment, from which every draw is derived.
    kind
        Who is examined: the submission, or the reference behind the same wire.
    sources
        What the reader made of the upload.
    unattempted
        Functions of the submission with the template's syntax tree.
    needs_frameworks
        True if the submission imports a framework while it loads.
    criteria
        Which criteria run; None for all.
    earned
        Criteria that earned full marks in an exam that this one continues.
    ungraded
        Criteria that could not be graded in such an exam, and whose fault that was.
    is_continued
        True if criteria of the submission have run in an exam before this one.
    callback_s
        CPU time that functions of the grader may take for a submission at most, per criterion [s];
        None at home, where nothing that a submission costs is bounded.
    patience
        How many times its wall time a candidate is waited for, on a machine that has other things
        to do.
    baseline
        What the reference's own run showed of each criterion.
    order
        In which order they run; empty for the rubric's.
    stops_at_loss
        True if the first criterion that is lost ends the exam.
    cpu_s
        Per criterion, CPU time in place of the rubric's own limit [s].
    is_traced
        True if calls and comparisons are kept, for a replay.
    values
        Folder into which a replay writes the values.
    load_slack
        How many times the limit on loading the station allows.
    waiting_s
        How long the submission may wait in all its criteria, on an idle machine [s]; the station
        keeps it.
    """

    key: Base64Bytes
    kind: Kind
    sources: Sources
    unattempted: frozenset[str] = frozenset()
    needs_frameworks: bool = False
    criteria: frozenset[str] | None = None
    earned: frozenset[str] = frozenset()
    baseline: Mapping[str, Shown] = field(default_factory=dict)
    ungraded: Mapping[str, Fault] = field(default_factory=dict)
    is_continued: bool = False
    callback_s: float | None = None
    patience: float = 1.0
    order: tuple[str, ...] = ()
    stops_at_loss: bool = False
    cpu_s: Mapping[str, float] = field(default_factory=dict)
    is_traced: bool = False
    values: Path | None = None
    load_slack: float = 1.0
    waiting_s: float = math.inf
