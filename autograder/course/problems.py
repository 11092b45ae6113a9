"""Problems of an assignment.

Many small checks find them, and they are reported all together.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.errors import CourseError

__all__ = ["Problem", "did_you_mean", "raise_problems"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a course.

    Attributes
    ----------
    where
        The file, relative to the course, with ``, line 3`` where there is one.
    key
        The key, criterion or name in that file; empty when it is the file itself.
    what
        What is wrong: expected and found, without a full stop.
    remedy
        What the author can do, as a sentence.
    """

    where: str
    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        key = f", `{self.key}`" if self.key else ""
        return f"{self.where}{key}: {self.what}."


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Ask back with the nearest known word, or say `otherwise`."""
    lowered = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return f"Did you mean `{lowered[near[0]]}`?" if near else otherwise


def raise_problems(assignment_id: str, problems: Sequence[Problem]) -> None:
    """Raise one error that names every problem.

    With no problem, do nothing.

    Raises
    ------
    CourseError
        There is at least one problem.
    """
    if not problems:
        return
    if len(problems) == 1:
        raise CourseError(str(problems[0]), hint=problems[0].remedy)
    lines = [f"  {problem} {problem.remedy}" for problem in problems]
    raise CourseError(
        "\n".join([f"Assignment '{assignment_id}' has {len(problems)} problems:", *lines])
    )
