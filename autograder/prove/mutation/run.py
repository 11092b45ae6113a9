"""Runs generated mutants against criteria that could notice them.

The most lethal criterion comes first, and the first that notices the mutant is the last to run.
"""

from __future__ import annotations

import difflib
import resource
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue

from autograder.course.facts import SourceFacts
from autograder.errors import CourseError, InfrastructureError
from autograder.examiner.context import Sources
from autograder.examiner.messages import ExamRequest
from autograder.inside.reading.source_files import compile_ahead
from autograder.prove.mutants import Fate, GeneratedMutant, Mutation, MutationRun
from autograder.prove.mutation.equivalents import load_equivalents
from autograder.prove.mutation.generate import Generated, generate
from autograder.prove.prices import find_losses
from autograder.prove.reach import Statement, find_lines, with_followers
from autograder.records.criterion import CriterionRecord
from autograder.records.outcome import Fault, Outcome
from autograder.station import Station, StationSettings, work_in_parallel

RUBRIC_S = 10.0  # for the rubric's own part of a criterion: a mutant may lead it into a loop, too
# of the reference's own CPU time; a mutant that needs more is taken to loop for ever
TIME_FACTOR, LEAST_S = (5.0, 0.5)

Say = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Plan:
    """The plan that every station needs.

    Attributes
    ----------
    lines
        The statements that each criterion runs; None for any.
    reference_s
        CPU time that the reference needs for each criterion [s].
    cpu_s
        What a mutant may use [s].
    students
        Under whose draws a mutant is tried that survives those of the student before.
    points, after
        Of each criterion: its points, and what it comes after.
    counts_prices
        True if the first student's criteria go on after a loss, to tell what a mistake costs.
    """

    sources: Mapping[str, str]
    code: Mapping[str, Sequence[bytes]]
    facts: SourceFacts
    lines: Mapping[str, frozenset[Statement] | None]
    reference_s: Mapping[str, float]
    cpu_s: Mapping[str, float]
    tests: Mapping[str, Sequence[str]]
    students: Sequence[str]
    points: Mapping[str, int]
    after: Mapping[str, Sequence[str]]
    counts_prices: bool = False

    def criteria_for(self, mutation: Mutation) -> list[str]:
        """The criteria that run the changed statement, in the rubric's order."""
        wanted = {(mutation.file, line) for line in mutation.lines}
        return [name for name, lines in self.lines.items() if lines is None or lines & wanted]

    def affected_by(self, mutation: Mutation) -> list[str]:
        """Return the criteria that may lose points for a mistake.

        Criteria that come after such criteria are among them.
        """
        found = with_followers(self.criteria_for(mutation), self.after)
        return [name for name in self.lines if name in found]


@dataclass
class Lethality:
    """The number of mistakes that each criterion has noticed.

    It is counted per function, and learnt while mutants run.
    """

    kills: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def order(self, plan: Plan, mutation: Mutation) -> list[str]:
        """The criteria that may notice a mutant, the likeliest and cheapest first."""
        kills = self.kills[mutation.function]

        def rank(name: str) -> tuple[int, bool, float]:
            is_about = any(
                one in (mutation.function, mutation.function.partition(".")[0])
                for one in plan.tests[name]
            )
            return -kills[name], not is_about, plan.reference_s[name]

        return sorted(plan.criteria_for(mutation), key=rank)

    def note(self, mutation: Mutation, criterion: str) -> None:
        """Remember the criterion that noticed a mutant."""
        self.kills[mutation.function][criterion] += 1


def mutate(  # noqa: PLR0913 - by name
    settings: StationSettings,
    *,
    students: Sequence[str],
    jobs: int = 1,
    only: Sequence[str] = (),
    prices: bool = False,
    say: Say | None = None,
) -> MutationRun:
    """Try every small mistake in the reference against the criteria.

    Parameters
    ----------
    students
        Under whose draws, one after the other until one is noticed.
    jobs
        Stations side by side.
    only
        Keys, functions or files whose mutants are tried; all if empty.
    prices
        True to go on after the first loss, and tell all that a mistake costs.
    say
        Called after each mutant with how many are done, how many there are, and its key.

    Raises
    ------
    CourseError
        The assignment or its file of equivalent mutants is wrong.
    """
    begun_s, begun_cpu_s = time.monotonic(), _cpu_s()
    plain = replace(settings, sandbox="plain", rubric_s=RUBRIC_S)
    with Station(plain) as station:
        marked = load_equivalents(station.assignment)
        generated = generate(station.assignment.reference_sources())
        todo = [
            one
            for one in generated.mutations
            if not only or {one.file, one.function, one.key} & {*only}
        ]
        plan = replace(make_plan(station, students), counts_prices=prices)
        done = _Work(plain, plan, todo, marked, say).run(station, jobs)
    return _result(generated, done, begun_s, begun_cpu_s)


