"""A station: one examiner and one sandbox, warm, through which submissions pass one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from autograder.assignment import Assignment, CriterionInfo, load_assignment
from autograder.assignment.facts import SourceFacts
from autograder.errors import InfrastructureError
from autograder.examiner.record import CriterionRecord
from autograder.intake import Content, Upload, read_upload, safe_name
from autograder.outcome import Fault, Outcome, Status, Strength
from autograder.report.model import Report, SubmissionRecord, status_of
from autograder.sandbox import Sandbox, SandboxSettings, open_sandbox
from autograder.sandbox.plain import PlainSandbox
from autograder.seeds import Secret
from autograder.report.assemble import (
    assignment_record,
    criteria_of,
    describe_flags,
    environment_of,
    grader_version,
    submitted_file,
)
from autograder.station.baseline import Baseline, find_baseline
from autograder.station.examiner_process import ExaminerProcess
from autograder.station.reading import ReadSubmission, read_submission
from autograder.station.supervise import ExamLost, Supervisor

T = TypeVar("T")
MAX_ATTEMPTS = 3
FRAMEWORKS = ("tensorflow", "keras", "torch", "jax")


@dataclass(frozen=True, slots=True)
class StationSettings:
    """What a station is built from; small, and the same for every station of a batch.

    Attributes
    ----------
    sandbox
        ``auto``, ``bubblewrap``, or ``plain`` for trusted code.
    require
        Limits that must be kept by a control group, beside those the assignment requires.
    """

    course: Path
    assignment_id: str
    secret: Secret
    sandbox: str = "auto"
    threads: int = 1


class Station:
    """Grades uploads of one assignment.

    Parameters
    ----------
    settings
        Which assignment, behind which walls.
    """

    def __init__(self, settings: StationSettings) -> None:
        self._settings = settings
        self.assignment: Assignment = load_assignment(settings.course, settings.assignment_id)
        self._limits = self.assignment.limits()
        self._examiner: ExaminerProcess | None = None
        self._sandbox: Sandbox | None = None
        self._plain: Sandbox | None = None
        self._baseline: Baseline = {}
        self._template = self._solution = SourceFacts()
        self._loading: Mapping[str, Any] = {}
        self.sources: dict[str, Any] = {}
        self.criteria: list[CriterionInfo] = []

    # life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start examiner and sandbox, and have the reference's own run.

        Raises
        ------
        CourseError
            The rubric or the reference is wrong.
        SandboxError
            This machine cannot build the sandbox, or cannot keep a limit that the assignment requires.
        """
        self._examiner = ExaminerProcess(self._settings.course, self.assignment.id, threads=self._settings.threads)
        answer = self._examiner.start()
        self.criteria = [_criterion_info(one) for one in answer]
        self._sandbox = self._open_sandbox()
        self._sandbox.start()
        self._check_required(self._sandbox.strengths)
        self._template = self._facts_of(self.assignment.template_sources())
        self._solution = self._facts_of(self.assignment.reference_sources())
        self._baseline = find_baseline(self.assignment, grader_version(), self.examine_reference)

    def close(self) -> None:
        """End everything this station started."""
        for part in (self._examiner, self._sandbox, self._plain):
            if part is not None:
                part.close()
        self._examiner = self._sandbox = self._plain = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _restart(self) -> None:
        self.close()
        self.start()

    def _open_sandbox(self) -> Sandbox:
        settings = self._sandbox_settings()
        return PlainSandbox(settings) if self._settings.sandbox == "plain" else open_sandbox(self._settings.sandbox, settings)

    def _sandbox_settings(self) -> SandboxSettings:
        settings = self.assignment.settings
        return SandboxSettings(
            frameworks=settings.frameworks,
            preload=settings.preload,
            masked=FRAMEWORKS,
            forbidden=settings.imports.forbidden,
            data={path.name: path for path in self.assignment.data_files},
            hidden=(self.assignment.course,),
            threads=self._settings.threads,
        )

    def _facts_of(self, sources: Mapping[str, str]) -> SourceFacts:
        """The reader's facts of the course's own files."""
        content = Content({name: text.encode() for name, text in sources.items()})
        return read_submission(self.sandbox, self.assignment, content).reading.facts

    def _check_required(self, strengths: Mapping[str, Strength]) -> None:
        for name in self.assignment.settings.limits.require:
            strength = strengths.get(name, Strength.NONE)
            if strength is not Strength.CGROUP:
                raise InfrastructureError(
                    f"{self.assignment.id!r} requires that the {name} limit is kept by a control group; here it would be: {strength}.",
                    hint="Run as root or with a delegated control group (systemd-run --user --scope -p Delegate=yes), "
                    f"or take {name!r} out of `[limits] require`.",
                )

    # grading ------------------------------------------------------------------------------------------------

    def grade(self, upload: Upload, *, submission_id: str | None = None) -> Report:
        """Grade one upload; whatever happens, there is a report. `sources` then holds what was graded.

        A failure of the machine costs a try, not points: sandbox and examiner are started anew, at most twice.
        """
        started = datetime.now(UTC)
        report = None
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                report = self._grade_once(upload, submission_id or safe_name(upload.student), started, attempt)
            except InfrastructureError as error:
                failure = error
            else:
                if not any(one.fault is Fault.INFRASTRUCTURE for one in report.criteria):
                    return report
                failure = InfrastructureError(next(one.message for one in report.criteria if one.fault is Fault.INFRASTRUCTURE))
            if attempt < MAX_ATTEMPTS:
                self._restart()
        if report is not None:
            return report
        raise failure

    def _grade_once(self, upload: Upload, submission_id: str, started: datetime, attempt: int) -> Report:
        begun_s = time.monotonic()
        sandbox = self.sandbox
        content = read_upload(upload)
        read = read_submission(sandbox, self.assignment, content, self._limits)
        reading = read.reading
        self.sources = read.as_json()
        records = {} if reading.problems else self.examine(self.request(upload.student, read))
        criteria = criteria_of(self.assignment, self.criteria, records) if records else ()
        loading = self._loading
        return Report(
            assignment=assignment_record(self.assignment),
            submission=SubmissionRecord(
                student=upload.student,
                id=submission_id,
                digest=content.digest,
                files=tuple(submitted_file(name, text) for name, text in reading.files.items()),
            ),
            status=Status.REJECTED if reading.problems else status_of(one.outcome for one in criteria),
            criteria=criteria,
            environment=environment_of(sandbox.name, self._limits, sandbox.strengths, threads=self._settings.threads),
            seed=self._settings.secret.fingerprint,
            grader_version=grader_version(),
            stdout=loading.get("stdout", ""),
            stderr=loading.get("stderr", ""),
            flags=describe_flags(reading.facts),
            notes=(*reading.notes, *loading.get("notes", ())),
            problems=reading.problems,
            attempts=attempt,
            started_utc=started.replace(microsecond=0),
            duration_s=time.monotonic() - begun_s,
        )

    # exams --------------------------------------------------------------------------------------------------

    def request(self, student: str, read: ReadSubmission) -> dict[str, Any]:
        """What an exam of a submission that was read is asked."""
        return {
            "kind": "submission",
            "key": self.student_key(student).hex(),
            "sources": read.as_request(),
            "unattempted": sorted(self._unattempted(read.reading.facts)),
            "needs_frameworks": self._needs_frameworks(read.reading.facts),
            "baseline": self._baseline,
        }

    def _unattempted(self, facts: SourceFacts) -> Iterator[str]:
        """Names under test whose syntax tree is the template's, where the template leaves something to do."""
        for name in {name for one in self.criteria for name in one.tests}:
            if facts.is_untouched(name, self._template) and not self._solution.is_untouched(name, self._template):
                yield name

    def _needs_frameworks(self, facts: SourceFacts) -> bool:
        """Whether the submission imports a framework while it loads, which takes seconds where none is warm."""
        loaded = {one.module.partition(".")[0] for one in facts.imports if not one.function}
        return bool(loaded & set(FRAMEWORKS) & set(self.assignment.settings.frameworks))

    def student_key(self, student: str) -> bytes:
        """The key from which every draw of a student for this assignment is derived."""
        return self._settings.secret.derive(self.assignment.id, student)

    def examine_reference(self, student: str = "the reference") -> list[CriterionRecord]:
        """Run every criterion on the reference, behind the same wire."""
        sources = {"files": self.assignment.reference_sources()}
        request = {"kind": "reference", "key": self.student_key(student).hex(), "sources": sources}
        return list(self.examine(request).values())

    def examine(self, request: dict[str, Any]) -> dict[str, CriterionRecord]:
        """Run an exam to its end, whatever becomes of the process it runs in; a record of every criterion."""
        records: dict[str, CriterionRecord] = {}
        todo = request.get("criteria") or [one.id for one in self.criteria]
        while todo:
            earned = [name for name, record in records.items() if record.has_full_marks]
            part = {**request, "criteria": todo, "earned": [*request.get("earned", ()), *earned]}
            lost = self._run_exam(part, records)
            if lost is not None:
                records[lost.id] = lost
            elif not set(todo) & set(records):
                raise InfrastructureError(f"The examiner of {self.assignment.id!r} ended an exam without a word.")
            todo = [name for name in todo if name not in records]
        return records

    def _run_exam(self, request: dict[str, Any], records: dict[str, CriterionRecord]) -> CriterionRecord | None:
        """Run one exam process; the record of the criterion in which it was lost, if it was."""
        examiner = self._started(self._examiner)
        exam = examiner.fork()
        supervisor = Supervisor(exam.post, self._sandbox_for, self._limits)
        try:
            supervisor.run(request)
            loss = None
        except ExamLost as lost:
            loss = lost
        finally:
            examiner.end(exam)
            records.update((record.id, record) for record in supervisor.records)
            self._loading = supervisor.loading
        return None if loss is None else self._judge_loss(request, loss)

    def _judge_loss(self, request: dict[str, Any], lost: ExamLost) -> CriterionRecord:
        """Whose fault a lost exam is: found by running the same criterion, with the same draws, on the reference."""
        if lost.criterion is None:
            raise InfrastructureError(f"An exam of {self.assignment.id!r} died between two criteria.")
        what = "took longer than its deadline" if lost.is_timeout else "ended the process that checks it"
        if request["kind"] == "submission":
            reference = {"files": self.assignment.reference_sources()}
            again = {**request, "kind": "reference", "sources": reference, "criteria": [lost.criterion]}
            again["earned"] = [one.id for one in self.criteria]
            records: dict[str, CriterionRecord] = {}
            if self._run_exam(again, records) is None and records[lost.criterion].has_full_marks:
                outcome = Outcome.TIMEOUT if lost.is_timeout else Outcome.MEMORY
                kind = "time limit" if lost.is_timeout else "memory limit"
                message = f"Checking what the submission returned {what}."
                return CriterionRecord(lost.criterion, outcome, Fault.SUBMISSION, kind=kind, message=message)
        return CriterionRecord(lost.criterion, Outcome.UNGRADED, Fault.RUBRIC, message=f"This criterion {what}, on the reference too.")

    @property
    def sandbox(self) -> Sandbox:
        """Where submissions run."""
        return self._started(self._sandbox)

    def _sandbox_for(self, kind: str) -> Sandbox:
        if kind == "submission":
            return self.sandbox
        if self._plain is None:
            plain = PlainSandbox(replace(self._sandbox_settings(), forbidden=(), hidden=()))
            plain.start()
            self._plain = plain
        return self._plain

    def _started(self, part: T | None) -> T:
        if part is None:
            raise InfrastructureError("The station was used before it was started.")
        return part


def _criterion_info(data: dict[str, Any]) -> CriterionInfo:
    lists = ("tests", "provided", "after", "uses", "cases")
    return CriterionInfo(**{**data, **{name: tuple(data[name]) for name in lists}})


def describe_criteria(settings: StationSettings) -> list[CriterionInfo]:
    """The criteria of an assignment's rubric, without a sandbox."""
    examiner = ExaminerProcess(settings.course, settings.assignment_id, threads=settings.threads)
    try:
        return [_criterion_info(one) for one in examiner.start()]
    finally:
        examiner.close()
