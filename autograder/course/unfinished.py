"""The places that an author has not written yet.

They say TODO, as `autograder new` leaves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.course.criteria import CriterionInfo
from autograder.course.model import Assignment

__all__ = ["find_shown_todos", "find_todos"]

_TODO = re.compile(r"\bTODO\b")


def find_shown_todos(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[str]:
    """List the open places that students would read.

    They are in titles, hints and the handout.
    """
    for one in criteria:
        for what, text in (("title", one.title), ("hint", one.hint)):
            if _TODO.search(text):
                yield f"the {what} of {one.id} still says TODO, to students"
    yield from _in_files(assignment, [assignment.folder / "README.md"])


def find_todos(assignment: Assignment) -> Iterator[str]:
    """List the open places that authors alone read.

    They are in mutants and accepted variants.
    """
    paths = [path for folder in (assignment.accepted, assignment.mutants) for path in sorted(folder.glob("*.py"))]
    yield from _in_files(assignment, paths)


def _in_files(assignment: Assignment, paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        found = [number for number, line in enumerate(lines, 1) if _TODO.search(line)]
        if found:
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            yield f"{assignment.relative(path)}, line {found[0]}{more}: still says TODO"
