"""Find a course and its assignments, and load one.

Loading checks all that can be checked without collecting the rubric.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.course.model import Assignment, AssignmentSettings, Exercise
from autograder.course.notebooks import load_cells, notebook_name
from autograder.course.problems import Problem, did_you_mean, raise_problems
from autograder.course.settings import parse_settings
from autograder.errors import CourseError, UsageError

__all__ = ["find_assignments", "find_course", "load_assignment", "load_settings"]


def find_course(start: Path) -> Path:
    """Find the course in which `start` lies.

    It is the nearest folder with ``assignments/<id>/assignment.toml``.

    A new course that has no assignment yet is known by its folders ``assignments/`` and
    ``reference/``.

    Raises
    ------
    UsageError
        Neither `start` nor a folder above it is a course.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if find_assignments(folder) or _is_new_course(folder):
            return folder
    raise UsageError(
        f"No course in {str(start)!r} or a folder above it: a course has "
        "assignments/<id>/assignment.toml.",
        hint="Name the course's folder with --course.",
    )


def _is_new_course(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in ("assignments", "reference"))


def find_assignments(course: Path) -> tuple[str, ...]:
    """Return the sorted ids of a course's assignments.

    These are the folders of ``assignments/`` that hold an ``assignment.toml``.
    """
    return tuple(
        sorted(path.parent.name for path in (course / "assignments").glob("*/assignment.toml"))
    )


def load_assignment(course: Path, assignment_id: str) -> Assignment:
    """Load an assignment and check its settings, reference and rubric files.

    Criteria are checked where they are collected, with `autograder.course.check_rubric`.

    Raises
    ------
    UsageError
        The course has no assignment of this id.
    CourseError
        The assignment is wrong. The error names every problem.
    """
    settings = load_settings(course, assignment_id)
    assignment = Assignment(assignment_id, course.resolve(), settings)
    raise_problems(assignment_id, list(_find_problems(assignment)))
    return Assignment(assignment_id, course.resolve(), settings, tuple(_exercises(assignment)))


def load_settings(course: Path, assignment_id: str) -> AssignmentSettings:
    """Load ``assignment.toml`` alone.

    A student's machine has no reference and no hidden rubric.

    Raises
    ------
    UsageError, CourseError
        As `load_assignment`.
    """
    _require_known(course, assignment_id)
    where = f"assignments/{assignment_id}/assignment.toml"
    settings, problems = parse_settings(_read(course / where, where), where)
    raise_problems(assignment_id, problems)
    assert settings is not None
    return settings


def _require_known(course: Path, assignment_id: str) -> None:
    known = find_assignments(course)
    if assignment_id not in known:
        listed = f"The course has: {', '.join(known)}." if known else "The course has none."
        raise UsageError(
            f"No assignment {assignment_id!r}.", hint=did_you_mean(assignment_id, known, listed)
        )


def _read(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CourseError(
            f"{where}: not UTF-8 (byte {error.start}).", hint="Save it as UTF-8."
        ) from error
    except OSError as error:
        raise CourseError(
            f"{where}: cannot be read ({error.strerror}).", hint="Check its permissions."
        ) from error


def _exercises(assignment: Assignment) -> Iterator[Exercise]:
    for name, points in assignment.settings.exercises.items():
        title = (
            _docstring(assignment.rubric / f"test_{name}.py").partition("\n")[0].strip().rstrip(".")
        )
        yield Exercise(name, title, points)


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_bytes(), path.name)) or ""


def _find_problems(assignment: Assignment) -> Iterator[Problem]:
    yield from _total(assignment)
    yield from _file_names(assignment)
    yield from _repeated(assignment)
    yield from _import_conflicts(assignment)
    yield from _preloaded(assignment)
    yield from _missing_reference(assignment)
    yield from _missing_material(assignment)
    yield from _rubric_files(assignment)
    yield from _stray_rubric_files(assignment)


def _in_toml(assignment: Assignment, key: str, what: str, remedy: str) -> Problem:
    return Problem(assignment.relative(assignment.settings_file), key, what, remedy)


def _total(assignment: Assignment) -> Iterator[Problem]:
    total = sum(assignment.settings.exercises.values())
    if total != assignment.points:
        what = f"the exercises add up to {total} points, `points` says {assignment.points}"
        yield _in_toml(
            assignment, "exercises", what, "Change the points of an exercise, or `points`."
        )


def _file_names(assignment: Assignment) -> Iterator[Problem]:
    for name in assignment.files:
        stem = name.removesuffix(".py")
        if not (name.endswith(".py") and stem.isidentifier() and stem.isascii()):
            what = f"{name!r} is not the name of a Python module"
            yield _in_toml(
                assignment, "files", what, "Use a plain name such as `layers.py`, without folders."
            )
        elif stem in sys.stdlib_module_names or stem == "conftest":
            what = f"`{name}` has the name of a module that Python or pytest imports itself"
            yield _in_toml(assignment, "files", what, "Choose another name.")


