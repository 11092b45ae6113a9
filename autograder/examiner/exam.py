"""One submission's exam.

It goes criterion by criterion, each with its own candidate. An experiment finds whose fault a
failure is.
"""

from __future__ import annotations

import gc
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import partial
from typing import Any

from autograder.course import Assignment, CandidateScope, CriterionInfo
from autograder.course.seeds import Secret
from autograder.examiner.context import (
    CaseResult,
    CriterionContext,
    CriterionResult,
    load_request,
    provide,
    seed_number,
)
from autograder.examiner.load_notes import ended_record
from autograder.examiner.messages import CandidateNeeds, ExamRequest, Kind, ReferenceFacts
from autograder.examiner.places import hide_loading, hide_record
from autograder.examiner.plugin import RubricPlugin, RunnableCriterion
from autograder.examiner.reference import Reference
from autograder.examiner.services import ExamServices
from autograder.examiner.trace import Trace
from autograder.examiner.verdict import (
    Verdict,
    describe_error,
    failed,
    infrastructure_fault,
    judge,
    rubric_fault,
    unusable,
)
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import Fault, Limits, Outcome
from autograder.remote import Bounds, Link, Submission, open_submission
from autograder.remote.bounds import Cost
from autograder.remote.endings import CandidateEnd
from autograder.remote.loading import LoadResult
from autograder.rubric import checks

_NO_CREDIT = failed(
    "too few values",
    "Fewer values were checked than expected, and none was found wrong: "
    "there is no partial credit.",
)
# what another helper may mend, without waiting twice
_WRONG = (Outcome.FAILED, Outcome.PARTIAL, Outcome.RAISED)
_WITH_OWN = "This was judged with your own functions in the place of the grader's."
SUBMISSION: Kind = "submission"
REFERENCE: Kind = "reference"
ALL = "all"  # stands for the id of a criterion where one candidate serves several


@dataclass(frozen=True)
class Rubric:
    """A collected rubric in its examiner.

    It has everything that an exam needs but the submission.

    Attributes
    ----------
    reference
        The reference's namespace; None at home, where there is none to experiment with.
    defines
        The declared file that defines each name of the reference.
    brings_data
        True if the public data files go to candidates with their sources; no sandbox of a station
        needs that.
    make_context
        Makes what the fixtures stand for; a tape is recorded and played by one of its own.
    provide_for
        Makes what stands for the provided functions of a criterion; None for the reference's own.
    """

    assignment: Assignment
    table: list[RunnableCriterion]
    reference: Reference | None
    plugin: RubricPlugin
    defines: Mapping[str, str]
    make_context: Callable[
        [Assignment, CriterionInfo, Any, Secret, Submission], CriterionContext
    ] = CriterionContext
    brings_data: bool = False
    provide_for: Callable[[CriterionInfo], Mapping[str, Callable[..., Any]]] | None = None


