"""The commands for practice at home, `check` and `tape`.

A student runs `check`; an author runs `tape` for it.

Nothing is sandboxed: it is the student's own code on their own machine. No reference is needed, its
answers are played from a tape; no fork is needed either.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from autograder.course import Assignment, CriterionInfo, find_assignments, load_assignment
from autograder.course.facts import Reading, parse_reading
from autograder.course.public import find_grader_python, find_work, load_public
from autograder.errors import UsageError
from autograder.examiner.context import Sources, load_request
from autograder.examiner.reference import visiting_reference
from autograder.home.elsewhere import find_refused, find_unpromised
from autograder.home.gathering import Given, find_all, gather, helper_notes, template_of
from autograder.home.inline import InlineSpawner, Interruption, is_left_behind
from autograder.home.rehearsal import HomeLoad
from autograder.home.services import HomeServices, examine_public, record_tape
from autograder.home.tape import TAPE_NAME, Tape, load_tape, write_tape
from autograder.inside.reading import reader
from autograder.inside.reading.syntax.newer_syntax import graded_by
from autograder.inside.reading.syntax.statements import may_take_long
from autograder.inside.requests import Read
from autograder.records.report import AssignmentRecord, Report, SubmissionRecord, status_of
from autograder.remote.endings import CandidateEnd
from autograder.remote.loading import LeftOut
from autograder.remote.trial import Table, find_left_out
from autograder.report.assemble import (
    criteria_of,
    environment_of,
    grader_version,
    join_notes,
    submitted_files,
)
from autograder.sandbox.environment import muted_frameworks

WILL_BE_LEFT_OUT = "What was left out here, the grader leaves out, too."
SLOW_LOAD_S = 3.0  # after which a student is told why nothing is shown
LEFT_BEHIND = "A function of yours could not be stopped. It ran on while the rest was checked."


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """The arguments of ``check``.

    The assignment and the files were named, or found.

    Attributes
    ----------
    folder
        Where the files were looked for; None where they were named.
    """

    course: Path
    assignment_id: str
    files: Sequence[Path]
    folder: Path | None = None


def find_request(course: Path, words: Sequence[str], folder: Path) -> CheckRequest:
    """Make sense of ``check [ASSIGNMENT] [FILE...]``.

    Without an assignment, the only one is taken, or the one whose declared files were named (or lie
    in ``folder``). Without files, the declared ones in ``folder`` are taken, or else whatever lies
    there and below: the reader decides what stands for a declared file, as it does when it is
    graded.

    Raises
    ------
    UsageError
        A file does not exist or no file is found, or the arguments fit no assignment or several.
    """
    known = find_assignments(course)
    ids = [word for word in words if word in known]
    files = [Path(word) for word in words if word not in known]
    absent = [path for path in files if not path.exists()]
    if absent:
        hint = f"Assignments: {', '.join(known)}." if len(absent) == len(words) else None
        raise UsageError(f"There is no file {str(absent[0])!r}.", hint=hint)
    if len(ids) > 1:
        raise UsageError(f"One assignment at a time, got {', '.join(ids)}.")
    only = [*ids, *known] if len(known) == 1 else ids
    chosen = only[0] if only else _guess(course, known, files, folder)
    assignment = load_public(course, chosen)
    if files:
        return CheckRequest(course, chosen, files)
    found = find_work(assignment, folder) or find_all(assignment, folder)
    if not found:
        raise UsageError(
            f"None of {', '.join(assignment.files)} is in {str(folder)!r}.",
            hint="Name the files to check.",
        )
    return CheckRequest(course, chosen, found, folder)


def _guess(course: Path, known: Sequence[str], files: Sequence[Path], folder: Path) -> str:
    names = {path.stem for path in files or folder.iterdir() if path.suffix in (".py", ".ipynb")}
    fitting = [
        one
        for one in known
        if names & {name.removesuffix(".py") for name in load_public(course, one).files}
    ]
    if len(fitting) != 1:
        found = f"{len(fitting)} assignments" if fitting else "no assignment"
        raise UsageError(
            f"Which assignment? The files fit {found}.", hint=f"Name one of: {', '.join(known)}."
        )
    return fitting[0]


def check_files(
    request: CheckRequest,
    tell_interrupted: Callable[[], None] = lambda: None,
    tell_slow: Callable[[float], None] = lambda _load_s: None,
) -> Report:
    """Run the public criteria on a student's files, here and now.

    The first Ctrl-C ends the criterion that runs, and the others go on.

    Parameters
    ----------
    tell_interrupted
        Called at the first Ctrl-C, in the handler of a signal.
    tell_slow
        Called in a thread when loading takes long, with the graders' limit [s].

    Raises
    ------
    UsageError
        The files cannot be read, or there is no tape.
    KeyboardInterrupt
        Ctrl-C was pressed twice.
    """
    started = datetime.now(UTC)
    assignment = load_public(request.course, request.assignment_id)
    tape = load_tape(assignment.rubric / "public" / TAPE_NAME)
    grader = find_grader_python(request.course)
    with graded_by(grader):
        given = gather(assignment, request.files, request.folder, tape.open_names)
        reading = _read_given(assignment, given, tape)
    sources = _sources_of(reading)
    warnings = (*find_refused(sources, grader), *find_unpromised(assignment, sources))
    with _told_if_slow(tell_slow, assignment.limits().load_s):
        left_out, end = _rehearse(assignment, sources, reading.statements)
    sources = replace(sources, left_out=left_out)
    with ExitStack() as stack:
        stack.enter_context(muted_frameworks())
        stack.enter_context(graded_by(grader))
        spawner = InlineSpawner(interruption=stack.enter_context(Interruption(tell_interrupted)))
        stack.callback(spawner.close)
        services = HomeServices(spawner)
        unattempted = _unattempted(assignment, sources, tape, given.paths)
        criteria = examine_public(assignment, sources, tape, services, unattempted, end)
    said = join_notes(
        (*given.notes, *reading.notes, *helper_notes(given, reading)), services.loading
    )
    if sources.left_out:
        said += (WILL_BE_LEFT_OUT,)
    if is_left_behind():
        said += (LEFT_BEHIND,)
    return _report(assignment, criteria, services, sources, said, warnings, started)


@contextmanager
def _told_if_slow(tell: Callable[[float], None], load_s: float) -> Iterator[None]:
    timer = threading.Timer(SLOW_LOAD_S, tell, (load_s,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read_given(assignment: Assignment, given: Given, tape: Tape) -> Reading:
    reading = _read_files(
        assignment, given.files, template_of(assignment, given.paths), tape.open_names, given.around
    )
    if reading.problems:
        raise UsageError(reading.problems[0])
    return reading


def _sources_of(reading: Reading) -> Sources:
    return Sources(
        reading.files,
        reading.facts,
        reading.failed,
        titles=reading.titles,
        helpers=reading.helpers,
        packages=reading.packages,
    )


def _rehearse(
    assignment: Assignment, sources: Sources, table: Table
) -> tuple[tuple[LeftOut, ...], CandidateEnd | None]:
    """Find the parts of a submission that the grader will leave out.

    This happens in another process, which may end or run for ever.

    Returns
    -------
    tuple
        These parts, and how loading ends whatever is left out; None where it does not.
    """
    contents = [*sources.files.values(), *sources.helpers.values()]
    if not any(
        map(
            may_take_long,
            (cell for one in contents for cell in ([one] if isinstance(one, str) else one)),
        )
    ):
        return (), None
    data = {path.name: path.read_bytes() for path in assignment.data_files}
    request = load_request(assignment, sources, {}, seed=0, data=data).as_request({})
    load_s = assignment.limits().load_s
    load = HomeLoad(request, table, load_s)
    left_out = find_left_out(load, table, load_s)
    return (left_out, None) if left_out is not None else ((), load.end)


def _read_files(
    assignment: Assignment,
    material: Mapping[str, bytes],
    template: Mapping[str, bytes],
    asked: Collection[str] = (),
    around: Mapping[str, bytes] = MappingProxyType({}),
) -> Reading:
    """Read files as the grader does.

    The grader knows the template's files.
    """
    request = Read(
        files=dict(material),
        declared=list(assignment.files),
        support=list(assignment.settings.support),
        aliases=list(assignment.settings.aliases),
        forbidden=list(assignment.settings.imports.forbidden),
        asked=dict.fromkeys(asked, ""),
        template=dict(template),
        beside=around,
    )
    return parse_reading(reader.answer_request(request), assignment.files)


def _unattempted(
    assignment: Assignment, sources: Sources, tape: Tape, checked: Sequence[Path]
) -> frozenset[str]:
    """Return the names under test that the student has not changed.

    They are as the template has them.
    """
    template = _read_files(assignment, template_of(assignment, checked), {})
    facts = sources.facts
    if facts is None or template.problems:
        return frozenset()
    return frozenset(name for name in tape.open_names if facts.is_untouched(name, template.facts))


def _report(  # noqa: PLR0913, PLR0917 - what a report is made of
    assignment: Assignment,
    criteria: Sequence[CriterionInfo],
    services: HomeServices,
    sources: Sources,
    notes: tuple[str, ...],
    problems: tuple[str, ...],
    started: datetime,
) -> Report:
    records = {record.id: record for record in services.records}
    finished = criteria_of(assignment, criteria, records)
    points = sum(one.max_points for one in finished)
    return Report(
        assignment=AssignmentRecord(
            id=assignment.id, title=assignment.title, digest="", max_points=points
        ),
        submission=SubmissionRecord(
            student="you",
            id="you",
            digest="",
            files=submitted_files({**sources.files, **sources.helpers}, sources.titles),
        ),
        status=status_of(one.outcome for one in finished),
        criteria=finished,
        environment=environment_of(None, assignment.limits(), threads=1),
        seed="",
        grader_version=grader_version(),
        notes=notes,
        problems=problems,
        reasons=services.loading.reasons,
        started_utc=started.replace(microsecond=0),
        duration_s=(datetime.now(UTC) - started).total_seconds(),
    )


def tape_assignment(course: Path, assignment_id: str, target: Path | None = None) -> Path:
    """Record the reference's answers for the public criteria.

    The result is the path of the tape.

    A tape that differs by rounding alone is kept: it is the same on every machine.

    Parameters
    ----------
    target
        The file; None for the one in the course.

    Raises
    ------
    CourseError
        The reference loses a public criterion, or its rubric is wrong.
    """
    assignment = load_assignment(course, assignment_id)
    spawner = InlineSpawner()
    with muted_frameworks(), visiting_reference(assignment) as reference:
        recorded = record_tape(assignment, reference, HomeServices(spawner), spawner)
    recorded = replace(recorded, open_names=_open_names(assignment, recorded))
    path = target or assignment.rubric / "public" / TAPE_NAME
    if not _is_kept(path, recorded):
        write_tape(path, recorded)
    return path


def _open_names(assignment: Assignment, recorded: Tape) -> tuple[str, ...]:
    """Return the names under test where the template differs from the reference."""
    reference = {name: text.encode() for name, text in assignment.reference_sources().items()}
    solution = _read_files(assignment, reference, {}).facts
    template = _read_files(assignment, template_of(assignment, ()), {}).facts
    return tuple(name for name in recorded.defines if not solution.is_untouched(name, template))


def _is_kept(path: Path, recorded: Tape) -> bool:
    try:
        return load_tape(path).agrees_with(recorded)
    except UsageError:  # there is none that can be read
        return False
