"""The instructions on checking at home, ``CHECK.md``."""

from __future__ import annotations

from importlib import metadata

from autograder.course import Assignment
from autograder.course.notebooks import notebook_name
from autograder.course.public import grading_python

__all__ = ["render_instructions"]

_KERAS = {"tensorflow", "keras"}
_TEXT = """# Check your work

You need Python {oldest} or newer, on Linux, macOS or Windows. Set it up once, in a terminal in this folder:

| | Linux, macOS | Windows |
|---|---|---|
| 1 | `python3 -m venv .venv` | `py -m venv .venv` |
| 2 | `.venv/bin/python -m pip install {wanted}` | `.venv\\Scripts\\python -m pip install {wanted}` |
| check | `.venv/bin/autograder check` | `.venv\\Scripts\\autograder check` |

Write your answers in {files}{notebooks}. The check runs the public criteria, 10 to 30 % of the {points} points; it tells for
each what was expected and what came out. Run it as often as you like. Nothing is sent anywhere, and nothing is
sandboxed: it is your own code on your own computer. Full marks here are a good sign and no promise: hidden criteria use other
inputs and look for more mistakes.

Form costs nothing where the numbers are right. A list for an array, axes of length 1 more or fewer, whole floats for integers,
0 and 1 for booleans, and work in float32 are converted, and the report notes it. Where form counts, a criterion says so.

Ctrl-C ends a function that never returns, and the others are checked; pressed again, it stops the check. What you hand in is
graded with Python {grader}: the check says so where a file needs a newer one.

Hand in {hand_in}. Leave the folder `check/` as it is: it holds the criteria and the answers that they expect,
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
    names = {name.partition(".")[0] for name in (*settings.packages, *settings.preload, *settings.frameworks)}
    extra = "[keras]" if names & _KERAS else ""
    known = metadata.packages_distributions()
    others = sorted({known.get(name, [name])[0] for name in names - _KERAS - {"numpy"}})
    return [f"./{wheel}{extra}", *others]