class Exam:
    """Runs a rubric's criteria on one submission.

    It hands a record of each in.

    Parameters
    ----------
    rubric
        What is asked.
    request
        Of whom, with which draws.
    services
        Gives candidates and takes records.
    """

    def __init__(self, rubric: Rubric, request: ExamRequest, services: ExamServices) -> None:
        self._rubric = rubric
        self._request = request
        self._desk = services
        self._table = _ordered(rubric.table, request.order)
        self._open_ids = _open_ones(rubric.table)
        self._earned = set(request.earned)
        self._ungraded = dict(request.ungraded)
        self._loading: LoadingRecord | None = None
        # how the submission loaded without functions of the reference
        self._plain: LoadResult | None = None
        self._unloadable: Verdict | None = None
        self._shared: Submission | None = None
        self._trace = self._listen() if request.is_traced else None

    def _listen(self) -> Trace:
        trace = Trace(self._request.values)
        checks.listen(trace.hear_comparison)
        return trace

    def run(self, end: CandidateEnd | None = None) -> None:
        """Run every requested criterion in order.

        Parameters
        ----------
        end
            How the submission is known to end while it is loaded; None where it has to be tried.
        """
        if end is not None:
            self._loading = ended_record(end)
            self._unloadable = _not_loaded(judge(end))
        for criterion in self._table:
            if self._is_wanted(criterion):
                record = self._examine(criterion)
                if record.has_full_marks:
                    self._earned.add(record.id)
                elif record.outcome is Outcome.UNGRADED and record.fault is not None:
                    self._ungraded[record.id] = record.fault
                self._desk.hand_in(hide_record(record, self._rubric.assignment.course))
                if self._request.stops_at_loss and not record.has_full_marks:
                    break
        if self._shared is not None:
            self._shared.close()
        loading = self._loading
        self._desk.finish(
            None if loading is None else hide_loading(loading, self._rubric.assignment.course)
        )

    def _is_wanted(self, criterion: RunnableCriterion) -> bool:
        return self._request.criteria is None or criterion.info.id in self._request.criteria

    def _examine(self, criterion: RunnableCriterion) -> CriterionRecord:
        settled = self._settled_without_running(criterion)
        if settled is not None:
            return _record(criterion, settled, None, 0.0)
        record = self._run(criterion, criterion.info)
        if self._may_use_own(criterion.info, record):
            # What the reference answers may not fit a right program, whose own helper takes or
            # gives more.
            own = self._run(criterion, replace(criterion.info, provided=()))
            record = _better(record, own)
        return record if self._trace is None else replace(record, trace=tuple(self._trace.steps))

    def _run(self, criterion: RunnableCriterion, info: CriterionInfo) -> CriterionRecord:
        """Run a criterion once.

        The submission gets the functions of the reference that ``info`` provides.
        """
        begun_s = time.perf_counter()
        is_later = self._is_later(info)
        tried = self._try(criterion, info)
        verdict = self._settle(criterion, tried)
        self._remember_loading(tried, verdict, criterion.info, is_later=is_later)
        return _record(criterion, verdict, tried, time.perf_counter() - begun_s)

    def _may_use_own(self, info: CriterionInfo, record: CriterionRecord) -> bool:
        """Return True if a criterion may use the submission's functions.

        They take the place of the provided ones.
        """
        names = self._plain.names if self._plain is not None else {}
        return (
            self._request.kind == SUBMISSION
            and record.fault is Fault.SUBMISSION
            and record.outcome in _WRONG
            and bool(info.provided)
            and all(
                name in names and name not in self._request.unattempted for name in info.provided
            )
        )

    def _settled_without_running(self, criterion: RunnableCriterion) -> Verdict | None:
        info = criterion.info
        waited_for = self._judge_waiting(info)
        return waited_for if waited_for is not None else self._settled_ahead(info)

    def _settled_ahead(self, info: CriterionInfo) -> Verdict | None:
        """Return the verdict on a criterion that need not run.

        It does not depend on other criteria.
        """
        if self._unloadable is not None:
            return self._unloadable
        for name in info.tests:
            unread = self._request.sources.failed.get(self._rubric.defines.get(name, ""))
            if unread is not None:
                return Verdict(
                    Outcome.NOT_LOADED, Fault.SUBMISSION, kind="not loaded", message=unread
                )
        unattempted = self._unattempted(info)
        if not unattempted or _has_share(info, unattempted):
            return None
        return self._not_attempted(unattempted)

    def _unattempted(self, info: CriterionInfo) -> list[str]:
        """List the functions under test that are as they were handed out."""
        is_submission = self._request.kind == SUBMISSION
        return [name for name in info.tests if is_submission and name in self._request.unattempted]

    def _not_attempted(self, names: Sequence[str]) -> Verdict:
        """Return the verdict on functions that are as they were handed out."""
        verb = "is" if len(names) == 1 else "are"
        named = ", ".join(f"`{name}`" for name in names)
        facts = self._request.sources.facts
        found = facts.misplaced if facts is not None else {}
        clauses = dict.fromkeys(found[name] for name in names if name in found)
        message = f"{'; '.join([f'{named} {verb} as in the template', *clauses])}."
        return Verdict(
            Outcome.NOT_ATTEMPTED, Fault.SUBMISSION, kind="not attempted", message=message
        )

    def _cases_ahead(self, info: CriterionInfo) -> dict[str, Verdict]:
        """Return the verdicts on cases that need not run.

        Their function was not attempted.
        """
        return {name: self._not_attempted([name]) for name in self._unattempted(info)}

    def _judge_waiting(self, info: CriterionInfo) -> Verdict | None:
        """Return the verdict forced by a criterion's prerequisites, or None.

        A lost prerequisite skips the criterion. An ungraded one leaves it ungraded and costs no
        points.
        """
        titles = {one.info.id: f"“{one.info.title}”" for one in self._rubric.table}
        missed = [name for name in info.after if name not in self._earned]
        lost = [name for name in missed if name not in self._ungraded]
        if lost:
            message = (
                f"Comes after {' and '.join(titles[name] for name in lost)}, which is not "
                "solved yet."
            )
            return Verdict(Outcome.SKIPPED, Fault.SUBMISSION, kind="skipped", message=message)
        if missed:
            message = (
                f"Comes after {' and '.join(titles[name] for name in missed)}, which could "
                "not be graded."
            )
            return Verdict(Outcome.UNGRADED, self._ungraded[missed[0]], message=message)
        return None

    def _try(self, criterion: RunnableCriterion, info: CriterionInfo) -> CriterionResult:
        limits = self._limits(info)
        self._desk.begin(info.id, limits, self._need(criterion.info), self._foresee(criterion))
        is_shared = self._may_share(criterion.info)
        submission = (
            self._shared_submission(info, limits)
            if is_shared
            else self._open(info, limits, partial(self._desk.spawn, gpu=info.gpu))
        )
        key = Secret(self._request.key)
        context = self._rubric.make_context(
            self._rubric.assignment, info, self._rubric.reference, key, submission
        )
        ahead = self._cases_ahead(info)
        tried = context.run(
            self._rubric.plugin, criterion.items, ahead=ahead, keeps_candidate=is_shared
        )
        if self._plain is None and not criterion.info.provided and submission.is_loaded:
            self._plain = submission.loading
        return tried

    def _foresee(self, criterion: RunnableCriterion) -> CandidateNeeds | None:
        """Return the need of the next criterion with its own candidate.

        It assumes that this criterion is passed.
        """
        if self._request.stops_at_loss:
            return None  # there is probably no next one
        earned = {*self._earned, criterion.info.id}
        for one in self._table[self._table.index(criterion) + 1 :]:
            if (
                self._is_wanted(one)
                and set(one.info.after) <= earned
                and self._settled_ahead(one.info) is None
            ):
                # a GPU is not to wait for this criterion's end
                return None if one.info.gpu else self._need(one.info)
        return None

    def _need(self, info: CriterionInfo) -> CandidateNeeds | None:
        """Return a criterion's need of its own candidate.

        It is None if the criterion may have to share a candidate.
        """
        if self._may_share(info):
            return None
        return CandidateNeeds(
            self._uses(info), self._request.kind, self._limits(info).cpu_s, gpu=info.gpu
        )

    def _limits(self, info: CriterionInfo) -> Limits:
        return self._rubric.assignment.limits(self._request.cpu_s.get(info.id, info.timeout_s))

    def _uses(self, info: CriterionInfo) -> bool:
        return bool(info.uses) or self._request.needs_frameworks

    def _may_share(self, info: CriterionInfo) -> bool:
        """Return True if a criterion may share a candidate.

        It then goes on with the candidate of the criterion before. It never does with inputs that
        are shown, stubs or a GPU.
        """
        is_wanted = self._rubric.assignment.settings.candidates is CandidateScope.SUBMISSION
        return is_wanted and not (info.public or info.provided or info.gpu)

    def _shared_submission(self, info: CriterionInfo, limits: Limits) -> Submission:
        if self._shared is None or self._shared.ended is not None:
            everything = replace(info, id=ALL, provided=(), uses=self._all_uses())
            self._shared = self._open(everything, limits, self._desk.spawn_shared)
        else:
            self._shared.renew(limits, self._bounds(info))
        return self._shared

    def _all_uses(self) -> tuple[str, ...]:
        return tuple(name for one in self._rubric.table for name in one.info.uses)

    def _open(self, info: CriterionInfo, limits: Limits, spawn: Callable[..., Link]) -> Submission:
        """The submission in a candidate that starts at the first use."""
        request = self._request
        seed = seed_number(Secret(request.key), info.id, "candidate")
        assignment = self._rubric.assignment
        data = (
            {path.name: path.read_bytes() for path in assignment.data_files}
            if self._rubric.brings_data
            else {}
        )
        submission = open_submission(
            _Spawner(spawn),
            load_request(assignment, request.sources, self._rubric.defines, seed=seed, data=data),
            provided=self._stubs(info),
            limits=limits,
            bounds=self._bounds(info),
            objects=self._objects(info),
            plain=self._plain,
            is_later=self._is_later(info),
            frameworks=self._uses(info),
            kind=request.kind,
            facts=request.sources.facts,
        )
        if self._trace is not None:
            submission.listen(self._trace.hear_call)
        return submission

    def _is_later(self, info: CriterionInfo) -> bool:
        """Return True if a candidate's load could reveal a hidden input.

        An earlier candidate may have met the input and passed it on by what the kernel keeps. The
        first candidate to load has met none, and open criteria run before all others.
        """
        is_first = self._plain is None and not self._request.is_continued
        return self._request.kind == SUBMISSION and not is_first and info.id not in self._open_ids

    def _bounds(self, info: CriterionInfo) -> Bounds:
        """Return the bounds on a candidate's costs to this process.

        There are none for a reference, and none for a student at home.
        """
        request = self._request
        if request.callback_s is None or request.kind == REFERENCE:
            return Bounds(patience=request.patience, meter=self._desk.meter)
        shown = [one.cost for name, one in request.baseline.items() if info.id in (name, ALL)]
        allowed = Cost.largest(shown).allowed(request.callback_s)
        return Bounds(
            received_bytes=allowed.received_mib * 2**20,
            answered_bytes=allowed.answered_mib * 2**20,
            callback_cpu_s=allowed.cpu_ms / 1000,
            callback_memory_mib=allowed.memory_mib,
            patience=request.patience,
            meter=self._desk.meter,
        )

    def _objects(self, info: CriterionInfo) -> frozenset[str] | None:
        """Return the names that may be answered with objects.

        The reference has shown them. For a shared candidate, they count in any criterion.
        """
        shown = [
            one.objects for name, one in self._request.baseline.items() if info.id in (name, ALL)
        ]
        return frozenset(name for names in shown for name in names) if shown else None

    def _stubs(self, info: CriterionInfo) -> dict[str, Callable[..., Any]]:
        if info.provided and self._rubric.provide_for is not None:
            return dict(self._rubric.provide_for(info))
        return {name: provide(getattr(self._rubric.reference, name)) for name in info.provided}

    def _settle(self, criterion: RunnableCriterion, tried: CriterionResult) -> Verdict:
        """Return the verdict on a try.

        Where only an experiment can tell, the reference takes the submission's place.
        """
        problem = self._desk.failure or self._find_gpu_problem(criterion, tried)
        if problem is not None:
            return infrastructure_fault(problem)
        error = tried.unclear
        if self._request.kind == REFERENCE:
            return _with_checks(tried) if error is None else rubric_fault(describe_error(error))
        if error is None and not self._ran_too_few(criterion, tried):
            return tried.verdict()
        unclear = None if error is None else unusable(error, tried.answered)
        self._forget(tried)
        experiment = self._desk.experiment(criterion.info.id)
        if experiment is not None and experiment.fault is Fault.INFRASTRUCTURE:
            return infrastructure_fault(experiment.message)
        if experiment is not None and not experiment.has_full_marks:
            return rubric_fault(
                f"The reference does not pass this criterion either: {experiment.message}"
            )
        shown = (
            ReferenceFacts()
            if experiment is None
            else ReferenceFacts(experiment.case_checks, answers=experiment.case_answers)
        )
        tried.cases = [
            _settled(case, unclear, shown, number) for number, case in enumerate(tried.cases)
        ]
        return tried.verdict()

    def _find_gpu_problem(self, criterion: RunnableCriterion, tried: CriterionResult) -> str | None:
        """Return the problem of a GPU on which a criterion was lost.

        The machine is asked for it, never the submission.
        """
        is_lost = tried.unclear is not None or tried.verdict().outcome is not Outcome.PASSED
        if not (criterion.info.gpu and is_lost):
            return None
        return self._desk.check_gpu(self._request.kind, frameworks=self._uses(criterion.info))

    def _forget(self, tried: CriterionResult) -> None:
        """Drop the answers that an exception's frames hold.

        They may be all that this process can hold.
        """
        error = tried.unclear
        tried.unclear = self._rubric.plugin.escaped = None
        while error is not None:
            traceback.clear_frames(error.__traceback__)
            error.__traceback__ = None
            error = error.__cause__ or error.__context__
        gc.collect()

    def _ran_too_few(self, criterion: RunnableCriterion, tried: CriterionResult) -> bool:
        """Return True if a case made fewer checks than the reference's.

        Such a case earned something, and had no fault.
        """
        shown = self._request.baseline.get(criterion.info.id, ReferenceFacts())
        return any(
            case.rests_on_checks and case.checks < shown.due(number)
            for number, case in enumerate(tried.cases)
        )

    def _remember_loading(
        self, tried: CriterionResult, verdict: Verdict, info: CriterionInfo, *, is_later: bool
    ) -> None:
        """Keep the record of the submission's load.

        A load without functions of the reference is preferred to one with them.
        """
        has_provided = bool(info.provided)
        if tried.loading is not None and (
            self._loading is None or (self._loading.has_provided and not has_provided)
        ):
            # What it prints or raises may be an answer, or a hidden input.
            told = (
                LoadingRecord(has_ended=tried.loading.has_ended)
                if has_provided or is_later
                else tried.loading
            )
            self._loading = replace(told, has_provided=has_provided)
            self._desk.tell_loading(hide_loading(self._loading, self._rubric.assignment.course))
        if (
            tried.ended_while_loading and not has_provided
        ):  # functions of the reference may have been what ended it
            self._unloadable = _not_loaded(verdict)


