"""Criteria whose number of checks follows from the submission's answer.

A criterion needs as many checks as the reference's run made. A loop over an answer makes fewer of
them for a right submission that returns fewer things. The rubric's source shows such a loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from autograder.course import Assignment
from autograder.prove.model import Finding

_FIXED = {"unpack", "assert_array", "len"}  # what these return does not vary with the answer
_CHECKS = {"check", "unpack"}
_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
_DISPLAYS = (ast.List, ast.Tuple, ast.Dict, ast.Constant, ast.Lambda, ast.Compare)


def find_counts(assignment: Assignment) -> Iterator[Finding]:
    """Yield each rubric loop with one check per part.

    The parts are those of an answer.
    """
    for path in (*sorted(assignment.rubric.glob("*.py")), *sorted(assignment.rubric.glob("public/*.py"))):
        for line, over in find_loops(path.read_text(encoding="utf-8")):
            what = (
                f"{assignment.relative(path)}, line {line}: one check for each part of `{over}`, so that a right "
                "submission with fewer parts loses: make one check of all of them, or `unpack` the answer first"
            )
            yield Finding(subject="counts", what=what)


def find_loops(source: str) -> Iterator[tuple[int, str]]:
    """Yield the loops whose checks follow the submission's answer.

    Each is a line and the iterable.
    """
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    checking = _CHECKS | {one.name for one in functions if _has_check(one.body, _CHECKS)}
    for function in functions:
        derived = _derived(function)
        for node in ast.walk(function):
            if isinstance(node, ast.For) and _follows(node.iter, derived) and _has_check(node.body, checking):
                yield node.lineno, ast.unparse(node.iter)


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _has_check(body: Sequence[ast.stmt], checking: set[str]) -> bool:
    nodes = [node for statement in body for node in ast.walk(statement)]
    names = {_called(node) for node in nodes}
    return (
        any(isinstance(node, ast.Assert) for node in nodes)
        or bool(names & checking)
        or any(name.startswith("assert_") for name in names)
    )


def _derived(function: ast.FunctionDef) -> set[str]:
    """Collect the names whose length may follow from an answer."""
    derived, before = {"submission"}, set[str]()
    while derived != before:
        before = set(derived)
        for node in ast.walk(function):
            for target, value in _bindings(node):
                if _follows(value, derived):
                    derived |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
    return derived


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name | ast.Tuple | ast.List):
                yield target, node.value
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        if isinstance(node.target, ast.Name):
            yield node.target, node.value
    elif isinstance(node, ast.For | ast.comprehension):
        yield node.target, node.iter


def _follows(node: ast.expr, derived: set[str]) -> bool:
    """Return True if an answer may determine a value's length."""
    if isinstance(node, ast.Name):
        return node.id in derived
    if isinstance(node, _DISPLAYS) or _called(node) in _FIXED:
        return False
    if isinstance(node, _Comprehension):
        return any(_follows(one.iter, derived) for one in node.generators)
    if isinstance(node, ast.Call) and _called(node) == "zip":
        found = [_follows(one, derived) for one in node.args]
        is_strict = any(one.arg == "strict" and getattr(one.value, "value", False) for one in node.keywords)
        return all(found) if is_strict else any(found)
    if isinstance(node, ast.Call) and _called(node) == "range":
        return any(
            _called(one) == "len" and _follows(one.args[0], derived)
            for argument in node.args
            for one in ast.walk(argument)
            if isinstance(one, ast.Call) and one.args
        )
    parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return any(_follows(one, derived) for one in [*parts, *(one.value for one in keywords)])
