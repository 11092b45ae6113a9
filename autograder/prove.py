"""Proves an assignment: reference full marks, template its floor, every mutant loses exactly what it states.

All of it is trusted code of the course, so it runs in a sandbox without walls; everything else is as in a grading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.assignment import apply_mutant, check_mutants, load_accepted, load_mutants
from autograder.examiner.record import CriterionRecord
from autograder.intake import Content
from autograder.outcome import Outcome
from autograder.station import Station, StationSettings
from autograder.station.reading import read_submission


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold.

    Attributes
    ----------
    subject
        ``reference``, ``template``, or the slug of a mutant or of an accepted variant.
    seed
        The student under whose draws it was found; empty where draws do not matter.
    """

    subject: str
    what: str
    seed: str = ""

    def __str__(self) -> str:
        where = f" ({self.seed})" if self.seed else ""
        return f"{self.subject}{where}: {self.what}"


def prove(settings: StationSettings, *, seeds: int = 1, only: Sequence[str] = ()) -> list[Finding]:
    """Everything about an assignment that does not hold; an empty list proves it.

    Parameters
    ----------
    seeds
        Students under whose draws everything is tried.
    only
        Subjects to try, all if empty.
    """
    with Station(replace(settings, sandbox="plain")) as station:
        return list(_findings(station, seeds, only))


def _findings(station: Station, seeds: int, only: Sequence[str]) -> Iterator[Finding]:
    mutants = load_mutants(station.assignment)
    check_mutants(station.assignment, mutants, station.criteria)
    subjects = dict(_subjects(station))
    for number in range(seeds):
        student = f"seed {number}"
        for name, (sources, loses) in subjects.items():
            if not only or name in only:
                yield from _try(station, name, student, sources, loses)
    if not only:
        yield from _vacuous(station, [loses for _, loses in subjects.values()])


def _subjects(station: Station) -> Iterator[tuple[str, tuple[Mapping[str, str], frozenset[str]]]]:
    """Every subject with its sources and the criteria that it must lose."""
    assignment = station.assignment
    reference = assignment.reference_sources()
    yield "reference", (reference, frozenset())
    yield "template", (assignment.template_sources(), frozenset(one.id for one in station.criteria))
    for one in (*load_mutants(assignment), *load_accepted(assignment)):
        yield one.slug, (apply_mutant(reference, one), frozenset(one.loses))


def _try(
    station: Station, name: str, student: str, sources: Mapping[str, str], loses: frozenset[str]
) -> Iterator[Finding]:
    content = Content({file: text.encode() for file, text in sources.items()})
    read = read_submission(station.sandbox, station.assignment, content)
    if read.problems:
        yield Finding(name, f"cannot be read: {read.problems[0]}", student)
        return
    records = station.examine(station.request(student, read))
    yield from (Finding(name, what, student) for what in _differences(records, loses, is_template=name == "template"))


def _differences(
    records: Mapping[str, CriterionRecord], loses: frozenset[str], *, is_template: bool
) -> Iterator[str]:
    for record in records.values():
        if record.outcome is Outcome.UNGRADED:
            yield f"{record.id} could not be graded: {record.message}"
        elif record.has_full_marks and record.id in loses:
            yield f"keeps {record.id}, which it must lose"
        elif not record.has_full_marks and record.id not in loses:
            yield f"loses {record.id} ({record.outcome}: {record.message})"
        elif is_template and record.outcome not in (Outcome.NOT_ATTEMPTED, Outcome.SKIPPED):
            yield f"{record.id} is {record.outcome}, expected not_attempted ({record.message})"


def _vacuous(station: Station, losses: Iterable[frozenset[str]]) -> Iterator[Finding]:
    """Criteria that no mutant loses prove nothing."""
    lost = frozenset().union(*(one for one in losses if len(one) < len(station.criteria)))
    for criterion in station.criteria:
        if criterion.id not in lost:
            yield Finding("mutants", f"none loses {criterion.id}, so nothing shows that it can be lost")
