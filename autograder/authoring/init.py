"""Make a course with one assignment and CI.

The assignment is small and complete, and the CI proves it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.course import find_assignments, load_assignment
from autograder.course.template import write_template
from autograder.errors import InfrastructureError, UsageError
from autograder.home.check import tape_assignment
from autograder.release.wheel import build_wheel, read_wheel

__all__ = ["make_course"]

COURSE = Path(__file__).with_name("course")
#: How files are called in the course whose names a package cannot ship as they are.
_NAMES = {"github": ".github", "gitlab-ci.yml": ".gitlab-ci.yml", "gitignore": ".gitignore"}
_HARMLESS = {".git", ".venv", "venv", ".DS_Store"}


def make_course(folder: Path, wheel: Path | None = None) -> list[str]:
    """Make a course in a new or empty folder.

    A repository or an environment may be in the folder.

    Parameters
    ----------
    wheel
        A wheel of this package for the course's CI; None makes it.

    Returns
    -------
    list of str
        Every file that was written, relative to the folder.

    Raises
    ------
    UsageError
        The folder is not empty, or `wheel` is no wheel of this package.
    InfrastructureError
        This package was made for students, or its wheel cannot be built.
    """
    if not COURSE.is_dir():
        hint = "Install the one that your institution's authors use."
        raise InfrastructureError(
            "This autograder was packaged for students and has no course to start from.", hint=hint
        )
    _require_empty(folder)
    name, data = build_wheel() if wheel is None else read_wheel(wheel)
    before = {path for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()
    for path in sorted(COURSE.iterdir()):
        _copy(path, folder / _NAMES.get(path.name, path.name))
    (folder / "tools").mkdir()
    (folder / "tools" / name).write_bytes(data)
    for assignment_id in find_assignments(folder):
        write_template(load_assignment(folder, assignment_id))
        tape_assignment(folder.resolve(), assignment_id)
    written = {path for path in folder.rglob("*") if path.is_file()} - before
    return sorted(path.relative_to(folder).as_posix() for path in written)


def _require_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is no folder.", hint="Name a new folder.")
    there = (
        sorted(path.name for path in folder.iterdir() if path.name not in _HARMLESS)
        if folder.exists()
        else []
    )
    if there:
        more = f" and {len(there) - 3} more" if len(there) > 3 else ""
        hint = "Name a new folder; `autograder new` adds an assignment to a course that there is."
        raise UsageError(
            f"{str(folder)!r} is not empty: it holds {', '.join(there[:3])}{more}.", hint=hint
        )


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(
            source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "tape.bin")
        )
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
