"""Proves an assignment.

The reference gets full marks, the template its floor, and every mutant loses exactly the criteria
that it states.

All of it is trusted code of the course, so it runs in a sandbox without walls; everything else is
as in a grading.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue

from autograder.course import Assignment, apply_mutant, check_mutants, load_accepted, load_mutants
from autograder.course.seeds import Secret
from autograder.prove.flakes import (
    Draws,
    find_flakes,
    find_low_calibrations,
    find_spreads,
    try_draws,
)
from autograder.prove.home import find_checked, find_home_differences
from autograder.prove.independence import (
    find_cascades,
    find_close_calls,
    find_counts,
    find_order_effects,
    find_waste,
    measure,
)
from autograder.prove.model import (
    Finding,
    Proof,
    ProvedCriterion,
    Subject,
    SubjectKind,
    Trial,
    lost_by_mutants,
)
from autograder.prove.mutants import MutationRun
from autograder.prove.mutation.equivalents import find_survivors
from autograder.prove.prices import find_costly
from autograder.prove.reach import find_reach
from autograder.prove.trees import find_disagreements, find_unfinished
from autograder.records.criterion import CriterionRecord
from autograder.records.outcome import Outcome
from autograder.report.assemble import grader_version
from autograder.station import Station, StationSettings, work_in_parallel

# the same everywhere, so that a finding can be seen again
DRAWS = Secret(b"proved with these draws".ljust(32))

_FEW = 5  # subjects, for which it is not worth while to find out what they reach

_Work = tuple[Subject, str]  # what to try, and under whose draws
_Reached = Mapping[str, Sequence[str]]
Say = Callable[[int, int, str], None]


def prove_assignment(  # noqa: PLR0913 - by name
    settings: StationSettings,
    *,
    seeds: int = 1,
    only: Sequence[str] = (),
    flakes: int = 0,
    mutations: bool = False,
    prices: bool = False,
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
        Gradings in which the reference meets the statistical criteria alone, each with other draws;
        a tenth as often it meets the exact ones, too.
    mutations
        True if small mistakes are made at every place of the reference, to see whether a criterion
        notices them.
    prices
        True if each of these meets every criterion, to see what one mistake costs.
    jobs
        Stations side by side.
    say
        Called after each trial with how many are done, how many there are, and the name of what was
        tried.

    Raises
    ------
    CourseError
        The assignment, its rubric, reference or a mutant is not written as it should be.
    """
    begun_s = time.monotonic()
    with Station(replace(settings, sandbox="plain")) as station:
        assignment = station.assignment
        check_mutants(assignment, load_mutants(assignment), station.criteria)
        subjects = tuple(
            one for one in find_subjects(assignment, station) if not only or one.name in only
        )
        trials = _try_subjects(settings, station, subjects, seeds, jobs, say)
        criteria = measure(station, trials)
        draws = try_draws(settings, station, criteria, flakes, jobs) if flakes else Draws()
        generated = _mutate(settings, seeds, jobs, say, prices=prices) if mutations else None
        findings = [
            *(finding for trial in trials for finding in trial.findings),
            *_find_in_trials(station, criteria, subjects, trials, generated),
            *find_flakes(draws.flakes),
            *draws.findings,
            *find_low_calibrations(draws.calibrations),
        ]
        if not only:
            findings += _find_in_all(station, criteria, subjects, trials)
        return Proof(
            assignment=assignment.id,
            title=assignment.title,
            digest=assignment.digest,
            grader_version=grader_version(),
            seeds=seeds,
            criteria=criteria,
            subjects=subjects,
            trials=trials,
            findings=tuple(findings),
            flakes=draws.flakes,
            calibrations=draws.calibrations,
            spreads=tuple(find_spreads(criteria, trials, draws.calibrations)),
            generated=generated,
            checked_at_home=() if only else tuple(one.name for one in find_checked(subjects)),
            duration_s=time.monotonic() - begun_s,
        )


