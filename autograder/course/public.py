"""The public part of an assignment on a student's machine.

It has settings and public criteria, without reference and hidden rubric.
"""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from pathlib import Path

from autograder.course.load import find_assignments
from autograder.course.model import Assignment, Exercise
from autograder.course.notebooks import notebook_name
from autograder.course.problems import did_you_mean, raise_problems
from autograder.course.settings import parse_settings
from autograder.errors import CourseError, UsageError

__all__ = [
    "GRADER_FILE",
    "RELEASED",
    "find_grader_python",
    "find_public_course",
    "find_sources",
    "find_work",
    "grading_python",
    "load_public",
    "render_grader_file",
]

#: The folder of a released package that holds a course of what is public.
RELEASED = "check"
#: What of the grading machine concerns students, in that folder.
GRADER_FILE = "grader.toml"


def grading_python() -> str:
    """Return the version of Python here.

    A release takes it for the one that grades.
    """
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def render_grader_file() -> str:
    """Return the text that tells students about this machine.

    It is taken for the machine that grades.
    """
    return f'python = "{grading_python()}"   # grades what is handed in\n'


def find_grader_python(course: Path) -> tuple[int, int] | None:
    """Return the version of Python that grades, or None.

    It is None if the course does not name one.

    Raises
    ------
    CourseError
        The file that names the version is damaged.
    """
    path = course / GRADER_FILE
    if not path.is_file():
        return None
    try:
        major, minor = tomllib.loads(path.read_text(encoding="utf-8"))["python"].split(".")
        return int(major), int(minor)
    except (KeyError, ValueError, AttributeError) as error:  # TOML errors are ValueErrors
        hint = "Get the assignment's folder from the course again."
        raise CourseError(f"{GRADER_FILE} does not say which Python grades.", hint=hint) from error


def find_public_course(start: Path) -> Path:
    """Find the nearest folder with ``assignments/``.

    It is `start` or above it; a released package has one in ``check/``.

    Raises
    ------
    UsageError
        There is no such folder.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        for course in (folder / RELEASED, folder):
            if find_assignments(course):
                return course
    raise UsageError(
        f"No assignment in {str(start)!r} or a folder above it.",
        hint="Go to the folder that you got from the course, or name it with --course.",
    )


def load_public(course: Path, assignment_id: str) -> Assignment:
    """Load the parts of an assignment that `check` needs.

    Raises
    ------
    UsageError
        The course has no assignment of this id.
    CourseError
        Its settings are wrong, or it has no public criteria.
    """
    known = find_assignments(course)
    if assignment_id not in known:
        raise UsageError(
            f"No assignment {assignment_id!r}.",
            hint=did_you_mean(assignment_id, known, ", ".join(known)),
        )
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
                f"{bare.relative(path)} is missing.",
                hint="Get the assignment's folder from the course again.",
            )
    exercises = tuple(
        Exercise(name, _title(folder, name), points) for name, points in settings.exercises.items()
    )
    return Assignment(assignment_id, bare.course, settings, exercises)


def _title(folder: Path, exercise: str) -> str:
    path = folder / f"test_{exercise}.py"
    if not path.is_file():
        return exercise
    docstring = ast.get_docstring(ast.parse(path.read_bytes(), path.name)) or exercise
    return docstring.partition("\n")[0].strip().rstrip(".")


def find_work(assignment: Assignment, folder: Path) -> list[Path]:
    """Find a student's declared files in a folder.

    A template may lie there twice, as a module and as a notebook. The one is taken that differs
    from the shipped file; where nothing was shipped twice, the module.

    Raises
    ------
    UsageError
        Both are the student's, and they are not the same.
    """
    found = [_worked_on(assignment.template, folder / name) for name in assignment.files]
    return [path for path in found if path.is_file()]


def find_sources(assignment: Assignment, folder: Path) -> list[Path]:
    """Find all files in a folder that may be a student's work.

    Their names do not matter.
    """
    given = {path.name for path in (*assignment.support_files, *assignment.data_files)}
    paths = sorted(
        path for path in folder.iterdir() if path.suffix in (".py", ".ipynb") and path.is_file()
    )
    return [path for path in paths if path.name not in given]


def _worked_on(shipped: Path, module: Path) -> Path:
    notebook = module.with_name(notebook_name(module.name))
    if not (module.is_file() and notebook.is_file()):
        return notebook if notebook.is_file() else module
    changed = [
        path for path in (module, notebook) if _code_of(path) != _code_of(shipped / path.name)
    ]
    if len(changed) == 2 and _tree_of(module) != _tree_of(
        notebook
    ):  # the same where jupytext keeps them in step
        raise UsageError(
            f"Both {module.name} and {notebook.name} have been changed.",
            hint=f"Name the one that you will hand in, such as `autograder check {notebook.name}`.",
        )
    return changed[0] if changed else module


def _code_of(path: Path) -> str | None:
    """Return the code of a file, or None if it has none.

    Parts that an editor writes by itself are left out.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".ipynb":
            return text
        cells = json.loads(text)["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _tree_of(path: Path) -> str:
    code = _code_of(path) or ""
    try:
        return ast.dump(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
