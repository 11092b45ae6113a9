"""One run of ``grade``.

It goes from paths to a folder of results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Assignment, CriterionInfo, load_assignment
from autograder.course.seeds import Secret, load_secret
from autograder.grading.folder import open_result_folder
from autograder.grading.lanes import GradedTask, Lanes, Task
from autograder.grading.store import ResultBook, ResultStore, RunIdentity
from autograder.records.outcome import Fault
from autograder.records.text import log_line
from autograder.report.assemble import assignment_record, grader_version
from autograder.report.summary import Batch, CriterionColumn, Row
from autograder.report.words import count_text
from autograder.sandbox.gpu_sandbox import RETIRED
from autograder.sandbox.seam import DEFAULT_IMAGE, ISOLATIONS
from autograder.station import StationSettings, describe_criteria
from autograder.uploads.find import Expected, find_uploads
from autograder.uploads.names import safe_name
from autograder.uploads.read import Upload, read_upload

SECRET_FILE = Path(".autograder") / "secret"


@dataclass(frozen=True, slots=True)
class GradeRequest:
    """The arguments of ``grade``.

    Attributes
    ----------
    latest
        Of several entries with one id, take the one that changed last.
    fresh
        Start over instead of continuing.
    """

    course: Path
    assignment_id: str
    submissions: Sequence[Path]
    out: Path
    jobs: int
    sandbox: str = "auto"
    image: str = DEFAULT_IMAGE
    runtime: str = ""
    isolation: str = ISOLATIONS[0]
    gpu: str = "auto"
    secret_file: Path | None = None
    latest: bool = False
    fresh: bool = False


@dataclass(slots=True)
class RunListener:
    """A run's messages while it works.

    The command line prints them.

    Attributes
    ----------
    note
        Called with a sentence.
    plan
        Called with how many submissions there are to grade.
    row
        Called with each submission's row.
    """

    note: Callable[[str], None] = field(default=lambda _: None)
    plan: Callable[[int], None] = field(default=lambda _: None)
    row: Callable[[Row], None] = field(default=lambda _: None)


@dataclass(frozen=True, slots=True)
class GradeResult:
    """The result of a run.

    Attributes
    ----------
    errors
        Per submission that has no report, why.
    has_rubric_fault
        True if a criterion was left ungraded because the rubric is at fault.
    """

    batch: Batch
    index: Path
    errors: tuple[tuple[str, str], ...] = ()
    has_rubric_fault: bool = False

    @property
    def exit_code(self) -> int:
        """Return the exit code of the run.

        It is 0 if all were graded, 3 if some need another try, and 4 if a rubric is at fault.
        """
        if self.has_rubric_fault:
            return 4
        return 3 if self.errors or any(row.needs_another_try for row in self.batch.rows) else 0


def grade_batch(request: GradeRequest, listener: RunListener) -> GradeResult:
    """Grade submissions of an assignment into a folder.

    Raises
    ------
    UsageError, CourseError, InfrastructureError
        Nothing, or nothing more, could be graded; what is finished is in the folder.
    """
    assignment = load_assignment(request.course, request.assignment_id)
    expected = Expected(assignment.id, assignment.files, assignment.settings.support)
    uploads = find_uploads(request.submissions, expected, latest=request.latest, tell=listener.note)
    secret = _load_secret(request, listener)
    identity = RunIdentity(
        assignment=assignment.id,
        assignment_digest=assignment.digest,
        secret=secret.fingerprint,
        grader_version=grader_version(),
    )
    settings = StationSettings(
        assignment.course,
        assignment.id,
        secret,
        request.sandbox,
        image=request.image,
        runtime=request.runtime,
        isolation=request.isolation,
        gpu=request.gpu,
    )
    with open_result_folder(request.out, identity, fresh=request.fresh) as store:
        return _add_unfinished(store, assignment, settings, uploads, request.jobs, listener)


def _add_unfinished(  # noqa: PLR0913, PLR0917 - one of each
    store: ResultStore,
    assignment: Assignment,
    settings: StationSettings,
    uploads: Sequence[Upload],
    jobs: int,
    listener: RunListener,
) -> GradeResult:
    for path in store.unreadable:
        listener.note(f"{path} cannot be read; that submission is graded again.")
    tasks = list(_unfinished(store, _numbered(uploads)))
    if len(tasks) < len(uploads):
        kept = len(uploads) - len(tasks)
        have, are = ("has", "is") if kept == 1 else ("have", "are")
        listener.note(
            f"{count_text(kept, 'submission')} already {have} a result in {store.path} and {are} "
            "kept."
        )
    listener.plan(len(tasks))
    if not tasks:
        with _open_book(store, assignment, describe_criteria(settings), uploads) as book:
            return GradeResult(book.batch(), book.overview)
    with Lanes(settings, min(jobs, len(tasks))) as lanes:
        criteria = lanes.wait_until_ready()
        with _open_book(store, assignment, criteria, uploads) as book:
            return _collect_results(lanes, tasks, book, listener)


def _collect_results(
    lanes: Lanes, tasks: Sequence[Task], book: ResultBook, listener: RunListener
) -> GradeResult:
    errors: list[tuple[str, str]] = []
    has_rubric_fault = False
    for graded in lanes.run(tasks):
        has_rubric_fault |= _is_rubric_fault(graded)
        if graded.report is None:
            errors.append((graded.task.upload.student, str(graded.error)))
            listener.note(f"{log_line(graded.task.upload.student)}: not graded: {graded.error}")
        else:
            for flag in graded.report.flags:
                if RETIRED in flag:
                    listener.note(flag)
            listener.row(book.add(graded.report, graded.pages))
    return GradeResult(book.batch(), book.overview, tuple(errors), has_rubric_fault)


def _open_book(
    store: ResultStore,
    assignment: Assignment,
    criteria: Sequence[CriterionInfo],
    uploads: Sequence[Upload],
) -> ResultBook:
    return store.open_book(
        assignment_record(assignment),
        _columns(assignment, criteria),
        submissions=[task.submission_id for task in _numbered(uploads)],
        show_lines=assignment.settings.feedback.show_lines,
    )


def _load_secret(request: GradeRequest, listener: RunListener) -> Secret:
    path = request.secret_file or request.course / SECRET_FILE
    secret = load_secret(path)
    if secret.is_new:
        listener.note(
            f"Made a new course secret in {path}: keep it, results can only be continued and "
            "replayed with it."
        )
    return secret


def _numbered(uploads: Sequence[Upload]) -> Iterator[Task]:
    """Yield tasks whose safe names are all different.

    Entries that share an id are numbered.
    """
    seen: dict[str, int] = {}
    for upload in uploads:
        name = safe_name(upload.student)
        seen[name] = seen.get(name, 0) + 1
        yield Task(upload, name if seen[name] == 1 else f"{name}~{seen[name]}")


def _unfinished(store: ResultStore, tasks: Iterator[Task]) -> Iterator[Task]:
    finished = store.finished()
    rejected = store.rejected()
    for task in tasks:
        known = finished.get(task.upload.student)
        # by taking the newest of its files
        may_be_settled = task.upload.is_latest and task.upload.student in rejected
        if known is None or may_be_settled or known != read_upload(task.upload).digest:
            yield task


def _columns(
    assignment: Assignment, criteria: Sequence[CriterionInfo]
) -> tuple[CriterionColumn, ...]:
    titles = {exercise.id: exercise.title for exercise in assignment.exercises}
    return tuple(
        CriterionColumn(one.id, one.exercise, titles[one.exercise], one.title, one.points)
        for one in criteria
    )


def _is_rubric_fault(graded: GradedTask) -> bool:
    return graded.report is not None and any(
        one.fault is Fault.RUBRIC for one in graded.report.criteria
    )