def _better(provided: CriterionRecord, own: CriterionRecord) -> CriterionRecord:
    """Return the better of two records of a criterion.

    Its costs are the sum of both.
    """
    best = own if own.outcome is Outcome.UNGRADED or own.fraction > provided.fraction else provided
    return replace(
        best,
        notes=(*best.notes, _WITH_OWN) if best is own else best.notes,
        duration_s=provided.duration_s + own.duration_s,
        cpu_s=provided.cpu_s + own.cpu_s,
        cost=provided.cost,
    )


def _has_share(info: CriterionInfo, unattempted: Sequence[str]) -> bool:
    """Return True if other functions under test have their own cases.

    These cases are named as the functions are.
    """
    return info.has_case_per_test and len(unattempted) < len(info.tests)


def _not_loaded(verdict: Verdict | None) -> Verdict | None:
    return None if verdict is None else replace(verdict, outcome=Outcome.NOT_LOADED, fraction=0.0)


def _ordered(table: list[RunnableCriterion], order: Sequence[str]) -> list[RunnableCriterion]:
    """Return the criteria in the order in which they run.

    It is the given order of names, where there is one; else open criteria come first. Open
    criteria, which are shown in full, then run before anything of the submission has met a hidden
    input.
    """
    if not order:
        is_open = _open_ones(table)
        return sorted(table, key=lambda one: one.info.id not in is_open)
    places = {name: place for place, name in enumerate(order)}
    return sorted(table, key=lambda one: places.get(one.info.id, len(places)))


