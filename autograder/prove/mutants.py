"""Generated mutants and their fates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, computed_field

MIN_SCORE = 0.95  # of the mutants that are not shown to be equivalent


@dataclass(frozen=True, slots=True)
class Mutation:
    """One small mistake in one file of the reference.

    Attributes
    ----------
    key
        Names it as long as its own statement stays as it is, wherever that stands.
    function
        Where it is: ``f`` or ``Class.method``.
    line
        Of the statement, from 1.
    lines
        Statements of which one must have run for a criterion to notice it.
    operator
        The kind of mistake.
    before, after
        The piece of source, and what stands in its place.
    source
        The whole file with the mistake.
    code
        The same compiled.
    """

    key: str
    file: str
    function: str
    line: int
    lines: tuple[int, ...]
    operator: str
    before: str
    after: str
    source: str


class Fate(StrEnum):
    """The fate of a generated mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"


class GeneratedMutant(BaseModel):
    """A generated mutant and its fate.

    Attributes
    ----------
    change
        What stands there, and what stood there before.
    killed_by
        The criterion that it lost first; empty if it lost none.
    outcome
        Of that criterion.
    tried
        The criteria that were run, in order.
    lost
        Points that each criterion lost; empty unless prices were asked for.
    ran_by
        Of a survivor, all criteria that ran the changed line.
    diff
        Of what was not killed.
    reason
        Why it is equivalent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    file: str
    function: str
    line: int
    operator: str
    change: str
    fate: Fate
    killed_by: str = ""
    outcome: str = ""
    tried: tuple[str, ...] = ()
    lost: dict[str, float] = Field(default_factory=dict)
    ran_by: tuple[str, ...] = ()
    diff: str = ""
    reason: str = ""


class MutantTally(BaseModel):
    """The number and fates of one kind's mutants."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    killed: int
    survived: int
    equivalent: int


class MutationRun(BaseModel):
    """Everything about the generated mutants of an assignment.

    Attributes
    ----------
    duplicates, unchanged
        Mutants that were not run: others compile to the same code, or they compile to the
        reference's own.
    duration_s, cpu_s
        Wall time, and CPU time of all processes together [s].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mutants: tuple[GeneratedMutant, ...]
    duplicates: int
    unchanged: int
    duration_s: float
    cpu_s: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def score(self) -> float:
        """Share of killed mutants among those that are not equivalent."""
        counted = [one for one in self.mutants if one.fate is not Fate.EQUIVALENT]
        return sum(one.fate is Fate.KILLED for one in counted) / len(counted) if counted else 1.0

    @property
    def survivors(self) -> list[GeneratedMutant]:
        """Those that no criterion noticed."""
        return [one for one in self.mutants if one.fate is Fate.SURVIVED]

    @property
    def equivalents(self) -> list[GeneratedMutant]:
        """Those that are marked as equivalent."""
        return [one for one in self.mutants if one.fate is Fate.EQUIVALENT]

    @property
    def mutants_per_s(self) -> float:
        """The number of mutants tried per second of wall time.

        The time that it took to begin is included.
        """
        return len(self.mutants) / self.duration_s

    @property
    def criteria_per_mutant(self) -> float:
        """The average number of criteria tried per mutant."""
        return sum(len(one.tried) for one in self.mutants) / max(1, len(self.mutants))

    def tallies(self, name: str) -> list[MutantTally]:
        """Count by ``operator`` or by ``function``, the most survivors first."""
        groups: dict[str, list[Fate]] = {}
        for one in self.mutants:
            groups.setdefault(getattr(one, name), []).append(one.fate)
        return sorted(
            (_tally(*item) for item in groups.items()), key=lambda one: (-one.survived, one.name)
        )


def _tally(name: str, fates: Iterable[Fate]) -> MutantTally:
    found = list(fates)
    killed, survived, equivalent = (found.count(fate) for fate in Fate)
    return MutantTally(name=name, killed=killed, survived=survived, equivalent=equivalent)
