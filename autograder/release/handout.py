"""The handout's files, and its paragraph on installed packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from autograder.course import Assignment
from autograder.course.public import grading_python
from autograder.errors import CourseError

#: How the paragraph begins, by which it is found in a handout.
BEGINNING = "**Installed where this is graded:**"
#: What a course can say of Python: the release of an assignment knows the version.
PYTHONS = "Python 3.11 to 3.13 (`CHECK.md` says which)"
_ANY_PYTHON = re.compile(
    rf"({re.escape(BEGINNING)}\s+)Python\s+3\.\d+\s+to\s+3\.\d+"
    r"(?:\s+\(`CHECK\.md`\s+says\s+which\))?"
)
_TITLES = {
    "numpy": "NumPy",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "scipy": "SciPy",
    "pandas": "pandas",
    "torch": "PyTorch",
    "jax": "JAX",
    "sklearn": "scikit-learn",
    "matplotlib": "matplotlib",
}


def render_installed(
    packages: Sequence[str], frameworks: Sequence[str], forbidden: Sequence[str]
) -> str:
    """Write the paragraph.

    Parameters
    ----------
    packages, frameworks
        What there is beside Python.
    forbidden
        Packages that the assignment does not allow.
    """
    there = ", ".join([PYTHONS, *map(_title, (*packages, *frameworks))])
    absent = (
        f" {_listed(forbidden)} {'is' if len(forbidden) == 1 else 'are'} not allowed."
        if forbidden
        else ""
    )
    return (
        f"{BEGINNING} {there}.{absent} Packages for looking, such as\n"
        "matplotlib, tqdm, IPython and google.colab, may be imported and show nothing there; any "
        "other package may be absent.\n"
        "Files that you hand in beside yours and import are found. Training and plots at the top "
        "level of a file are left out\n"
        "if they take long.\n"
    )


def name_python(handout: str, version: str) -> str:
    """Name one version of Python in a handout's paragraph.

    It takes the place of the versions that are named there.

    Parameters
    ----------
    version
        Such as ``3.12``.
    """
    return _ANY_PYTHON.sub(rf"\g<1>Python {version}", handout)


def _title(package: str) -> str:
    return _TITLES.get(package, package)


def _listed(packages: Sequence[str]) -> str:
    *most, last = map(_title, packages)
    return f"{', '.join(most)} and {last}" if most else last


__all__ = ["handout_of"]

HIDDEN = ("rubric", "mutants", "accepted", "examples", "assignment.toml")
_FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$", re.DOTALL)
_TARGET = re.compile(
    r"\]\(<?([^)\s>]+)>?[^)]*\)|\b(?:src|href)=\"([^\"]+)\"|^\[[^\]]+\]: *(\S+)", re.MULTILINE
)


def handout_of(assignment: Assignment) -> dict[str, bytes]:
    """Return the handout and the files that it refers to.

    They are keyed by path inside the assignment's folder.

    Where the course's handout says which versions of Python may grade, students read which one
    does.

    Raises
    ------
    CourseError
        There is no handout, or it refers to a file that is not there or that students must not
        have.
    """
    path = assignment.folder / "README.md"
    if not path.is_file():
        where = assignment.relative(path)
        raise CourseError(
            f"{where}: there is no handout.",
            hint="Write it: it is the first thing that students read.",
        )
    text = path.read_bytes().decode("utf-8")
    files = {"README.md": name_python(text, grading_python()).encode()}
    for line, name in _local_targets(text):
        files[name] = _shown_file(assignment, line, name).read_bytes()
    return files


def _local_targets(text: str) -> Iterator[tuple[int, str]]:
    """Yield a handout's local paths, each with its line.

    Code and formulas refer to nothing.
    """
    prose = text
    for pattern in (_FENCED, _CODE):
        prose = pattern.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), prose)
    for found in _TARGET.finditer(prose):
        target = next(filter(None, found.groups()))
        name = unquote(target.partition("#")[0])
        if name and not re.match(r"[a-z][a-z0-9+.-]*:|//", name, re.IGNORECASE):
            yield prose.count("\n", 0, found.start()) + 1, name


def _shown_file(assignment: Assignment, line: int, name: str) -> Path:
    where = f"{assignment.relative(assignment.folder / 'README.md')}, line {line}"
    path = (assignment.folder / name).resolve()
    if not path.is_relative_to(assignment.folder.resolve()):
        remedy = "Copy the file to `figures/`, or name its address on the web."
        raise CourseError(
            f"{where}: {name!r} lies outside of the assignment, so students do not get it.",
            hint=remedy,
        )
    if path.relative_to(assignment.folder.resolve()).parts[:1] in {(one,) for one in HIDDEN}:
        raise CourseError(
            f"{where}: {name!r} is nothing that students may have.", hint="Take the reference away."
        )
    if not path.is_file():
        raise CourseError(
            f"{where}: there is no file {name!r}.", hint="Make it, or take the reference away."
        )
    return path
