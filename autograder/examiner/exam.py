"""One submission's exam: criterion by criterion, each with a candidate of its own, and fault found by experiment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, CandidateScope, CriterionInfo
from autograder.examiner.desk import Desk, Kind
from autograder.examiner.plugin import RubricPlugin
from autograder.examiner.record import CriterionRecord
from autograder.examiner.reference import Reference
from autograder.examiner.sitting import Sitting, Sources, Tried, load_request, provide, seed_number
from autograder.examiner.table import RunnableCriterion
from autograder.examiner.trace import Trace
from autograder.examiner.verdict import Verdict, failed, rubric_fault
from autograder.outcome import Fault, Limits, Outcome
from autograder.remote import Submission, open_submission
from autograder.rubric import checks
from autograder.seeds import Secret

SUBMISSION: Kind = "submission"
REFERENCE: Kind = "reference"


@dataclass(frozen=True)
class Rubric:
    """What an examiner holds once it has collected: everything an exam needs but the submission.

    Attributes
    ----------
    reference
        The reference's namespace; None at home, where there is none to provide functions or to experiment with.
    defines
        The declared file that defines each name of the reference.
    make_sitting
        Makes what the fixtures stand for; a tape is recorded and played by one of its own.
    """

    assignment: Assignment
    table: list[RunnableCriterion]
    reference: Reference | None
    plugin: RubricPlugin
    defines: Mapping[str, str]
    make_sitting: Callable[[Assignment, CriterionInfo, Any, Secret, Submission], Sitting] = Sitting


@dataclass(frozen=True, slots=True)
class ExamRequest:
    """What the station asks of one exam.

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
        Whether the submission imports a framework while it loads.
    criteria
        Which criteria run; None for all.
    earned
        Criteria that earned full marks in an exam that this one continues.
    baseline
        How many checks ran in the reference's own run, by criterion.
    is_traced
        Whether calls and comparisons are kept, for a replay.
    values
        Folder into which a replay writes the values.
    """

    key: bytes
    kind: Kind
    sources: Sources
    unattempted: frozenset[str]
    needs_frameworks: bool
    criteria: frozenset[str] | None
    earned: frozenset[str]
    baseline: Mapping[str, int]
    is_traced: bool = False
    values: Path | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ExamRequest:
        """Rebuild a request from the station's message."""
        chosen = data.get("criteria")
        return cls(
            key=bytes.fromhex(data["key"]),
            kind=data["kind"],
            sources=Sources.from_json(data["sources"]),
            unattempted=frozenset(data.get("unattempted", ())),
            needs_frameworks=data.get("needs_frameworks", False),
            criteria=None if chosen is None else frozenset(chosen),
            earned=frozenset(data.get("earned", ())),
            baseline=data.get("baseline", {}),
            is_traced=data.get("is_traced", False),
            values=Path(data["values"]) if data.get("values") else None,
        )