def _open_ones(table: Sequence[RunnableCriterion]) -> set[str]:
    """Criteria that tell their students everything, and come after no other ones."""
    found: set[str] = set()
    for one in table:  # each stands below those that it comes after
        if one.info.public and not one.info.provided and found.issuperset(one.info.after):
            found.add(one.info.id)
    return found


class _Spawner:
    """One of the ways to start a candidate."""

    def __init__(self, spawn: Callable[..., Link]) -> None:
        self._spawn = spawn

    def spawn(self, *, frameworks: bool, kind: Kind) -> Link:
        """Start one."""
        return self._spawn(frameworks=frameworks, kind=kind)


def _settled(
    case: CaseResult, unclear: Verdict | None, shown: ReferenceFacts, number: int
) -> CaseResult:
    """Return a case settled by the reference's run.

    The reference has passed all cases, and has shown how many checks they ask for.
    """
    if case.verdict is None:
        return replace(case, verdict=unclear)
    if not case.rests_on_checks or case.checks >= shown.due(number):
        return case
    if case.is_passed:
        return replace(
            case,
            verdict=failed("too few values", "Your function returned fewer values than expected."),
        )
    return (
        case
        if shown.answered_otherwise(number, case.answers)
        else replace(case, verdict=_NO_CREDIT)
    )


