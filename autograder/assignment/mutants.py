"""Mutants: wrong solutions that state which criteria they must lose; and accepted variants, which must lose none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.assignment.criteria import CriterionInfo
from autograder.assignment.model import Assignment
from autograder.assignment.problems import Problem, did_you_mean, raise_problems

__all__ = ["Mutant", "apply_mutant", "check_mutants", "load_accepted", "load_mutants"]

_SLUG = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_FIRST_LINE = re.compile(r"(?P<id>M\d+-\d+[a-z]?)[.:]? +(?P<mistake>\S.*)")
_ACCEPTED_LINE = re.compile(r"(Accepted[.:]? +)?(?P<mistake>\S.*)")
_FORM = 'Begin it with """M01-1 what is wrong, an empty line, `file: layers.py` and `loses: b1_values, b1_safe`.'
ACCEPTED = "Accepted"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong solution: the reference with some definitions replaced.

    Attributes
    ----------
    slug
        Name of its file without ``.py``.
    id
        Its row in the course's table of mistakes, such as ``M01-1``; ``Accepted`` for a variant that is right.
    mistake
        What it does wrong, or differently.
    file
        The declared file that it changes.
    loses
        Criteria that must not get full marks; all others must.
    source
        Definitions that are appended to the reference's file and so replace its own.
    cascades
        Criteria of other exercises that it loses all the same, each with the reason.
    """

    slug: str
    id: str
    mistake: str
    file: str
    loses: tuple[str, ...]
    source: str
    cascades: Mapping[str, str] = field(default_factory=dict)


def load_mutants(assignment: Assignment) -> tuple[Mutant, ...]:
    """Load ``mutants/*.py`` in the order of their names.

    Raises
    ------
    CourseError
        Naming every mutant that is not written as it should be.
    """
    return _load(assignment, assignment.mutants)


def load_accepted(assignment: Assignment) -> tuple[Mutant, ...]:
    """Load ``accepted/*.py``: written as mutants, without an id and with an empty ``loses:``.

    Raises
    ------
    CourseError
        As `load_mutants`.
    """
    return _load(assignment, assignment.accepted)


def _load(assignment: Assignment, folder: Path) -> tuple[Mutant, ...]:
    found = [_parse_mutant(assignment, path) for path in sorted(folder.glob("*.py"))]
    raise_problems(assignment.id, [one for one in found if isinstance(one, Problem)])
    return tuple(one for one in found if isinstance(one, Mutant))


def check_mutants(assignment: Assignment, mutants: Sequence[Mutant], criteria: Sequence[CriterionInfo]) -> None:
    """Check that mutants lose criteria that exist.

    Raises
    ------
    CourseError
        Naming every unknown criterion.
    """
    raise_problems(assignment.id, list(_unknown_losses(assignment, mutants, {one.id for one in criteria})))


def apply_mutant(reference_sources: Mapping[str, str], mutant: Mutant) -> dict[str, str]:
    """Append a mutant's definitions to its file of the reference, where they replace earlier ones."""
    sources = dict(reference_sources)
    sources[mutant.file] = f"{sources[mutant.file].rstrip()}\n\n\n{mutant.source}"
    return sources


def _unknown_losses(assignment: Assignment, mutants: Sequence[Mutant], known: set[str]) -> Iterator[Problem]:
    for mutant in mutants:
        for name in mutant.loses:
            if name not in known:
                remedy = did_you_mean(name, known, "Use the id of a criterion of this assignment.")
                where = assignment.relative(assignment.mutants / f"{mutant.slug}.py")
                yield Problem(where, "loses", f"`{name}` is no criterion", remedy)


def _parse_mutant(assignment: Assignment, path: Path) -> Mutant | Problem:
    where = assignment.relative(path)
    if not _SLUG.fullmatch(path.stem):
        return Problem(where, "", "the file's name is not like m01_01a_dx_not_reshaped.py", "Rename it.")
    source = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(source, path.name)
    except SyntaxError as error:
        return Problem(f"{where}, line {error.lineno}", "", f"not Python: {error.msg}", "Correct the syntax.")
    return _future_import(where, tree) or _described_mutant(assignment, path, source, ast.get_docstring(tree) or "")


def _future_import(where: str, tree: ast.Module) -> Problem | None:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            what = "`from __future__` cannot stand at the end of a file, where mutants are appended"
            return Problem(f"{where}, line {node.lineno}", "", what, "Remove the line.")
    return None


def _described_mutant(assignment: Assignment, path: Path, source: str, docstring: str) -> Mutant | Problem:
    where = assignment.relative(path)
    is_accepted = path.parent == assignment.accepted
    first = (_ACCEPTED_LINE if is_accepted else _FIRST_LINE).match(docstring)
    if first is None:
        return Problem(where, "", "the docstring does not begin with the mutant's id and its mistake", _FORM)
    file, loses = _field(docstring, "file"), _field(docstring, "loses")
    if file not in assignment.files:
        what = f"`{file}` is not a declared file" if file else "the line `file:` is missing or empty"
        return Problem(where, "file", what, did_you_mean(file, assignment.files, _FORM) if file else _FORM)
    criteria = tuple(name.strip() for name in loses.split(",") if name.strip())
    if not criteria and not is_accepted:
        return Problem(where, "loses", "the line `loses:` is missing or empty", _FORM)
    if criteria and is_accepted:
        return Problem(where, "loses", "an accepted variant loses nothing", "Empty the line, or make it a mutant.")
    cascades = _cascades(docstring)
    for name, reason in cascades.items():
        if name not in criteria or not reason:
            what = f"`{name}` is not among what it loses" if reason else f"there is no reason for `{name}`"
            return Problem(where, "cascade", what, "Write `cascade: b7_values: why this mistake costs points there`.")
    mutant_id = ACCEPTED if is_accepted else first["id"]
    return Mutant(path.stem, mutant_id, first["mistake"].rstrip("."), file, criteria, source, cascades)


def _cascades(docstring: str) -> dict[str, str]:
    """``cascade: criterion, criterion: reason``, on one line or several."""
    found: dict[str, str] = {}
    for line in re.findall(r"^cascade:(.*)$", docstring, re.MULTILINE):
        names, _, reason = line.partition(":")
        found |= dict.fromkeys((name.strip() for name in names.split(",")), reason.strip())
    return found


def _field(docstring: str, name: str) -> str:
    found = re.search(rf"^{name}:(.*)$", docstring, re.MULTILINE)
    return found[1].strip() if found else ""