def _repeated(assignment: Assignment) -> Iterator[Problem]:
    lists = ("files", "aliases", "support", "data", "packages", "preload", "frameworks")
    for key in lists:
        for name, count in Counter(getattr(assignment.settings, key)).items():
            if count > 1:
                yield _in_toml(
                    assignment, key, f"{name!r} stands there {count} times", "Name it once."
                )


def _import_conflicts(assignment: Assignment) -> Iterator[Problem]:
    settings = assignment.settings
    for key, names in (
        ("imports.allowed", settings.imports.allowed),
        ("frameworks", settings.frameworks),
    ):
        for name in sorted({*names} & {*settings.imports.forbidden}):
            what = f"`{name}` is also in `imports.forbidden`"
            yield _in_toml(assignment, key, what, "Take it out of one of the two.")
    for name in settings.imports.forbidden:
        if "." in name:
            what = f"`{name}` is no top-level package"
            yield _in_toml(
                assignment,
                "imports.forbidden",
                what,
                "Refuse parts of a package in the rubric, with `assert_avoids`.",
            )
    for name in settings.imports.inert:
        if not all(part.isidentifier() for part in name.split(".")):
            yield _in_toml(
                assignment, "imports.inert", f"{name!r} is not the name of a package", "Correct it."
            )
    for name in settings.imports.allowed:
        if name.partition(".")[0] not in settings.imports.forbidden:
            yield _in_toml(
                assignment,
                "imports.allowed",
                f"`{name}` belongs to nothing forbidden",
                "Take it out.",
            )


def _preloaded(assignment: Assignment) -> Iterator[Problem]:
    settings = assignment.settings
    for name in settings.preload:
        if name.partition(".")[0] not in {*settings.packages, *settings.frameworks}:
            what = f"`{name}` is preloaded but not among the packages"
            yield _in_toml(assignment, "preload", what, f'Add "{name}" to `packages`.')


def _missing_reference(assignment: Assignment) -> Iterator[Problem]:
    for name, path in assignment.reference_files().items():
        notebook = assignment.reference / notebook_name(name)
        if not path.is_file():
            remedy = (
                f"Write {assignment.relative(path)} or {notebook.name}, or take it out of `files`."
            )
            yield _in_toml(assignment, "files", f"the reference has no {name}", remedy)
        elif path.suffix == ".ipynb":
            load_cells(path, assignment.relative(path))
        else:
            yield from _unreadable_python(assignment, path)
            if notebook.is_file():
                remedy = "Keep the one that is the source, and delete the other."
                yield Problem(
                    assignment.relative(notebook), "", f"the reference has a {name}, too", remedy
                )


def _unreadable_python(assignment: Assignment, path: Path) -> Iterator[Problem]:
    try:
        ast.parse(path.read_bytes(), path.name)
    except SyntaxError as error:
        where = f"{assignment.relative(path)}, line {error.lineno}"
        yield Problem(where, "", f"not Python: {error.msg}", "Correct the syntax.")


def _missing_material(assignment: Assignment) -> Iterator[Problem]:
    for key, paths in (("support", assignment.support_files), ("data", assignment.data_files)):
        for path in paths:
            if not path.is_file():
                remedy = f"Add {assignment.relative(path)}, or take it out of `{key}`."
                yield _in_toml(assignment, key, f"there is no file {path.name!r}", remedy)


def _rubric_files(assignment: Assignment) -> Iterator[Problem]:
    for exercise in assignment.settings.exercises:
        path = assignment.rubric / f"test_{exercise}.py"
        if not path.is_file():
            remedy = (
                f"Write {assignment.relative(path)}; the first line of its docstring is the "
                "exercise's title."
            )
            yield _in_toml(
                assignment, f"exercises.{exercise}", "the exercise has no rubric file", remedy
            )
            continue
        broken = list(_unreadable_python(assignment, path))
        yield from broken
        if not broken and not _docstring(path).strip():
            remedy = 'Begin it with the exercise\'s title, such as """Affine layer."""'
            yield Problem(assignment.relative(path), "", "there is no docstring", remedy)


def _stray_rubric_files(assignment: Assignment) -> Iterator[Problem]:
    exercises = assignment.settings.exercises
    for path in sorted(assignment.rubric.rglob("test_*.py")):
        name = path.stem.removeprefix("test_")
        if name not in exercises:
            remedy = did_you_mean(
                name, exercises, f"Add `{name} = ...` under [exercises], or rename the file."
            )
            yield Problem(
                assignment.relative(path),
                "",
                f"exercise `{name}` is not in assignment.toml",
                remedy,
            )
