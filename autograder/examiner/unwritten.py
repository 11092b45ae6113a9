"""Recognises functions that a student has not written yet.

A function that raises ``NotImplementedError`` for another reason is not one.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import replace

from autograder.course import Assignment
from autograder.examiner.verdict import Verdict
from autograder.records.outcome import Outcome
from autograder.remote import RemoteTrace

_NAME = NotImplementedError.__name__
_RAISE = f"raise {_NAME}"


def mark_unwritten(
    verdict: Verdict | None, error: BaseException, assignment: Assignment, tests: Collection[str]
) -> Verdict | None:
    """Turn a verdict into ``not_attempted`` where the template's own line raised.

    Parameters
    ----------
    verdict
        The verdict on the exception.
    error
        What escaped the rubric.
    tests
        The functions and classes under test.
    """
    trace = getattr(error, "remote", None)
    if verdict is None or trace is None or verdict.outcome is not Outcome.RAISED:
        return verdict
    is_unwritten = _is_unwritten(trace, assignment, tests)
    return replace(verdict, outcome=Outcome.NOT_ATTEMPTED) if is_unwritten else verdict


def _is_unwritten(trace: RemoteTrace, assignment: Assignment, tests: Collection[str]) -> bool:
    """Return True if unwritten code raised.

    The line is the template's, or it is all that a function under test does.
    """
    if trace.type != _NAME or not trace.frames or _RAISE not in trace.frames[-1].source:
        return False
    place = trace.frames[-1]
    is_under_test = place.function.partition(".")[0] in tests and "<locals>" not in place.function
    if is_under_test and trace.is_stub:
        return True
    paths = [assignment.template / name for name in assignment.files]
    known = [path.read_text(encoding="utf-8") for path in paths if path.is_file()]
    if not known:  # at home, where the template lies under the student's own work
        return is_under_test
    return any((place.function, place.source) in _raises_of(text) for text in known)


def _raises_of(source: str) -> set[tuple[str, str]]:
    """Collect the lines of a template that raise, each with its function."""
    lines = source.splitlines()
    return {(name, lines[line - 1].strip()) for name, line in _raises(ast.parse(source), "")}


def _raises(node: ast.AST, name: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _raises(child, f"{name}.{child.name}".removeprefix("."))
        elif isinstance(child, ast.Raise):
            yield name, child.lineno
        else:
            yield from _raises(child, name)
