"""A station, which is one warm examiner and one warm sandbox.

Submissions pass through it one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self, TypeVar

from autograder.course import Assignment, CriterionInfo, load_assignment
from autograder.course.facts import SourceFacts
from autograder.errors import InfrastructureError
from autograder.examiner.context import Sources, load_request
from autograder.examiner.messages import ExamRequest, ReferenceFacts
from autograder.frameworks import PACKAGES
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import Fault, Status
from autograder.records.report import Cause, Report, SubmissionRecord, status_of
from autograder.remote.bounds import crowding
from autograder.remote.loading import LeftOut
from autograder.remote.trial import LOAD_SLACK, find_left_out
from autograder.report.assemble import (
    assignment_record,
    criteria_of,
    describe_flags,
    environment_of,
    flag_answers_by_heart,
    grader_version,
    join_notes,
    submitted_files,
)
from autograder.sandbox.open import open_sandbox
from autograder.sandbox.plain import PlainSandbox
from autograder.sandbox.seam import Sandbox, SandboxSettings
from autograder.station.baseline import Baseline, find_baseline
from autograder.station.examiner_process import ExaminerProcess
from autograder.station.exams import CROWDED, Examined, Exams
from autograder.station.gpu_lane import GpuLane, find_pool
from autograder.station.reading import Reader, ReadSubmission
from autograder.station.settings import (
    StationSettings,
    check_packages,
    check_required,
    sandbox_settings,
)
from autograder.station.supervise import SILENT, ExamObserver, Rules
from autograder.station.trial import TrialLoad
from autograder.uploads.names import safe_name
from autograder.uploads.read import Content, Upload, read_upload

T = TypeVar("T")
MAX_ATTEMPTS = 3
# in all criteria of a submission; as a share of the reference's own time
MIN_WAITING_S, WAITING_SHARE = (120.0, 10.0)


@dataclass(frozen=True, slots=True)
class GradedUpload:
    """The report on an upload, and the sources that were graded."""

    report: Report
    sources: ReadSubmission


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
        self._offer = sandbox_settings(self.assignment, settings.threads)
        self._examiner: ExaminerProcess | None = None
        self._sandbox: Sandbox | None = None
        self._plain: Sandbox | None = None
        self._gpu_lane: GpuLane | None = None
        self._incidents: list[str] = []
        self._reader: Reader | None = None
        self._baseline: Baseline = {}
        self._shown: Mapping[str, ReferenceFacts] = {}
        self._template = self._solution = SourceFacts()
        self._exams: Exams | None = None
        self._is_worn = False
        self.criteria: list[CriterionInfo] = []

    # life -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start examiner and sandbox, and find the reference's own run.

        Raises
        ------
        CourseError
            The rubric or the reference is wrong.
        SandboxError
            This machine cannot build the sandbox, or cannot keep a limit that the assignment
            requires.
        """
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        check_packages(self.assignment)
        self._examiner = _examiner_of(self._settings)
        self.criteria = self._examiner.start()
        self._exams = Exams(self._examiner, self.assignment, self.criteria, self._rules())
        self._open_walls()
        self._template = self._facts_of(self.assignment.template_sources())
        self._solution = self._facts_of(self.assignment.reference_sources())
        self._baseline = find_baseline(self.assignment, grader_version(), self.examine_reference)
        self._shown = {
            name: ReferenceFacts.from_json(shown) for name, shown in self._baseline.items()
        }

    def close(self) -> None:
        """End everything this station started."""
        self._close_walls()
        for part in (self._examiner, self._plain):
            if part is not None:
                part.close()
        self._examiner = self._plain = self._exams = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _renew(self) -> None:
        """Start the station anew after a failure."""
        if self._is_worn:
            self.close()
            self.start()
            self._is_worn = False

    def _open_walls(self) -> None:
        """Start a sandbox, in which uploads are read and submissions run."""
        self._gpu_lane = self._find_gpu_lane()
        self._sandbox = self._open_sandbox(self._offer)
        check_required(self.assignment, self._sandbox.strengths)
        asked = {name for one in self.criteria for name in one.tests}
        self._reader = Reader(self._sandbox, self.assignment, asked)

    def _close_walls(self) -> None:
        for part in (self._reader, self._gpu_lane, self._sandbox):
            if part is not None:
                part.close()
        self._reader = self._gpu_lane = self._sandbox = None

    def _rules(self) -> Rules:
        shared_cpu_s = sum(self.assignment.limits(one.timeout_s).cpu_s for one in self.criteria)
        return Rules(self._sandbox_for, self._limits, self._settings.rubric_s, shared_cpu_s)

    def _find_gpu_lane(self) -> GpuLane | None:
        if not any(one.gpu for one in self.criteria):
            return None
        pool = find_pool(
            self.assignment, self._settings.gpu, self._settings.cdi_folders, self._incidents.append
        )
        return GpuLane(pool, self._offer, self._open_sandbox)

    def _open_sandbox(self, settings: SandboxSettings) -> Sandbox:
        name, image, runtime = self._settings.sandbox, self._settings.image, self._settings.runtime
        if name != "plain":
            return open_sandbox(name, settings, image=image, runtime=runtime)
        plain = PlainSandbox(settings)
        plain.start()
        return plain

    def _facts_of(self, sources: Mapping[str, str]) -> SourceFacts:
        """The reader's facts of the course's own files."""
        return self.read_sources(sources).reading.facts

    # grading --------------------------------------------------------------------------------------

    def grade(
        self,
        upload: Upload,
        *,
        submission_id: str | None = None,
        observer: ExamObserver = SILENT,
    ) -> GradedUpload:
        """Grade one upload and always return a report.

        A failure of the machine costs a try, not points: sandbox and examiner are started anew, at
        most twice.

        Parameters
        ----------
        submission_id
            The report's id; a safe form of the student's name without it.
        observer
            Hears of each criterion as it begins and ends.
        """
        submission_id = submission_id or safe_name(upload.student)
        started = datetime.now(UTC)
        self._incidents.clear()
        graded = None
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                self._renew()
                graded = self._grade_once(upload, submission_id, observer, started, attempt)
            except InfrastructureError as error:
                failure = error
            else:
                lost = graded.report.criteria
                failed = [
                    one for one in lost if one.fault is Fault.INFRASTRUCTURE and one.kind != CROWDED
                ]
                if not failed:
                    return graded
                failure = InfrastructureError(failed[0].message)
            self._is_worn = True
        if graded is not None:
            return graded
        raise failure

    def _grade_once(
        self,
        upload: Upload,
        submission_id: str,
        observer: ExamObserver,
        started: datetime,
        attempt: int,
    ) -> GradedUpload:
        begun_s = time.monotonic()
        self._started(self._examiner).prepare()
        if self._sandbox is None:
            self._open_walls()
        sandbox = self.sandbox
        content = read_upload(upload)
        read = self.read(content)
        reading = read.reading
        examined = Examined()
        if not reading.problems:
            examined, read = self._examine_upload(upload.student, read, observer)
        loading = examined.loading or LoadingRecord()
        criteria = (
            criteria_of(
                self.assignment,
                self.criteria,
                examined.records,
                facts=reading.facts,
                titles=reading.titles,
                loading=loading,
            )
            if examined.records
            else ()
        )
        causes = dict.fromkeys(
            [*reading.causes, *((kind, subject) for kind, subject in loading.causes)]
        )
        report = Report(
            assignment=assignment_record(self.assignment),
            submission=SubmissionRecord(
                student=upload.student,
                id=submission_id,
                digest=content.digest,
                files=submitted_files({**reading.files, **reading.helpers}, reading.titles),
                shapes=tuple(sorted(reading.facts.shapes - self._template.shapes)),
                received_utc=_received_utc(upload),
            ),
            status=Status.REJECTED
            if reading.problems
            else status_of(one.outcome for one in criteria),
            criteria=criteria,
            environment=environment_of(
                sandbox,
                self._limits,
                threads=self._settings.threads,
                gpu=self._gpu_lane.describe() if self._gpu_lane else None,
            ),
            seed=self._settings.secret.fingerprint,
            grader_version=grader_version(),
            stdout=loading.stdout,
            stderr=loading.stderr,
            flags=(
                *self._incidents,
                *flag_answers_by_heart(self.criteria, examined.records, reading.facts),
                *describe_flags(reading.facts, reading.titles),
            ),
            notes=join_notes(reading.notes, loading),
            reasons=loading.reasons,
            causes=tuple(Cause(kind=kind, subject=subject) for kind, subject in causes),
            problems=reading.problems,
            attempts=attempt,
            started_utc=started.replace(microsecond=0),
            duration_s=time.monotonic() - begun_s,
        )
        self._settle()
        if self._settings.isolation == "container":
            self._close_walls()
        else:
            self._started(self._reader).prepare()
        return GradedUpload(report, read)

    def _examine_upload(
        self, student: str, read: ReadSubmission, observer: ExamObserver
    ) -> tuple[Examined, ReadSubmission]:
        """Have a submission examined, perhaps twice.

        The second exam is without the statements that end its loading, if there are any.
        """
        examined = self._exam().run(replace(self.request(student, read), load_slack=1.0), observer)
        if examined.loading is None or not examined.loading.has_ended:
            return examined, read
        left_out = self._learn_what_ends_it(read)
        if left_out is None:
            return examined, read
        read = replace(read, left_out=left_out)
        return self._exam().run(self.request(student, read), observer), read

    def _learn_what_ends_it(self, read: ReadSubmission) -> tuple[LeftOut, ...] | None:
        request = load_request(self.assignment, read.sources(), {}, seed=0, data={}).as_request({})
        load = TrialLoad(
            self.sandbox,
            replace(request, tells_places=True),
            read.reading.statements,
            self._limits,
            frameworks=self._needs_frameworks(read.reading.facts),
        )
        return find_left_out(
            load, read.reading.statements, self._limits.load_s, crowding=crowding()
        )

    def read(self, content: Content) -> ReadSubmission:
        """Have the bytes of an upload read in the sandbox."""
        return self._started(self._reader).read(content)

    def read_sources(self, sources: Mapping[str, str]) -> ReadSubmission:
        """Have the course's own files read as an upload."""
        return self.read(Content({name: text.encode() for name, text in sources.items()}))

    def _settle(self) -> None:
        """Wait for the end of everything that was dismissed.

        No process outlives the grading of its submission.
        """
        for part in (self._examiner, self._sandbox, self._plain, self._gpu_lane):
            if part is not None:
                part.settle()

    # exams ----------------------------------------------------------------------------------------

    def request(self, student: str, read: ReadSubmission) -> ExamRequest:
        """Return the request for an exam of a submission.

        The submission was read.
        """
        return ExamRequest(
            key=self.student_key(student),
            kind="submission",
            sources=read.sources(),
            unattempted=frozenset(self._unattempted(read.reading.facts)),
            needs_frameworks=self._needs_frameworks(read.reading.facts),
            baseline=self._shown,
            load_slack=LOAD_SLACK,
            waiting_s=self._waiting_s(),
        )

    def alone(self, request: ExamRequest, criteria: Iterable[str] | None = None) -> ExamRequest:
        """Return a request for some criteria, or all.

        Their prerequisites do not matter.
        """
        wanted = None if criteria is None else frozenset(criteria)
        return replace(request, criteria=wanted, earned=frozenset(one.id for one in self.criteria))

    def reference_request(
        self, student: str, files: Mapping[str, str] | None = None
    ) -> ExamRequest:
        """Return the request for an exam of the reference.

        Instead of the reference, ``files`` can be examined.
        """
        return ExamRequest(
            self.student_key(student),
            "reference",
            Sources(files or self.assignment.reference_sources()),
        )

    def _waiting_s(self) -> float:
        """Return the time a submission may wait in all criteria [s]."""
        given = self.assignment.settings.limits.waiting_s
        reference_s = sum(float(shown["wall_ms"][0]) for shown in self._baseline.values()) / 1000
        return given or max(MIN_WAITING_S, WAITING_SHARE * reference_s)

    def _unattempted(self, facts: SourceFacts) -> Iterator[str]:
        """Find names under test that the student left as handed out.

        Their syntax tree is the template's, where the template leaves something to do.
        """
        for name in {name for one in self.criteria for name in one.tests}:
            if facts.is_untouched(name, self._template) and not self._solution.is_untouched(
                name, self._template
            ):
                yield name

    def _needs_frameworks(self, facts: SourceFacts) -> bool:
        """Return True if the submission loads with a framework.

        Importing it takes seconds where none is warm.
        """
        loaded = {one.module.partition(".")[0] for one in facts.imports if not one.function}
        return bool(loaded & set(PACKAGES) & set(self.assignment.settings.frameworks))

    def student_key(self, student: str) -> bytes:
        """Return the key of a student's draws for this assignment.

        Every draw is derived from it.
        """
        return self._settings.secret.derive(self.assignment.id, student)

    def examine_reference(self, student: str = "the reference") -> list[CriterionRecord]:
        """Run every criterion on the reference, behind the same wire."""
        return list(self.examine(self.reference_request(student)).values())

    def examine(self, request: ExamRequest) -> dict[str, CriterionRecord]:
        """Run an exam to its end and return all records.

        It goes on even if a process of the exam is lost. There is a record of every criterion.
        """
        return self._exam().run(request).records

    def _exam(self) -> Exams:
        return self._started(self._exams)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox in which submissions run."""
        return self._started(self._sandbox)

    def _sandbox_for(self, kind: str, gpu: bool) -> Sandbox:  # noqa: FBT001 - as messages say it
        if gpu:
            return self._started(self._gpu_lane).sandbox_for(kind)
        if kind == "submission":
            return self.sandbox
        if self._plain is None:
            plain = PlainSandbox(replace(self._offer, forbidden=(), hidden=()))
            plain.start()
            self._plain = plain
        return self._plain

    def _started(self, part: T | None) -> T:
        if part is None:
            raise InfrastructureError("The station was used before it was started.")
        return part


def _received_utc(upload: Upload) -> datetime | None:
    """Return the time when an upload was last changed.

    The upload was handed in then, unless it was copied later.
    """
    try:
        changed_s = upload.path.lstat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(changed_s, UTC).replace(microsecond=0)


def _examiner_of(settings: StationSettings) -> ExaminerProcess:
    return ExaminerProcess(
        settings.course,
        settings.assignment_id,
        threads=settings.threads,
        start_timeout_s=settings.start_timeout_s,
    )


def describe_criteria(settings: StationSettings) -> list[CriterionInfo]:
    """The criteria of an assignment's rubric, without a sandbox."""
    examiner = _examiner_of(settings)
    try:
        return examiner.start()
    finally:
        examiner.close()
