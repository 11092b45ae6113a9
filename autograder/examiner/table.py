"""The table of a rubric's criteria.

It is made from collected pytest items, in the order in which the criteria run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Assignment, CriterionInfo, check_rubric
from autograder.errors import CourseError
from autograder.examiner.plugin import case_name, iter_fixtures, unknown_fixtures
from autograder.rubric import CriterionSpec, spec_of

_REFUSED_MARKS = ("skip", "skipif", "xfail", "usefixtures")
_REFUSED_CALLS = ("skip", "xfail", "importorskip", "exit")


@dataclass(frozen=True, slots=True)
class RunnableCriterion:
    """A criterion and the pytest items that are its cases."""

    info: CriterionInfo
    items: tuple[pytest.Item, ...]


def build_table(assignment: Assignment, items: Sequence[pytest.Item]) -> list[RunnableCriterion]:
    """Group, check and order items by criterion.

    They are checked against the assignment.

    Raises
    ------
    CourseError
        The rubric is wrong. The error names every problem.
    """
    table = group_items(assignment, items)
    check_rubric(assignment, [one.info for one in table])
    return _in_order(assignment, table)


def group_items(assignment: Assignment, items: Sequence[pytest.Item]) -> list[RunnableCriterion]:
    """Group items by criterion.

    The criteria are in the order in which their items were collected.

    Raises
    ------
    CourseError
        A test is no criterion, skips, or has a fixture that would carry a submission over to
        another. The error names every such test.
    """
    problems = [
        problem for path in dict.fromkeys(item.path for item in items) for problem in _skips_in(assignment, path)
    ]
    problems += [problem for item in items for problem in _problems_of(assignment, item)]
    if problems:
        raise CourseError("\n".join(problems))
    grouped: dict[str, list[pytest.Item]] = {}
    for item in items:
        grouped.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return [_criterion(assignment, members) for members in grouped.values()]


def _criterion(assignment: Assignment, items: list[pytest.Item]) -> RunnableCriterion:
    spec = _spec(items[0])
    assert spec is not None
    fields: dict[str, Any] = {name: getattr(spec, name) for name in CriterionSpec.__dataclass_fields__}
    info = CriterionInfo(
        **fields,
        exercise=items[0].path.stem.removeprefix("test_"),
        public=items[0].path.parent == assignment.rubric / "public",
        cases=tuple(case_name(item) for item in items),
    )
    return RunnableCriterion(info, tuple(items))


def _skips_in(assignment: Assignment, path: Path) -> Iterator[str]:
    """Yield a rubric's calls that skip a criterion.

    They would leave it neither passed nor failed, and an answer of a submission might lead to them.
    """
    tree = ast.parse(path.read_bytes(), path.name)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "pytest"]
    names = {one.asname or one.name: one.name for node in imports for one in node.names}
    for node in ast.walk(tree):
        called = _pytest_function(node.func, names) if isinstance(node, ast.Call) else None
        if called in _REFUSED_CALLS:
            yield f"{assignment.relative(path)}, line {node.lineno}: a rubric must not call pytest.{called}."  # type: ignore[attr-defined]


def _pytest_function(called: ast.expr, names: dict[str, str]) -> str | None:
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "pytest":
        return called.attr
    return names.get(called.id) if isinstance(called, ast.Name) else None


def _problems_of(assignment: Assignment, item: pytest.Item) -> list[str]:
    where = f"{assignment.relative(item.path)}: {item.name}"
    problems: list[str] = []
    if _spec(item) is None:
        problems.append(f"{where} is no criterion. Hint: put @criterion(...) above it, or give it another name.")
    marks = [mark.name for mark in item.iter_markers() if mark.name in _REFUSED_MARKS]
    problems += [f"{where}: a criterion must not be marked {name}." for name in marks]
    problems += [f"{where}: there is no fixture `{name}`." for name in unknown_fixtures(item)]
    for name, definition in iter_fixtures(item):
        if definition.scope != "function" and {"submission", "rng"} & set(definition.argnames):
            problems.append(
                f"{where}: the {definition.scope}-wide fixture `{name}` must not use a submission or its draws."
            )
    return problems


def _spec(item: pytest.Item) -> CriterionSpec | None:
    return spec_of(getattr(item, "function", None))


def _in_order(assignment: Assignment, table: list[RunnableCriterion]) -> list[RunnableCriterion]:
    """Return the criteria in the order of exercises.

    In an exercise, public criteria come first. A criterion that waits for another comes behind it.
    """
    rank = {exercise.id: number for number, exercise in enumerate(assignment.exercises)}
    waiting = sorted(table, key=lambda one: (rank.get(one.info.exercise, len(rank)), not one.info.public))
    ordered: list[RunnableCriterion] = []
    done: set[str] = set()
    while waiting:  # `check_rubric` has refused circles, so every round places one
        ready = next(one for one in waiting if set(one.info.after) <= done)
        waiting.remove(ready)
        ordered.append(ready)
        done.add(ready.info.id)
    return ordered
