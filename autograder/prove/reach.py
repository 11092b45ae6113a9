"""The criteria that a mutant can reach.

A criterion that never runs a changed statement repeats the reference's own run.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.course import CriterionInfo, Mutant
from autograder.prove.changes import with_followers
from autograder.prove.lines import Statement, find_lines
from autograder.station import Station

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Reach:
    """The reference's statements that each criterion runs.

    Attributes
    ----------
    sources
        The reference's files.
    lines
        The statements in functions that each criterion runs; None for any.
    """

    criteria: Sequence[CriterionInfo]
    sources: Mapping[str, str]
    lines: Mapping[str, frozenset[Statement] | None]

    def of(self, mutant: Mutant) -> list[str]:
        """Return the criteria that may notice a mutant.

        They are in the rubric's order. The criteria that the mutant names are among them.
        """
        changed = _changed(self.sources[mutant.file], mutant.source)
        if changed is None:
            return [one.id for one in self.criteria]
        wanted = {(mutant.file, line) for name, lines in changed.items() for line in lines}
        running = (one.id for one in self.criteria if self._runs(one, wanted, changed))
        found = with_followers([*mutant.loses, *running], {one.id: one.after for one in self.criteria})
        return [one.id for one in self.criteria if one.id in found]

    def _runs(self, criterion: CriterionInfo, wanted: set[Statement], changed: Mapping[str, object]) -> bool:
        lines = self.lines[criterion.id]
        return lines is None or bool(lines & wanted) or bool(changed.keys() & {*criterion.tests})


def find_reach(station: Station, student: str) -> Reach:
    """Find the statements of the reference that each criterion runs.

    Every criterion runs the reference once more, with notes of its statements.
    """
    return Reach(station.criteria, station.assignment.reference_sources(), find_lines(station, student))


def _changed(reference: str, mutant: str) -> dict[str, set[int]] | None:
    """Return the lines of each definition that a mutant replaces.

    They are the lines in functions. It is None if the mutant may change anything.
    """
    old = ast.parse(reference)
    there = {ast.dump(one) for one in old.body}
    changed: dict[str, set[int]] = {}
    for node in ast.parse(mutant).body:
        if isinstance(node, _Definition):
            changed[node.name] = {line for one in old.body for line in _lines_in(one, node.name)}
            if not _is_told_by_calls(node, changed[node.name], old):
                return None
        elif not (_is_text(node) or _names_the_old(node, old) or ast.dump(node) in there):
            return None
    return changed


def _is_told_by_calls(node: _Definition, replaced: set[int], old: ast.Module) -> bool:
    """Return True if a changed definition shows only in calls."""
    if isinstance(node, ast.ClassDef):
        return all(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) or _is_text(one) for one in node.body)
    return bool(replaced) or _is_new(node.name, old)


def _names_the_old(node: ast.stmt, old: ast.Module) -> bool:
    """Return True if a statement gives an old name a new alias.

    Nothing else in the reference knows the alias. With it, a replacement can call the definition
    that it replaces.
    """
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Name)
        and all(isinstance(one, ast.Name) and _is_new(one.id, old) for one in node.targets)
    )


def _is_new(name: str, old: ast.Module) -> bool:
    """Return True if the reference neither uses nor defines a name."""
    known = {one.id if isinstance(one, ast.Name) else getattr(one, "name", None) for one in ast.walk(old)}
    return name not in known and not hasattr(builtins, name)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _lines_in(node: ast.stmt, name: str) -> Iterator[int]:
    """Yield the lines of a named definition that calls run.

    The statements of a class alone run while it loads.
    """
    if isinstance(node, _Definition) and node.name == name:
        for part in ast.walk(node) if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from range(part.lineno, (part.end_lineno or part.lineno) + 1)
