"""Bring templates up to date, and make packages for students."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from autograder.course import Assignment, find_assignments, load_assignment
from autograder.course.criteria import find_shown_todos
from autograder.course.public import RELEASED
from autograder.course.seeds import Secret
from autograder.course.template import stale_files, write_template
from autograder.errors import CourseError, UsageError
from autograder.home.check import tape_assignment
from autograder.home.tape import TAPE_NAME, digest_rubric, load_tape
from autograder.release.contents import contents_of, render_instructions
from autograder.release.wheel import build_wheel, for_students, read_wheel, write_archive
from autograder.station import Station, StationSettings

Say = Callable[[str], None]
# nobody's: the reference alone is asked
_DRAWS = Secret(b"released without a submission".ljust(32))


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """The arguments of ``release``.

    Attributes
    ----------
    assignments
        Ids; all of the course if empty.
    out
        Folder for packages; None makes none.
    wheel
        A wheel of this package; None builds it.
    is_check
        True to change nothing of the course, and to release nothing that is stale.
    """

    course: Path
    assignments: Sequence[str]
    out: Path | None = None
    wheel: Path | None = None
    is_check: bool = False


def release_assignments(request: ReleaseRequest, say: Say) -> bool:
    """Release assignments, and return True if they were up to date.

    It is also True if they are so now.

    Parameters
    ----------
    say
        Takes a line of the result.

    Raises
    ------
    UsageError
        An assignment is unknown, or a folder holds something else.
    CourseError
        A reference is not marked as it should be, something that students need is missing, or, with
        `out` or `is_check`, an assignment is not finished: `grade` would refuse it, or students
        would read TODO.
    """
    ids = request.assignments or find_assignments(request.course)
    assignments = [load_assignment(request.course, one) for one in ids]
    targets = (
        {} if request.out is None else {one.id: _target(request.out, one) for one in assignments}
    )
    if (
        targets or request.is_check
    ):  # an author may bring templates up to date before all is written
        _require_finished(assignments)
    if request.is_check:
        stale = [path for one in assignments for path in _stale(one)]
        for path in stale:
            say(f"stale {path.relative_to(request.course).as_posix()}")
        if stale:
            return False
    else:
        for one in assignments:
            _refresh(one, say, has_tape=request.out is not None)
    if targets:
        _pack(request, assignments, targets, say)
    return True


def _require_finished(assignments: Sequence[Assignment]) -> None:
    """Refuse unfinished assignments.

    These are the ones that `grade` refuses, and those that say TODO to students.

    Raises
    ------
    CourseError
        An assignment is not finished. The error names every problem of all assignments.
    """
    problems = [problem for one in assignments for problem in _find_problems(one)]
    if problems:
        raise CourseError(
            "\n".join(problems), hint="`autograder prove` names what else is left to do."
        )


def _find_problems(assignment: Assignment) -> Iterator[str]:
    settings = StationSettings(assignment.course, assignment.id, _DRAWS, "plain")
    try:
        with Station(settings) as station:
            criteria = station.criteria
    except CourseError as error:
        yield error.message
        criteria = []
    yield from (f"{assignment.id}: {todo}" for todo in find_shown_todos(assignment, criteria))


def _stale(assignment: Assignment) -> Iterator[Path]:
    yield from stale_files(assignment)
    public = assignment.rubric / "public"
    path = public / TAPE_NAME
    if any(public.glob("test_*.py")) and not (
        path.is_file() and load_tape(path).rubric == digest_rubric(public)
    ):
        yield path


def _refresh(assignment: Assignment, say: Say, *, has_tape: bool) -> None:
    for path in write_template(assignment):
        say(f"wrote {assignment.relative(path)}")
    if has_tape:
        path = assignment.rubric / "public" / TAPE_NAME
        before = path.read_bytes() if path.is_file() else b""
        with ProcessPoolExecutor(
            1, mp_context=get_context("spawn")
        ) as process:  # references share names: layers.py
            process.submit(tape_assignment, assignment.course, assignment.id).result()
        if path.read_bytes() != before:
            say(f"wrote {assignment.relative(path)}")


def _target(out: Path, assignment: Assignment) -> Path:
    """Return the folder of a package.

    It is new, empty or an earlier package.
    """
    folder = out / assignment.id
    is_ours = (folder / RELEASED / "assignments" / assignment.id / "assignment.toml").is_file()
    if folder.exists() and not (folder.is_dir() and (is_ours or not any(folder.iterdir()))):
        hint = "Name another folder with --out."
        raise UsageError(
            f"{str(folder)!r} holds something that is no package of {assignment.id!r}.", hint=hint
        )
    return folder


def _pack(
    request: ReleaseRequest, assignments: Sequence[Assignment], targets: dict[str, Path], say: Say
) -> None:
    name, wheel = build_wheel() if request.wheel is None else read_wheel(request.wheel)
    wheel = for_students(wheel)
    for one in assignments:
        text = render_instructions(one, name)
        files = contents_of(one, {"CHECK.md": text.encode(), name: wheel})
        _write(targets[one.id], files)
        archive = write_archive({f"{one.id}/{path}": data for path, data in files.items()})
        digest = hashlib.sha256(archive).hexdigest()
        path = targets[one.id].with_name(f"{one.id}.zip")
        path.write_bytes(archive)
        path.with_name(f"{path.name}.sha256").write_text(
            f"{digest}  {path.name}\n", encoding="utf-8"
        )
        say(
            f"released {path} ({len(files)} files, {len(archive) / 2**20:.1f} MiB, sha256 "
            f"{digest[:16]}...)"
        )


def _write(folder: Path, files: dict[str, bytes]) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
