"""Exams that run to their end even if a process is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.course import Assignment, CriterionInfo
from autograder.errors import InfrastructureError
from autograder.examiner.context import Sources
from autograder.examiner.messages import ExamRequest
from autograder.examiner.metering import is_ended_by_meter
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import Fault, Outcome
from autograder.station.examiner_process import ExaminerProcess
from autograder.station.supervise import SILENT, ExamLost, ExamObserver, Rules, Supervisor, Waiting

# the kind of what is to be tried later: at once, it would be as crowded
CROWDED = "crowded machine"
# of a process that ran the same criterion: the first may have been the machine's doing
MAX_LOSSES = 2
_CALLBACK_SHARE = 0.5  # of the rubric's time, so that a candidate is ended before its exam is
_IN_A_CALLBACK = (
    "was ended in a function of the grader that the submission had called, and that "
    "did not come back"
)


@dataclass(slots=True)
class Examined:
    """The results of an exam.

    They are a record of every criterion, and the loading of the submission.
    """

    records: dict[str, CriterionRecord] = field(default_factory=dict)
    loading: LoadingRecord | None = None


class Exams:
    """The exams that are forked off an examiner.

    They are supervised. When one is lost, its fault is found.

    Parameters
    ----------
    examiner
        Has collected the rubric.
    assignment, criteria
        What is graded.
    rules
        Time, limits and sandboxes.
    """

    def __init__(
        self,
        examiner: ExaminerProcess,
        assignment: Assignment,
        criteria: Sequence[CriterionInfo],
        rules: Rules,
    ) -> None:
        self._examiner = examiner
        self._assignment = assignment
        self._ids = [one.id for one in criteria]
        self._rules = rules
        self._asked_key = b""
        self._asked: dict[str, CriterionRecord] = {}  # of the reference, with the draws of that key

    def run(self, request: ExamRequest, observer: ExamObserver = SILENT) -> Examined:
        """Run an exam to its end.

        The observer hears of each criterion.

        Raises
        ------
        InfrastructureError
            The examiner or a sandbox failed.
        """
        examined = Examined()
        wanted = [name for name in self._ids if not request.criteria or name in request.criteria]
        losses: Counter[str | None] = Counter()
        waiting = Waiting(request.waiting_s)
        while not _is_over(request, examined) and (
            todo := [name for name in wanted if name not in examined.records]
        ):
            rest = _rest(request, todo, examined.records)
            lost = self._run_part(rest, examined, waiting, observer)
            if lost is None:
                if len(todo) == len([name for name in wanted if name not in examined.records]):
                    raise InfrastructureError(
                        f"The examiner of {self._assignment.id!r} ended an exam without a word."
                    )
                continue
            if lost.is_over:
                left = [name for name in wanted if name not in examined.records]
                for name in left:
                    record = _cut_off(name, waiting, is_crowded=lost.is_crowded)
                    examined.records[name] = record
                    observer.end(record)
                break
            losses[lost.criterion] += 1
            if lost.is_timeout or lost.is_in_callback or losses[lost.criterion] >= MAX_LOSSES:
                record = self._judge(request, lost)
                examined.records[record.id] = record
                observer.end(record)
        return examined

    def _run_part(
        self, request: ExamRequest, examined: Examined, waiting: Waiting, observer: ExamObserver
    ) -> ExamLost | None:
        """Run one exam process, and return its loss or None."""
        exam = self._examiner.fork()
        supervisor = Supervisor(
            exam.post,
            self._rules,
            lambda criterion: self._experiment(request, criterion),
            waiting,
            observer,
        )
        lost: ExamLost | None = None
        try:
            callback_s = _CALLBACK_SHARE * self._rules.rubric_s
            supervisor.run(replace(request, callback_s=callback_s, patience=supervisor.patience))
        except ExamLost as error:
            lost = error
        finally:
            examined.records.update((record.id, record) for record in supervisor.records)
            examined.loading = examined.loading or supervisor.loading
            if lost is None:
                self._examiner.end(exam)
            else:
                lost.is_in_callback = is_ended_by_meter(self._examiner.find_status(exam))
        return lost

    def _experiment(self, request: ExamRequest, criterion: str) -> CriterionRecord:
        """Ask the reference one criterion with the same draws.

        Nothing of the submission is in this exam.
        """
        if request.key != self._asked_key:  # an exam per student, but many of a proof
            self._asked_key, self._asked = request.key, {}
        if criterion not in self._asked:
            record = self._ask_reference(request, criterion)
            if record.fault is Fault.INFRASTRUCTURE:
                return record
            self._asked[criterion] = record
        return self._asked[criterion]

    def _ask_reference(self, request: ExamRequest, criterion: str) -> CriterionRecord:
        sources = Sources(self._assignment.reference_sources())
        earned = frozenset(self._ids)
        again = ExamRequest(
            request.key, "reference", sources, criteria=frozenset({criterion}), earned=earned
        )
        return self.run(again).records[criterion]

    def _judge(self, request: ExamRequest, lost: ExamLost) -> CriterionRecord:
        """Judge the fault of a lost exam.

        It is found by asking the reference the same criterion.
        """
        if lost.criterion is None:
            raise InfrastructureError(
                f"Exams of {self._assignment.id!r} died between two criteria."
            )
        what = (
            "took longer than its deadline"
            if lost.is_timeout
            else "ended the process that checks it"
        )
        what = _IN_A_CALLBACK if lost.is_in_callback else what
        if request.kind == "reference":
            return _ungraded(
                lost.criterion, Fault.RUBRIC, f"This criterion {what}, on the reference."
            )
        experiment = self._experiment(request, lost.criterion)
        if not experiment.has_full_marks:
            fault = experiment.fault if experiment.fault is Fault.INFRASTRUCTURE else Fault.RUBRIC
            return _ungraded(
                lost.criterion,
                fault,
                f"This criterion {what}; with the reference: {experiment.message}",
            )
        is_late = lost.is_timeout or lost.is_in_callback
        outcome = Outcome.TIMEOUT if is_late else Outcome.MEMORY
        kind = "time limit" if is_late else "memory limit"
        checking = "Checking what the submission returned"
        message = f"{'This criterion' if lost.is_in_callback else checking} {what}."
        return CriterionRecord(
            lost.criterion, outcome, Fault.SUBMISSION, kind=kind, message=message
        )


def _is_over(request: ExamRequest, examined: Examined) -> bool:
    """Return True if an exam has lost a criterion and stops there."""
    return request.stops_at_loss and not all(
        one.has_full_marks for one in examined.records.values()
    )


def _cut_off(criterion: str, waiting: Waiting, *, is_crowded: bool) -> CriterionRecord:
    """Return the record of a criterion with no time left.

    The submission's waiting leaves no time for it.
    """
    waited = (
        f"the submission waited for more than {waiting.limit_s:.0f} s in all, without using "
        "the processor"
    )
    if is_crowded:
        said = f"On a crowded machine, {waited}."
        return CriterionRecord(
            criterion, Outcome.UNGRADED, Fault.INFRASTRUCTURE, kind=CROWDED, message=said
        )
    message = (
        f"{waited[0].upper()}{waited[1:]}: what was left was not run. Take `sleep`, `input` "
        "and the like away."
    )
    return CriterionRecord(
        criterion, Outcome.TIMEOUT, Fault.SUBMISSION, kind="time limit", message=message
    )


def _ungraded(criterion: str, fault: Fault, message: str) -> CriterionRecord:
    return CriterionRecord(criterion, Outcome.UNGRADED, fault, message=message)


def _rest(
    request: ExamRequest, todo: Iterable[str], records: Mapping[str, CriterionRecord]
) -> ExamRequest:
    """Return the rest of an exam.

    It has the known results of the criteria that have run.
    """
    return replace(
        request,
        criteria=frozenset(todo),
        earned=request.earned | {name for name, record in records.items() if record.has_full_marks},
        ungraded={
            name: one.fault
            for name, one in records.items()
            if one.outcome is Outcome.UNGRADED and one.fault
        },
        is_continued=bool(records),
    )
