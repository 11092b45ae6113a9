"""The result of a proof as a versioned model.

Table, JSON, JUnit XML and page are made from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, computed_field

from autograder.prove.mutants import MutationRun
from autograder.records.outcome import Outcome

SCHEMA_VERSION = 1


class SubjectKind(StrEnum):
    """The kind of a solution that was tried."""

    REFERENCE = "reference"
    TEMPLATE = "template"
    MUTANT = "mutant"
    ACCEPTED = "accepted"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProvedCriterion(_Model):
    """A criterion and the reference's needs for it.

    Attributes
    ----------
    limit_s, reference_s
        CPU time that a submission may use, and the most that the reference used [s].
    limit_mib, reference_mib
        Memory that a submission may use, and the most that the reference had beyond what its
        candidate was born with [MiB]; None where that could not be seen.
    used
        The largest error of the reference, as a share of the tolerance that it met.
    too_fine
        What is compared more finely than float32 rounds, without a word that float64 is needed.
    is_statistical
        True if a right answer may fail it, however rarely.
    is_trained
        True if it asks for what a training comes to.
    """

    id: str
    exercise: str
    title: str
    points: int
    limit_s: float
    reference_s: float = 0.0
    limit_mib: int = 0
    reference_mib: float | None = None
    used: float = 0.0
    too_fine: tuple[str, ...] = ()
    is_statistical: bool = False
    is_trained: bool = False


class Subject(_Model):
    """A solution, right or wrong, and the criteria that it must lose.

    Attributes
    ----------
    name
        ``reference``, ``template``, or the name of a mutant or an accepted variant.
    mistake
        What it does wrong, or differently.
    cascades
        Criteria of other exercises than the mistake's own, each with the reason why it costs points
        there.
    """

    name: str
    kind: SubjectKind
    mistake: str = ""
    loses: tuple[str, ...] = ()
    cascades: dict[str, str] = Field(default_factory=dict)


def lost_by_mutants(subjects: Iterable[Subject]) -> set[str]:
    """The criteria that some mutant must lose."""
    return {name for one in subjects if one.kind is SubjectKind.MUTANT for name in one.loses}


class Finding(_Model):
    """Something that does not hold.

    Attributes
    ----------
    subject
        A subject's name; ``mutants``, ``limits``, ``trees``, ``flakes``, ``order``, ``home``,
        ``prices``, ``counts`` or ``generated`` for what concerns them all.
    seed
        The student under whose draws it was found; empty where draws do not matter.
    """

    subject: str
    what: str
    seed: str = ""

    def __str__(self) -> str:
        where = f" ({self.seed})" if self.seed else ""
        return f"{self.subject}{where}: {self.what}"


class Trial(_Model):
    """One subject under the draws of one student.

    Attributes
    ----------
    outcomes
        Of each criterion; empty where the subject could not be read.
    fractions
        Share of its points that a criterion earned, for those without full marks.
    cpu_s, memory_mib
        CPU time and memory of its candidate, per criterion [s], [MiB].
    scores
        What trainings came to, per criterion, each with its bar; higher is better.
    used
        Per criterion, the largest error that passed, as a share of its tolerance.
    too_fine
        Per criterion, what is compared more finely than float32 rounds, without a word that float64
        is needed.
    statistical, trained
        Criteria that a right answer may fail, however rarely; and those that ask what a training
        comes to.
    """

    subject: str
    seed: str
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
    fractions: dict[str, float] = Field(default_factory=dict)
    cpu_s: dict[str, float] = Field(default_factory=dict)
    memory_mib: dict[str, float] = Field(default_factory=dict)
    scores: dict[str, tuple[tuple[float, float], ...]] = Field(default_factory=dict)
    used: dict[str, float] = Field(default_factory=dict)
    too_fine: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    statistical: frozenset[str] = frozenset()
    trained: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


class Flakes(_Model):
    """The frequency with which the reference loses points.

    It should lose none.

    Attributes
    ----------
    criteria
        Those that were tried: a right answer may fail them.
    gradings
        How often all of them were tried, with other draws each time.
    lost
        Per criterion that was ever lost, how often.
    lost_gradings
        In how many gradings any was lost.
    bound
        With 95 % confidence, at most this share of gradings loses one.
    """

    criteria: tuple[str, ...]
    gradings: int
    lost: dict[str, int]
    lost_gradings: int
    bound: float


class Calibration(_Model):
    """The scores of the reference's trainings over many draws.

    Attributes
    ----------
    scores
        Higher is better; a loss stands with its sign turned.
    bar
        What had to be reached.
    deviations
        By how many standard deviations the bar lies below the mean; None where all scores are the
        same.
    """

    criterion: str
    bar: float
    scores: tuple[float, ...]
    mean: float
    deviations: float | None


class Spread(_Model):
    """The scores of one training beside its bar.

    They are those of the reference and the mutants.

    Attributes
    ----------
    scores
        By subject, the reference first; higher is better, a loss stands with its sign turned.
    """

    criterion: str
    bar: float
    scores: dict[str, tuple[float, ...]]


class Proof(_Model):
    """Everything that was tried of one assignment.

    Attributes
    ----------
    seeds
        How many students' draws each subject met.
    findings
        What does not hold; an empty list proves the assignment.
    spreads
        Where the bars of trainings lie among what right and wrong solutions come to.
    generated
        What became of generated mutants, if they were tried.
    checked_at_home
        Names of the subjects that `check` was given, too.
    duration_s
        How long it took [s].
    """

    schema_version: Annotated[int, Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    assignment: str
    title: str
    digest: str
    grader_version: str
    seeds: int
    criteria: tuple[ProvedCriterion, ...]
    subjects: tuple[Subject, ...]
    trials: tuple[Trial, ...]
    findings: tuple[Finding, ...]
    flakes: Flakes | None = None
    calibrations: tuple[Calibration, ...] = ()
    spreads: tuple[Spread, ...] = ()
    generated: MutationRun | None = None
    checked_at_home: tuple[str, ...] = ()
    duration_s: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def is_proved(self) -> bool:
        """True if the proof has no findings."""
        return not self.findings

    def trials_of(self, subject: str) -> list[Trial]:
        """Return a subject's trials in the order of the seeds."""
        return [trial for trial in self.trials if trial.subject == subject]
