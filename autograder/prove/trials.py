"""Proves an assignment: reference full marks, template its floor, every mutant loses exactly what it states.

All of it is trusted code of the course, so it runs in a sandbox without walls; everything else is as in a grading.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue

from autograder.assignment import Assignment, apply_mutant, check_mutants, load_accepted, load_mutants
from autograder.examiner.record import CriterionRecord
from autograder.outcome import Outcome
from autograder.prove.flakes import find_flakes, find_low_calibrations, try_draws
from autograder.prove.model import Finding, Proof, ProvedCriterion, Subject, SubjectKind, Trial, lost_by_mutants
from autograder.prove.trees import find_disagreements
from autograder.prove.unfinished import find_unfinished
from autograder.report.assemble import grader_version
from autograder.seeds import Secret
from autograder.station import Station, StationSettings

DRAWS = Secret(b"proved with these draws".ljust(32))  # the same everywhere, so that a finding can be seen again
MAX_SHARE_OF_TOLERANCE = 0.1  # that an error of the reference may take up
MAX_SHARE_OF_LIMIT = 0.5  # of CPU time that the reference may need: honest work is slower than it

_Work = tuple[Subject, str]  # what to try, and under whose draws
Say = Callable[[int, int, Trial], None]


def prove(  # noqa: PLR0913 - by name
    settings: StationSettings,
    *,
    seeds: int = 1,
    only: Sequence[str] = (),
    flakes: int = 0,
    jobs: int = 1,
    say: Say | None = None,
) -> Proof:
    """Try everything about an assignment that is to hold.

    Parameters
    ----------
    seeds
        Students under whose draws everything is tried.
    only
        Names of the subjects to try, all if empty.
    flakes
        Gradings in which the reference meets the statistical criteria alone, each with other draws.
    jobs
        Stations side by side.
    say
        Called after each trial with how many are done, how many there are, and the trial.

    Raises
    ------
    CourseError
        The assignment, its rubric, reference or a mutant is not written as it should be.
    """
    begun_s = time.monotonic()
    trials: list[Trial] = []
    with Station(replace(settings, sandbox="plain")) as station:
        assignment = station.assignment
        check_mutants(assignment, load_mutants(assignment), station.criteria)
        subjects = [one for one in find_subjects(assignment, station) if not only or one.name in only]
        todo = list(itertools.product(subjects, (f"seed {number}" for number in range(seeds))))

        def note(trial: Trial) -> None:
            trials.append(trial)
            if say is not None:
                say(len(trials), len(todo), trial)

        _try_all(settings, station, todo, jobs, note)
        places = {(subject.name, seed): place for place, (subject, seed) in enumerate(todo)}
        trials.sort(key=lambda trial: places[trial.subject, trial.seed])
        criteria = _measured(station, trials)
        flaky, calibrations = try_draws(settings, station, criteria, flakes, jobs) if flakes else (None, ())
        return Proof(
            assignment=assignment.id,
            title=assignment.title,
            digest=assignment.digest,
            grader_version=grader_version(),
            seeds=seeds,
            criteria=criteria,
            subjects=tuple(subjects),
            trials=tuple(trials),
            findings=(
                *(finding for trial in trials for finding in trial.findings),
                *(() if only else _vacuous(criteria, subjects)),
                *_wasteful(criteria),
                *_close_calls(criteria),
                *find_flakes(flaky),
                *find_low_calibrations(calibrations),
                *find_disagreements(assignment, station.criteria),
                *find_unfinished(assignment, station.criteria),
            ),
            flakes=flaky,
            calibrations=calibrations,
            duration_s=time.monotonic() - begun_s,
        )


def find_subjects(assignment: Assignment, station: Station) -> Iterator[Subject]:
    """Everything that is to be tried, with the criteria that it must lose."""
    yield Subject(name="reference", kind=SubjectKind.REFERENCE)
    yield Subject(name="template", kind=SubjectKind.TEMPLATE, loses=tuple(one.id for one in station.criteria))
    for one in load_mutants(assignment):
        yield Subject(name=one.slug, kind=SubjectKind.MUTANT, mistake=one.mistake, loses=one.loses)
    for one in load_accepted(assignment):
        yield Subject(name=one.slug, kind=SubjectKind.ACCEPTED, mistake=one.mistake)


def _try_all(
    settings: StationSettings, station: Station, todo: Iterable[_Work], jobs: int, note: Callable[[Trial], None]
) -> None:
    """Try everything on stations side by side, one of which is open."""
    queue: SimpleQueue[_Work] = SimpleQueue()
    for work in todo:
        queue.put(work)
    with ThreadPoolExecutor(max(1, jobs - 1)) as pool:
        others = [pool.submit(_work, settings, queue, note) for _ in range(jobs - 1)]
        try:
            _drain(station, queue, note)
        finally:  # after Ctrl-C the others end with what they have in hand
            _empty(queue)
        for other in others:
            other.result()


def _empty(queue: SimpleQueue[_Work]) -> None:
    with suppress(Empty):
        while True:
            queue.get_nowait()


def _work(settings: StationSettings, queue: SimpleQueue[_Work], note: Callable[[Trial], None]) -> None:
    """Be one more station; its processes live as long as this thread."""
    with Station(replace(settings, sandbox="plain")) as station:
        _drain(station, queue, note)


def _drain(station: Station, queue: SimpleQueue[_Work], note: Callable[[Trial], None]) -> None:
    sources = _sources(station.assignment)
    with suppress(Empty):
        while True:
            subject, student = queue.get_nowait()
            note(_try(station, subject, sources[subject.name], student))


def _sources(assignment: Assignment) -> dict[str, Mapping[str, str]]:
    """The files of every subject, by its name."""
    reference = assignment.reference_sources()
    changed = (*load_mutants(assignment), *load_accepted(assignment))
    return {
        "reference": reference,
        "template": assignment.template_sources(),
        **{one.slug: apply_mutant(reference, one) for one in changed},
    }


def _try(station: Station, subject: Subject, sources: Mapping[str, str], student: str) -> Trial:
    read = station.read_sources(sources)
    if read.problems:
        finding = Finding(subject=subject.name, what=f"cannot be read: {read.problems[0]}", seed=student)
        return Trial(subject=subject.name, seed=student, findings=(finding,))
    records = station.examine(station.request(student, read))
    return Trial(
        subject=subject.name,
        seed=student,
        outcomes={name: record.outcome for name, record in records.items()},
        cpu_s={name: record.cpu_s for name, record in records.items()},
        used={name: record.used for name, record in records.items() if record.used},
        statistical=frozenset(name for name, record in records.items() if record.is_statistical),
        trained=frozenset(name for name, record in records.items() if record.scores),
        findings=tuple(
            Finding(subject=subject.name, what=what, seed=student) for what in _differences(records, subject)
        ),
    )


def _differences(records: Mapping[str, CriterionRecord], subject: Subject) -> Iterator[str]:
    for record in records.values():
        if record.outcome is Outcome.UNGRADED:
            yield f"{record.id} could not be graded: {record.message}"
        elif record.has_full_marks and record.id in subject.loses:
            yield f"keeps {record.id}, which it must lose"
        elif not record.has_full_marks and record.id not in subject.loses:
            yield f"loses {record.id} ({record.outcome}: {record.message})"
        elif subject.kind is SubjectKind.TEMPLATE and record.outcome not in (Outcome.NOT_ATTEMPTED, Outcome.SKIPPED):
            yield f"{record.id} is {record.outcome}, expected not_attempted ({record.message})"


def _measured(station: Station, trials: Iterable[Trial]) -> tuple[ProvedCriterion, ...]:
    """The criteria, with the most CPU time that the reference used for each, and the largest error that it made."""
    own = [trial for trial in trials if trial.subject == "reference"]
    return tuple(
        ProvedCriterion(
            id=one.id,
            exercise=one.exercise,
            title=one.title,
            points=one.points,
            limit_s=station.assignment.limits(one.timeout_s).cpu_s,
            reference_s=max((trial.cpu_s.get(one.id, 0.0) for trial in own), default=0.0),
            used=max((trial.used.get(one.id, 0.0) for trial in own), default=0.0),
            is_statistical=any(one.id in trial.statistical for trial in own),
            is_trained=any(one.id in trial.trained for trial in own),
        )
        for one in station.criteria
    )


def _close_calls(criteria: Iterable[ProvedCriterion]) -> Iterator[Finding]:
    """Exact criteria that the reference passes with errors not far below the tolerance: other right answers would fail."""
    for one in criteria:
        if not (one.is_statistical or one.is_trained) and one.used > MAX_SHARE_OF_TOLERANCE:
            what = f"the reference's error in {one.id} is {100 * one.used:.0f} % of the tolerance, so that other right answers may fail"
            yield Finding(subject="flakes", what=what)


def _vacuous(criteria: Sequence[ProvedCriterion], subjects: Iterable[Subject]) -> Iterator[Finding]:
    """Criteria that no mutant loses prove nothing."""
    lost = lost_by_mutants(subjects)
    for criterion in criteria:
        if criterion.id not in lost:
            what = f"none loses {criterion.id}, so nothing shows that it can be lost"
            yield Finding(subject="mutants", what=what)


def _wasteful(criteria: Iterable[ProvedCriterion]) -> Iterator[Finding]:
    """Criteria for which the reference needs so much of the time that honest work would run out of it."""
    for one in criteria:
        if one.reference_s > MAX_SHARE_OF_LIMIT * one.limit_s:
            what = f"the reference used {one.reference_s:.1f} s of CPU time for {one.id}, of which {one.limit_s:g} s are allowed"
            yield Finding(subject="limits", what=what)