def _result(
    generated: Generated, done: Iterable[GeneratedMutant], begun_s: float, begun_cpu_s: float
) -> MutationRun:
    return MutationRun(
        mutants=tuple(done),
        duplicates=generated.duplicates,
        unchanged=generated.unchanged,
        duration_s=time.monotonic() - begun_s,
        cpu_s=_cpu_s() - begun_cpu_s,
    )


def _cpu_s() -> float:
    """Return the CPU time of this process and its ended children [s]."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def make_plan(station: Station, students: Sequence[str]) -> Plan:
    """Plan the mutants' trials by a run of the reference.

    The run tells what each criterion runs and needs.
    """
    sources = station.assignment.reference_sources()
    records = {one.id: one for one in station.examine_reference(students[0])}
    _check_reference(station, records)
    limits = {one.id: station.assignment.limits(one.timeout_s).cpu_s for one in station.criteria}
    return Plan(
        sources=sources,
        code={name: compile_ahead(name, text) for name, text in sources.items()},
        facts=station.read_sources(sources).reading.facts,
        lines=find_lines(station, students[0]),
        reference_s={name: record.cpu_s for name, record in records.items()},
        cpu_s={
            name: min(limits[name], max(LEAST_S, TIME_FACTOR * record.cpu_s))
            for name, record in records.items()
        },
        tests={one.id: one.tests for one in station.criteria},
        students=students,
        points={one.id: one.points for one in station.criteria},
        after={one.id: one.after for one in station.criteria},
    )


def _check_reference(station: Station, records: Mapping[str, CriterionRecord]) -> None:
    lost = [record for record in records.values() if not record.has_full_marks]
    if lost:
        named = ", ".join(f"{record.id} ({record.message})" for record in lost)
        raise CourseError(
            f"The reference of {station.assignment.id!r} loses {named}, so no mutant can be judged."
        )


class _Work:
    """The mutants that are left, shared by the stations."""

    def __init__(
        self,
        settings: StationSettings,
        plan: Plan,
        todo: Sequence[Mutation],
        marked: Mapping[str, str],
        say: Say | None,
    ) -> None:
        self._settings = settings
        self._plan = plan
        self._todo = todo
        self._marked = marked
        self._say = say
        self._lethality = Lethality()
        self._lock = threading.Lock()
        self._done: dict[str, GeneratedMutant] = {}
        self._queue: SimpleQueue[Mutation] = SimpleQueue()

    def run(self, station: Station, jobs: int) -> list[GeneratedMutant]:
        """Try all mutants.

        The result is in the order in which they were generated.
        """
        for mutation in self._todo:
            self._queue.put(mutation)
        work_in_parallel(self._settings, station, jobs, self._drain, self._empty)
        return [self._done[mutation.key] for mutation in self._todo]

    def _empty(self) -> None:
        for _ in self._taken():
            pass

    def _taken(self) -> Iterator[Mutation]:
        while True:
            try:
                yield self._queue.get_nowait()
            except Empty:
                return

    def _drain(self, station: Station, _: int) -> None:
        requests = [_request(station, self._plan, student) for student in self._plan.students]
        for mutation in self._taken():
            with self._lock:
                order = self._lethality.order(self._plan, mutation)
            records = self._try(station, requests, mutation, order)
            self._note(mutation, records)

    def _try(
        self,
        station: Station,
        requests: Sequence[ExamRequest],
        mutation: Mutation,
        order: Sequence[str],
    ) -> list[CriterionRecord]:
        """Return the records of the criteria that ran.

        They run up to the first loss, unless prices are asked for.
        """
        records: list[CriterionRecord] = []
        if self._plan.counts_prices and order:
            records += self._try_all(station, requests[0], mutation)
            if any(not record.has_full_marks for record in records):
                return records
            requests = requests[1:]
        for request in requests if order else ():
            sources = _mutated(self._plan, mutation)
            asked = replace(request, sources=sources, criteria=frozenset(order), order=tuple(order))
            records += station.examine(asked).values()
            if not records[-1].has_full_marks:
                _check_machine(mutation, records[-1])
                break
        return records

    def _try_all(
        self, station: Station, request: ExamRequest, mutation: Mutation
    ) -> Iterator[CriterionRecord]:
        """Yield the records of criteria that may lose points.

        They are as in a grading.
        """
        criteria = self._plan.affected_by(mutation)
        others = [name for name in self._plan.lines if name not in criteria]
        asked = replace(
            request,
            sources=_mutated(self._plan, mutation),
            criteria=frozenset(criteria),
            earned=frozenset(others),
            stops_at_loss=False,
        )
        for record in station.examine(asked).values():
            _check_machine(mutation, record)
            yield record

    def _note(self, mutation: Mutation, records: Sequence[CriterionRecord]) -> None:
        lost = next((record for record in records if not record.has_full_marks), None)
        with self._lock:
            if lost is not None:
                self._lethality.note(mutation, lost.id)
            self._done[mutation.key] = self._describe(mutation, records, lost)
            if self._say is not None:
                self._say(len(self._done), len(self._todo), mutation.key)

    def _describe(
        self, mutation: Mutation, records: Sequence[CriterionRecord], lost: CriterionRecord | None
    ) -> GeneratedMutant:
        reason = self._marked.get(mutation.key, "")
        fate = Fate.KILLED if lost is not None else Fate.EQUIVALENT if reason else Fate.SURVIVED
        return GeneratedMutant(
            key=mutation.key,
            file=mutation.file,
            function=mutation.function,
            line=mutation.line,
            operator=mutation.operator,
            change=f"{_short(mutation.before)} -> {_short(mutation.after)}",
            fate=fate,
            killed_by=lost.id if lost is not None else "",
            outcome=str(lost.outcome) if lost is not None else "",
            tried=tuple(record.id for record in records),
            lost=self._losses(records) if self._plan.counts_prices else {},
            ran_by=() if lost is not None else tuple(self._plan.criteria_for(mutation)),
            diff="" if lost is not None else _diff(self._plan.sources[mutation.file], mutation),
            reason=reason,
        )

    def _losses(self, records: Iterable[CriterionRecord]) -> dict[str, float]:
        fractions = {one.id: one.fraction for one in records if not one.has_full_marks}
        return find_losses(self._plan.points, fractions)


def _check_machine(mutation: Mutation, record: CriterionRecord) -> None:
    """Raise where a record says nothing about a mutant.

    The machine failed, or the rubric cannot be passed at all.
    """
    if record.outcome is Outcome.UNGRADED:
        what = (
            f"{record.id} could not be graded for the generated mutant {mutation.key}: "
            f"{record.message}"
        )
        raise (InfrastructureError if record.fault is Fault.INFRASTRUCTURE else CourseError)(what)


def _request(station: Station, plan: Plan, student: str) -> ExamRequest:
    """Return the request that the exams of all mutants share.

    The reader's facts are those of the reference.
    """
    request = station.request(student, station.read_sources(plan.sources))
    return replace(
        station.alone(request), unattempted=frozenset(), stops_at_loss=True, cpu_s=plan.cpu_s
    )


def _mutated(plan: Plan, mutation: Mutation) -> Sources:
    """Return the compiled sources with the mistake.

    They are compiled here, since a mutant is the course's own code.
    """
    code = {**plan.code, mutation.file: compile_ahead(mutation.file, mutation.source)}
    return Sources({**plan.sources, mutation.file: mutation.source}, plan.facts, code=code)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else f"{flat[:77]}..."


def _diff(source: str, mutation: Mutation) -> str:
    lines = difflib.unified_diff(
        source.splitlines(),
        mutation.source.splitlines(),
        f"a/{mutation.file}",
        f"b/{mutation.file}",
        lineterm="",
        n=2,
    )
    return "\n".join(lines)