class Exam:
    """Runs the criteria of a rubric on one submission and hands a record of each in.

    Parameters
    ----------
    rubric
        What is asked.
    request
        Of whom, with which draws.
    desk
        Gives candidates and takes records.
    """

    def __init__(self, rubric: Rubric, request: ExamRequest, desk: Desk) -> None:
        self._rubric = rubric
        self._request = request
        self._desk = desk
        self._earned = set(request.earned)
        self._loading: dict[str, Any] | None = None
        self._unloadable: Verdict | None = None
        self._shared: Submission | None = None
        self._trace = self._listen() if request.is_traced else None

    def _listen(self) -> Trace:
        trace = Trace(self._request.values)
        checks.listen(trace.hear_comparison)
        return trace

    def run(self) -> None:
        """Run every requested criterion in order."""
        for criterion in self._rubric.table:
            if self._request.criteria is None or criterion.info.id in self._request.criteria:
                record = self._examine(criterion)
                if record.has_full_marks:
                    self._earned.add(record.id)
                self._desk.hand_in(record)
        if self._shared is not None:
            self._shared.close()
        self._desk.finish(self._loading)

    def _examine(self, criterion: RunnableCriterion) -> CriterionRecord:
        settled = self._settled_without_running(criterion)
        if settled is not None:
            return _record(criterion, settled, None, 0.0)
        begun_s = time.perf_counter()
        tried = self._try(criterion, self._request.kind)
        verdict = self._settle(criterion, tried)
        self._remember_loading(tried)
        record = _record(criterion, verdict, tried, time.perf_counter() - begun_s)
        return record if self._trace is None else replace(record, trace=tuple(self._trace.steps))

    def _settled_without_running(self, criterion: RunnableCriterion) -> Verdict | None:
        info = criterion.info
        missed = [name for name in info.after if name not in self._earned]
        if missed:
            titles = {one.info.id: one.info.title for one in self._rubric.table}
            named = " and ".join(f"“{titles[name]}”" for name in missed)
            return Verdict(Outcome.SKIPPED, Fault.SUBMISSION, kind="skipped", message=f"Comes after {named}, which is not solved yet.")
        if self._unloadable is not None:
            return self._unloadable
        for name in info.tests:
            unread = self._request.sources.failed.get(self._rubric.defines.get(name, ""))
            if unread is not None:
                return Verdict(Outcome.NOT_LOADED, Fault.SUBMISSION, kind="not loaded", message=unread)
        unattempted = [name for name in info.tests if name in self._request.unattempted]
        if self._request.kind == SUBMISSION and unattempted:
            verb = "is" if len(unattempted) == 1 else "are"
            named = ", ".join(f"`{name}`" for name in unattempted)
            message = f"{named} {verb} as in the template."
            return Verdict(Outcome.NOT_ATTEMPTED, Fault.SUBMISSION, kind="not attempted", message=message)
        return None

    def _try(self, criterion: RunnableCriterion, kind: Kind) -> Tried:
        info = criterion.info
        limits = self._rubric.assignment.limits(info.timeout_s)
        self._desk.begin(info.id, limits)
        key = Secret(self._request.key)
        is_shared = kind == self._request.kind and self._may_share(info)
        submission = self._shared_submission(limits) if is_shared else self._open(info, kind, limits)
        sitting = self._rubric.make_sitting(self._rubric.assignment, info, self._rubric.reference, key, submission)
        return sitting.run(self._rubric.plugin, criterion.items, keeps_candidate=is_shared)

    def _may_share(self, info: CriterionInfo) -> bool:
        """Whether a criterion goes on with the candidate of the one before: never if its inputs are shown or stubs bound."""
        is_wanted = self._rubric.assignment.settings.candidates is CandidateScope.SUBMISSION
        return is_wanted and not info.public and not info.provided

    def _shared_submission(self, limits: Limits) -> Submission:
        if self._shared is None or self._shared.ended is not None:
            everything = replace(self._rubric.table[0].info, id="all", provided=(), uses=self._all_uses())
            self._shared = self._open(everything, self._request.kind, limits)
        else:
            self._shared.renew(limits)
        return self._shared

    def _all_uses(self) -> tuple[str, ...]:
        return tuple(name for one in self._rubric.table for name in one.info.uses)

    def _open(self, info: CriterionInfo, kind: Kind, limits: Limits) -> Submission:
        """The submission, or the reference in its place, in a candidate of its own that starts at the first use."""
        assignment = self._rubric.assignment
        is_own = kind == self._request.kind
        sources = self._request.sources if is_own else Sources(assignment.reference_sources())
        seed = seed_number(Secret(self._request.key), info.id, "candidate")
        submission = open_submission(
            self._desk,
            load_request(assignment, sources, self._rubric.defines, seed=seed),
            provided=self._stubs(info),
            limits=limits,
            frameworks=bool(info.uses) or self._request.needs_frameworks,
            kind=kind,
            facts=sources.facts,
        )
        if self._trace is not None and is_own:
            submission.listen(self._trace.hear_call)
        return submission

    def _stubs(self, info: CriterionInfo) -> dict[str, Callable[..., Any]]:
        reference = self._rubric.reference
        return {} if reference is None else {name: provide(getattr(reference, name)) for name in info.provided}

    def _settle(self, criterion: RunnableCriterion, tried: Tried) -> Verdict:
        """The verdict; where only an experiment can tell, the reference takes the submission's place."""
        if tried.unclear is None and not self._ran_too_few(criterion, tried):
            return _with_checks(tried)
        if self._request.kind == REFERENCE:
            return rubric_fault(_describe(tried.unclear)) if tried.unclear is not None else _with_checks(tried)
        if self._rubric.reference is None:
            return _with_checks(tried) if tried.unclear is None else _unusable(tried)
        experiment = self._try(criterion, REFERENCE)
        if experiment.unclear is not None or experiment.verdict.outcome is not Outcome.PASSED:
            cause = experiment.unclear or tried.unclear
            said = _describe(cause) if cause is not None else experiment.verdict.message
            return rubric_fault(f"The reference does not pass this criterion either: {said}")
        if tried.unclear is not None:
            return _unusable(tried)
        if tried.checks < experiment.checks:
            return failed("too few values", "Your function returned fewer values than expected.")
        return _with_checks(tried)

    def _ran_too_few(self, criterion: RunnableCriterion, tried: Tried) -> bool:
        if tried.verdict.outcome is not Outcome.PASSED or self._request.kind == REFERENCE:
            return False
        return tried.checks < max(1, self._request.baseline.get(criterion.info.id, 1))

    def _remember_loading(self, tried: Tried) -> None:
        if self._loading is None and tried.loading is not None:
            self._loading = tried.loading
        if tried.ended_while_loading:
            self._unloadable = replace(tried.verdict, outcome=Outcome.NOT_LOADED)


def _unusable(tried: Tried) -> Verdict:
    assert tried.unclear is not None
    return failed("unexpected answer", f"The checks could not use {tried.answered}: {_brief(tried.unclear)}.")


def _with_checks(tried: Tried) -> Verdict:
    """A pass without a single check is no pass."""
    if tried.verdict.outcome is Outcome.PASSED and tried.checks < 1:
        return rubric_fault("This criterion made no check, so it cannot be passed.")
    return tried.verdict


def _record(criterion: RunnableCriterion, verdict: Verdict, tried: Tried | None, duration_s: float) -> CriterionRecord:
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
        cases_passed=tried.cases_passed,
        stdout=tried.stdout,
        stderr=tried.stderr,
        cpu_s=tried.cpu_s,
        peak_memory_mib=tried.peak_memory_mib,
    )


def _brief(error: BaseException) -> str:
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}"[:300]


def _describe(error: BaseException) -> str:
    """An exception of the rubric with the place it came from, for staff."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "/rubric/test_" in name or "/rubric/public/test_" in name:
            place = f" ({name.rpartition('/')[2]}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return f"{_brief(error)}{place}"
