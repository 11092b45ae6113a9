"""The files that students get, by path.

They are named one by one, so that no other file can slip in.

::

    README.md, figures/             the handout and what it shows
    layers.py, layers.ipynb         the template, twice
    layer_utils.py                  support modules and public data
    CHECK.md, warmfork_....whl      how to check, and with what
    check/                          a course of what is public: settings, public criteria, tape, the template once more,
                                    and which Python grades
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograder.course import Assignment
from autograder.course.public import GRADER_FILE, RELEASED, render_grader_file
from autograder.course.template import templates_of
from autograder.course.template.notebook import notebooks_of
from autograder.errors import CourseError
from autograder.release.handout import handout_of

__all__ = ["check_files_of", "contents_of"]


def contents_of(assignment: Assignment, rest: Mapping[str, bytes]) -> dict[str, bytes]:
    """Gather the files that students get.

    Parameters
    ----------
    rest
        What is not of the course: instructions and wheel.

    Raises
    ------
    CourseError
        The handout is missing or refers to what students do not get, or two of the files have the
        same name.
    """
    templates = {name: text.encode() for name, text in templates_of(assignment).items()}
    templates |= {name: text.encode() for name, text in notebooks_of(assignment).items()}
    beside = {path.name: path.read_bytes() for path in (*assignment.support_files, *assignment.data_files)}
    files: dict[str, bytes] = {}
    for part in (handout_of(assignment), templates, beside, rest, check_files_of(assignment, templates)):
        for name, data in part.items():
            if files.get(name, data) != data:
                raise CourseError(
                    f"Students would get two files called {name!r}.", hint="Rename the one of the course."
                )
            files[name] = data
    return files


def check_files_of(assignment: Assignment, templates: Mapping[str, bytes]) -> dict[str, bytes]:
    """Gather the public course in which `check` runs."""
    public = assignment.rubric / "public"
    paths = [
        assignment.settings_file,
        *assignment.support_files,
        *assignment.data_files,
        *(path for path in sorted(public.rglob("*")) if path.is_file() and not _is_debris(path.relative_to(public))),
    ]
    copies = {f"{RELEASED}/{assignment.relative(path)}": path.read_bytes() for path in paths}
    folder = f"{RELEASED}/{assignment.relative(assignment.template)}"
    copies[f"{RELEASED}/{GRADER_FILE}"] = render_grader_file().encode()
    return copies | {f"{folder}/{name}": data for name, data in templates.items()}


def _is_debris(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)
