"""The files that students get, by path.

They are named one by one, so that no other file can slip in.

::

    README.md, figures/             the handout and what it shows
    layers.py, layers.ipynb         the template, twice
    layer_utils.py                  support modules and public data
    CHECK.md, warmfork_....whl      how to check, and with what
    check/                          a course of what is public: settings, public
    criteria, tape, the template once more,
                                    and which Python grades
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from autograder.course import Assignment
from autograder.course.notebooks import notebook_name
from autograder.course.public import GRADER_FILE, RELEASED, grading_python, render_grader_file
from autograder.course.template import templates_of
from autograder.course.template.notebook import notebooks_of
from autograder.errors import CourseError
from autograder.release.handout import handout_of

_KERAS = {"tensorflow", "keras"}
_TEXT = """# Check your work

You need Python {oldest} or newer, on Linux, macOS or Windows. Set it up once, in a terminal in \
this folder:

| | Linux, macOS | Windows |
|---|---|---|
| 1 | `python3 -m venv .venv` | `py -m venv .venv` |
| 2 | `.venv/bin/python -m pip install {wanted}` | `.venv\\Scripts\\python -m pip install \
{wanted}` |
| check | `.venv/bin/autograder check` | `.venv\\Scripts\\autograder check` |

Write your answers in {files}{notebooks}. The check runs the public criteria, 10 to 30 % of the \
{points} points; it tells for
each what was expected and what came out. Run it as often as you like. Nothing is sent anywhere, \
and nothing is
sandboxed: it is your own code on your own computer. Full marks here are a good sign and no \
promise: hidden criteria use other
inputs and look for more mistakes.

Form costs nothing where the numbers are right. A list for an array, axes of length 1 more or \
fewer, whole floats for integers,
0 and 1 for booleans, and work in float32 are converted, and the report notes it. Where form \
counts, a criterion says so.

Ctrl-C ends a function that never returns, and the others are checked; pressed again, it stops \
the check. What you hand in is
graded with Python {grader}: the check says so where a file needs a newer one.

Hand in {hand_in}. Leave the folder `check/` as it is: it holds the criteria and the answers that \
they expect,
and a fresh copy of each file in `check/student_template/`.
"""
_NOTEBOOKS = """, or in the {notebooks} beside: both are the same exercises, and the
check takes the one that you have changed"""


def render_instructions(assignment: Assignment, wheel: str) -> str:
    """Write the instructions.

    Parameters
    ----------
    wheel
        File name of the wheel.
    """
    files = _listed(assignment.files)
    notebooks = _listed([notebook_name(name) for name in assignment.files])
    which = "notebook" if len(assignment.files) == 1 else "notebooks"
    return _TEXT.format(
        oldest=_oldest_python(),
        grader=grading_python(),
        wanted=" ".join(f'"{word}"' for word in _requirements(assignment, wheel)),
        files=files,
        notebooks=_NOTEBOOKS.format(notebooks=f"{which} {notebooks}"),
        points=assignment.points,
        hand_in=f"either {files} or {notebooks}, not both",
    )


def _oldest_python() -> str:
    return str(metadata.metadata("warmfork-autograder")["Requires-Python"]).lstrip(">=")


def _listed(names: tuple[str, ...] | list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _requirements(assignment: Assignment, wheel: str) -> list[str]:
    """Return the requirements that pip is to install.

    They are the wheel with the frameworks that the assignment uses, and its packages.
    """
    settings = assignment.settings
    names = {
        name.partition(".")[0]
        for name in (*settings.packages, *settings.preload, *settings.frameworks)
    }
    extra = "[keras]" if names & _KERAS else ""
    known = metadata.packages_distributions()
    others = sorted({known.get(name, [name])[0] for name in names - _KERAS - {"numpy"}})
    return [f"./{wheel}{extra}", *others]


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
    beside = {
        path.name: path.read_bytes() for path in (*assignment.support_files, *assignment.data_files)
    }
    files: dict[str, bytes] = {}
    for part in (
        handout_of(assignment),
        templates,
        beside,
        rest,
        check_files_of(assignment, templates),
    ):
        for name, data in part.items():
            if files.get(name, data) != data:
                raise CourseError(
                    f"Students would get two files called {name!r}.",
                    hint="Rename the one of the course.",
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
        *(
            path
            for path in sorted(public.rglob("*"))
            if path.is_file() and not _is_debris(path.relative_to(public))
        ),
    ]
    copies = {f"{RELEASED}/{assignment.relative(path)}": path.read_bytes() for path in paths}
    folder = f"{RELEASED}/{assignment.relative(assignment.template)}"
    copies[f"{RELEASED}/{GRADER_FILE}"] = render_grader_file().encode()
    return copies | {f"{folder}/{name}": data for name, data in templates.items()}


def _is_debris(path: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in path.parts)