def _with_checks(tried: CriterionResult) -> Verdict:
    """A pass without a single check is no pass."""
    if any(case.is_passed and case.checks < 1 for case in tried.cases):
        return rubric_fault("This criterion made no check, so it cannot be passed.")
    return tried.verdict()


def _record(
    criterion: RunnableCriterion, verdict: Verdict, tried: CriterionResult | None, duration_s: float
) -> CriterionRecord:
    info = criterion.info
    common: dict[str, Any] = {
        "id": info.id,
        "outcome": verdict.outcome,
        "fault": verdict.fault,
        "fraction": verdict.fraction,
        "kind": verdict.kind,
        "message": verdict.message,
        "exception": verdict.exception,
        "evidence": verdict.evidence,
        "cases": len(info.cases),
        "duration_s": duration_s,
    }
    if tried is None:
        return CriterionRecord(**common)
    return CriterionRecord(
        **common,
        notes=tuple(tried.notes),
        checks=tried.checks,
        case_checks=tuple(case.checks for case in tried.cases),
        case_answers=tuple(case.answers for case in tried.cases),
        comparisons=tried.comparisons,
        used=tried.used,
        too_fine=tuple(tried.too_fine),
        is_statistical=tried.is_statistical or info.statistical,
        scores=tuple(tried.scores),
        cases_passed=sum(case.is_passed for case in tried.cases),
        objects=tuple(tried.objects),
        cost=astuple(tried.cost),
        stdout=tried.stdout,
        stderr=tried.stderr,
        cpu_s=tried.cpu_s,
        peak_memory_mib=tried.peak_memory_mib,
    )
