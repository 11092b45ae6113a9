"""Proves an assignment: reference full marks, template its floor, every mutant loses exactly what it states.

All of it is trusted code of the course, so it runs in a sandbox without walls; everything else is as in a grading.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from autograder.assignment import apply_mutant, check_mutants, load_accepted, load_mutants
from autograder.examiner.record import CriterionRecord
from autograder.intake import Content
from autograder.outcome import Outcome
from autograder.station import Station, StationSettings


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


Subject = tuple[str, Mapping[str, str], frozenset[str]]  # name, sources, criteria that it must lose


def prove(settings: StationSettings, *, seeds: int = 1, only: Sequence[str] = (), jobs: int = 1) -> list[Finding]:
    """Everything about an assignment that does not hold; an empty list proves it.

    Parameters
    ----------
    seeds
        Students under whose draws everything is tried.
    only
        Subjects to try, all if empty.
    jobs
        Stations side by side.
    """
    queue: SimpleQueue[tuple[Subject, str]] = SimpleQueue()
    with Station(replace(settings, sandbox="plain")) as station:
        mutants = load_mutants(station.assignment)
        check_mutants(station.assignment, mutants, station.criteria)
        subjects = [subject for subject in _subjects(station) if not only or subject[0] in only]
        for subject, number in itertools.product(subjects, range(seeds)):
            queue.put((subject, f"seed {number}"))
        with ThreadPoolExecutor(max(1, jobs - 1)) as pool:
            others = [pool.submit(_work, settings, queue) for _ in range(jobs - 1)]
            try:
                findings = list(_drain(station, queue))
            finally:  # after Ctrl-C the others end with what they have in hand
                _empty(queue)
            findings += [finding for other in others for finding in other.result()]
        if not only:
            findings += _vacuous(station, [loses for _, _, loses in subjects])
    return findings


def _empty(queue: SimpleQueue[tuple[Subject, str]]) -> None:
    with suppress(Empty):
        while True:
            queue.get_nowait()


def _work(settings: StationSettings, queue: SimpleQueue[tuple[Subject, str]]) -> list[Finding]:
    """Be one more station; its processes live as long as this thread."""
    with Station(replace(settings, sandbox="plain")) as station:
        return list(_drain(station, queue))


def _drain(station: Station, queue: SimpleQueue[tuple[Subject, str]]) -> Iterator[Finding]:
    with suppress(Empty):
        while True:
            subject, student = queue.get_nowait()
            yield from _try(station, subject, student)


def _subjects(station: Station) -> Iterator[Subject]:
    """Every subject with its sources and the criteria that it must lose."""
    assignment = station.assignment
    reference = assignment.reference_sources()
    yield "reference", reference, frozenset()
    yield "template", assignment.template_sources(), frozenset(one.id for one in station.criteria)
    for one in (*load_mutants(assignment), *load_accepted(assignment)):
        yield one.slug, apply_mutant(reference, one), frozenset(one.loses)


def _try(station: Station, subject: Subject, student: str) -> Iterator[Finding]:
    name, sources, loses = subject
    content = Content({file: text.encode() for file, text in sources.items()})
    read = station.read(content)
    if read.problems:
        yield Finding(name, f"cannot be read: {read.problems[0]}", student)
        return
    records = station.examine(station.request(student, read))
    yield from (Finding(name, what, student) for what in _differences(records, loses, is_template=name == "template"))


def _differences(records: Mapping[str, CriterionRecord], loses: frozenset[str], *, is_template: bool) -> Iterator[str]:
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
