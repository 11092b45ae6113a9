"""What a student has of an assignment: its settings and its public criteria, without reference and hidden rubric."""

from __future__ import annotations

import ast
from pathlib import Path

from autograder.assignment.load import find_assignments
from autograder.assignment.model import Assignment, Exercise
from autograder.assignment.problems import did_you_mean, raise_problems
from autograder.assignment.settings import parse_settings
from autograder.errors import CourseError, UsageError

__all__ = ["find_public_course", "load_public"]


def find_public_course(start: Path) -> Path:
    """Find the nearest folder with ``assignments/``, at `start` or above it.

    Raises
    ------
    UsageError
        There is none.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if find_assignments(folder):
            return folder
    raise UsageError(
        f"No assignment in {str(start)!r} or a folder above it.",
        hint="Go to the folder that you got from the course, or name it with --course.",
    )


def load_public(course: Path, assignment_id: str) -> Assignment:
    """Load what `check` needs of an assignment.

    Raises
    ------
    UsageError
        The course has no assignment of this id.
    CourseError
        Its settings are wrong, or it has no public criteria.
    """
    known = find_assignments(course)
    if assignment_id not in known:
        raise UsageError(f"No assignment {assignment_id!r}.", hint=did_you_mean(assignment_id, known, ", ".join(known)))
    where = f"assignments/{assignment_id}/assignment.toml"
    settings, problems = parse_settings((course / where).read_text(encoding="utf-8"), where)
    raise_problems(assignment_id, problems)
    assert settings is not None
    bare = Assignment(assignment_id, course.resolve(), settings)
    folder = bare.rubric / "public"
    if not any(folder.glob("test_*.py")):
        raise CourseError(f"{bare.relative(folder)}: there are no public criteria.")
    for path in (*bare.support_files, *bare.data_files):
        if not path.is_file():
            raise CourseError(
                f"{bare.relative(path)} is missing.", hint="Get the assignment's folder from the course again."
            )
    exercises = tuple(Exercise(name, _title(folder, name), points) for name, points in settings.exercises.items())
    return Assignment(assignment_id, bare.course, settings, exercises)


def _title(folder: Path, exercise: str) -> str:
    path = folder / f"test_{exercise}.py"
    if not path.is_file():
        return exercise
    docstring = ast.get_docstring(ast.parse(path.read_bytes(), path.name)) or exercise
    return docstring.partition("\n")[0].strip().rstrip(".")