def _try_subjects(  # noqa: PLR0913, PLR0917 - one of each
    settings: StationSettings,
    station: Station,
    subjects: Sequence[Subject],
    seeds: int,
    jobs: int,
    say: Say | None,
) -> tuple[Trial, ...]:
    """Try every subject under the draws of every seed."""
    todo = list(itertools.product(subjects, (f"seed {number}" for number in range(seeds))))
    trials: list[Trial] = []

    def note(trial: Trial) -> None:
        trials.append(trial)
        if say is not None:
            say(len(trials), len(todo), trial.subject)

    reached = _reached(station) if len(subjects) > _FEW else {}
    _try_all(settings, station, todo, reached, jobs, note)
    places = {(subject.name, seed): place for place, (subject, seed) in enumerate(todo)}
    return tuple(sorted(trials, key=lambda trial: places[trial.subject, trial.seed]))


def _find_in_trials(
    station: Station,
    criteria: Sequence[ProvedCriterion],
    subjects: Sequence[Subject],
    trials: Sequence[Trial],
    generated: MutationRun | None,
) -> Iterator[Finding]:
    """Yield findings about criteria from the subjects that were tried."""
    assignment = station.assignment
    yield from find_waste(criteria)
    yield from find_close_calls(criteria)
    yield from find_cascades(assignment, subjects, station.criteria)
    yield from find_costly(assignment, station.criteria, trials, generated)
    yield from find_counts(assignment)
    yield from find_disagreements(assignment, station.criteria)
    if generated is not None:
        yield from find_survivors(assignment, generated)
    yield from find_unfinished(assignment, station.criteria)


def _find_in_all(
    station: Station,
    criteria: Sequence[ProvedCriterion],
    subjects: Sequence[Subject],
    trials: Sequence[Trial],
) -> Iterator[Finding]:
    """Yield findings that need every subject."""
    assignment = station.assignment
    sources = gather_sources(assignment)
    yield from _vacuous(criteria, subjects)
    yield from find_order_effects(station, subjects, sources)
    yield from find_home_differences(assignment, subjects, sources, trials)


def find_subjects(assignment: Assignment, station: Station) -> Iterator[Subject]:
    """Yield every subject with the criteria that it must lose."""
    yield Subject(name="reference", kind=SubjectKind.REFERENCE)
    yield Subject(
        name="template", kind=SubjectKind.TEMPLATE, loses=tuple(one.id for one in station.criteria)
    )
    for one in load_mutants(assignment):
        yield Subject(
            name=one.name,
            kind=SubjectKind.MUTANT,
            mistake=one.mistake,
            loses=one.loses,
            cascades=dict(one.cascades),
        )
    for one in load_accepted(assignment):
        yield Subject(name=one.name, kind=SubjectKind.ACCEPTED, mistake=one.mistake)


def _mutate(
    settings: StationSettings, seeds: int, jobs: int, say: Say | None, *, prices: bool
) -> MutationRun:
    """Try the generated mutants.

    The generator is imported here, since it is an extra.
    """
    from autograder.prove.mutation.run import mutate  # noqa: PLC0415

    students = [f"seed {number}" for number in range(seeds)]
    return mutate(settings, students=students, jobs=jobs, prices=prices, say=say)


def _vacuous(criteria: Sequence[ProvedCriterion], subjects: Iterable[Subject]) -> Iterator[Finding]:
    """Criteria that no mutant loses prove nothing."""
    lost = lost_by_mutants(subjects)
    for criterion in criteria:
        if criterion.id not in lost:
            what = f"none loses {criterion.id}, so nothing shows that it can be lost"
            yield Finding(subject="mutants", what=what)


def _reached(station: Station) -> dict[str, Sequence[str]]:
    """Return the criteria that can notice each mutant or variant.

    No other criteria need to run.
    """
    reach = find_reach(station, "seed 0")
    changed = (*load_mutants(station.assignment), *load_accepted(station.assignment))
    return {one.name: reach.of(one) for one in changed}


