"""Findings on parts that an author has not written yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.course import Assignment, CriterionInfo
from autograder.course.unfinished import find_shown_todos, find_todos
from autograder.prove.model import Finding


def find_unfinished(assignment: Assignment, criteria: Sequence[CriterionInfo]) -> Iterator[Finding]:
    """Hints, titles, the handout, mutants and variants that still say TODO."""
    for what in (*find_shown_todos(assignment, criteria), *find_todos(assignment)):
        yield Finding(subject="unfinished", what=what)