def _try_all(  # noqa: PLR0913, PLR0917 - one of each
    settings: StationSettings,
    station: Station,
    todo: Iterable[_Work],
    reached: _Reached,
    jobs: int,
    note: Callable[[Trial], None],
) -> None:
    """Try all subjects on stations side by side.

    One of the stations is open.
    """
    queue: SimpleQueue[_Work] = SimpleQueue()
    for work in todo:
        queue.put(work)
    sources = gather_sources(station.assignment)

    def drain(other: Station, _: int) -> None:
        everything = [one.id for one in other.criteria]
        with suppress(Empty):
            while True:
                subject, student = queue.get_nowait()
                note(
                    _try(
                        other,
                        subject,
                        sources[subject.name],
                        student,
                        reached.get(subject.name, everything),
                    )
                )

    work_in_parallel(
        replace(settings, sandbox="plain"), station, jobs, drain, lambda: _empty(queue)
    )


def _empty(queue: SimpleQueue[_Work]) -> None:
    with suppress(Empty):
        while True:
            queue.get_nowait()


def gather_sources(assignment: Assignment) -> dict[str, Mapping[str, str]]:
    """The files of every subject, by its name."""
    reference = assignment.reference_sources()
    changed = (*load_mutants(assignment), *load_accepted(assignment))
    return {
        "reference": reference,
        "template": assignment.template_sources(),
        **{one.name: apply_mutant(reference, one) for one in changed},
    }


def _try(
    station: Station,
    subject: Subject,
    sources: Mapping[str, str],
    student: str,
    criteria: Sequence[str],
) -> Trial:
    """Run the criteria that a subject may change.

    For the others, the result of the reference's own run holds here too.
    """
    read = station.read_sources(sources)
    if read.problems:
        finding = Finding(
            subject=subject.name, what=f"cannot be read: {read.problems[0]}", seed=student
        )
        return Trial(subject=subject.name, seed=student, findings=(finding,))
    others = [one.id for one in station.criteria if one.id not in criteria]
    request = replace(
        station.request(student, read), criteria=frozenset(criteria), earned=frozenset(others)
    )
    records = station.examine(request) if criteria else {}
    return Trial(
        subject=subject.name,
        seed=student,
        outcomes={
            **dict.fromkeys(others, Outcome.PASSED),
            **{name: one.outcome for name, one in records.items()},
        },
        fractions={name: one.fraction for name, one in records.items() if not one.has_full_marks},
        cpu_s={name: record.cpu_s for name, record in records.items()},
        memory_mib={
            name: one.peak_memory_mib
            for name, one in records.items()
            if one.peak_memory_mib is not None
        },
        scores={name: record.scores for name, record in records.items() if record.scores},
        used={name: record.used for name, record in records.items() if record.used},
        too_fine={name: record.too_fine for name, record in records.items() if record.too_fine},
        statistical=frozenset(name for name, record in records.items() if record.is_statistical),
        trained=frozenset(name for name, record in records.items() if record.scores),
        findings=tuple(
            Finding(subject=subject.name, what=what, seed=student)
            for what in _differences(records, subject)
        ),
    )


def _differences(records: Mapping[str, CriterionRecord], subject: Subject) -> Iterator[str]:
    for record in records.values():
        if record.outcome is Outcome.UNGRADED:
            yield f"{record.id} could not be graded: {record.message}"
        elif record.kind == "too few values":
            yield (
                f"loses {record.id} by the number of its checks alone, which follows from what "
                "was returned"
            )
        elif record.has_full_marks and record.id in subject.loses:
            yield f"keeps {record.id}, which it must lose"
        elif not record.has_full_marks and record.id not in subject.loses:
            yield f"loses {record.id} ({record.outcome}: {record.message})"
        elif subject.kind is SubjectKind.TEMPLATE and record.outcome not in (
            Outcome.NOT_ATTEMPTED,
            Outcome.SKIPPED,
        ):
            yield f"{record.id} is {record.outcome}, expected not_attempted ({record.message})"
