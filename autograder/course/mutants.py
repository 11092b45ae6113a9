"""Mutants and accepted variants of an assignment.

A mutant is a wrong solution that states which criteria it must lose. A variant must lose none.

Those of an exercise stand in one file, each a definition with a decorator
(`autograder.rubric.mutant`); one that changes much may have a file of its own, whose docstring says
what the decorator would. Nothing of them is run here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.course.criteria import CriterionInfo
from autograder.course.model import Assignment
from autograder.course.names import map_defined_names
from autograder.course.problems import Problem, did_you_mean, raise_problems

__all__ = ["Mutant", "apply_mutant", "check_mutants", "load_accepted", "load_mutants"]

_NAME = re.compile(r"M\d+-\d+[a-z]?")
_SLUG = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_FIRST_LINE = re.compile(r"(?P<id>M\d+-\d+[a-z]?)[.:]? +(?P<mistake>\S.*)")
_ACCEPTED_LINE = re.compile(r"(Accepted[.:]? +)?(?P<mistake>\S.*)")
_FORM = (
    'Decorate each definition with @mutant("M01-1a", loses=["b1_values"]), or begin a file of its '
    "own with"
    ' """M01-1 what is wrong, an empty line, `file: layers.py` and `loses: b1_values, b1_safe`.'
)
_CALL = (
    'Write @mutant("M01-1a", loses=["b1_values"], file="layers.py", cascades={"b7_values": '
    '"why"}), all of it literal.'
)
_ACCEPTED_CALL = 'Write @accepted("by_explicit_loops", file="layers.py"), all of it literal.'
_KEYS = {"mutant": {"loses", "file", "cascades", "nothing_right"}, "accepted": {"file"}}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong solution.

    It is the reference with some definitions replaced.

    Attributes
    ----------
    name
        Its row in the course's table of mistakes, such as ``M01-1a``, or the name of its file
        without ``.py``.
    place
        Where it is written, for messages.
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
    nothing_right
        True if it is no single mistake, but wrong throughout: it has no price.
    """

    name: str
    place: str
    mistake: str
    file: str
    loses: tuple[str, ...]
    source: str
    cascades: Mapping[str, str] = field(default_factory=dict)
    nothing_right: bool = False


def load_mutants(assignment: Assignment) -> tuple[Mutant, ...]:
    """Load ``mutants/*.py`` in the order of their files and places.

    Raises
    ------
    CourseError
        A mutant is malformed. The error names every such mutant.
    """
    return _load(assignment, assignment.mutants)


def load_accepted(assignment: Assignment) -> tuple[Mutant, ...]:
    """Load the accepted variants in ``accepted/*.py``.

    They are written as mutants that lose nothing.

    Raises
    ------
    CourseError
        As `load_mutants`.
    """
    return _load(assignment, assignment.accepted)


def check_mutants(
    assignment: Assignment, mutants: Sequence[Mutant], criteria: Sequence[CriterionInfo]
) -> None:
    """Check that mutants lose criteria that exist.

    Raises
    ------
    CourseError
        A mutant names an unknown criterion. The error names every such criterion.
    """
    raise_problems(assignment.id, list(_unknown_losses(mutants, {one.id for one in criteria})))


def apply_mutant(reference_sources: Mapping[str, str], mutant: Mutant) -> dict[str, str]:
    """Append a mutant's definitions to its file of the reference.

    They replace the earlier definitions there.
    """
    sources = dict(reference_sources)
    sources[mutant.file] = f"{sources[mutant.file].rstrip()}\n\n\n{mutant.source}"
    return sources


def _unknown_losses(mutants: Sequence[Mutant], known: set[str]) -> Iterator[Problem]:
    for mutant in mutants:
        for name in mutant.loses:
            if name not in known:
                remedy = did_you_mean(name, known, "Use the id of a criterion of this assignment.")
                yield Problem(mutant.place, "loses", f"`{name}` is no criterion", remedy)


def _load(assignment: Assignment, folder: Path) -> tuple[Mutant, ...]:
    homes = _Homes(assignment)
    found = [
        one for path in sorted(folder.glob("*.py")) for one in _parse_file(assignment, homes, path)
    ]
    mutants = [one for one in found if isinstance(one, Mutant)]
    problems = [one for one in found if isinstance(one, Problem)]
    raise_problems(assignment.id, [*problems, *_doubles(mutants)])
    return tuple(mutants)


def _doubles(mutants: Sequence[Mutant]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for one in mutants:
        if one.name in first:
            yield Problem(
                one.place,
                "",
                f"`{one.name}` is the name of another one: {first[one.name]}",
                "Rename it.",
            )
        first.setdefault(one.name, one.place)


class _Homes:
    """The reference's files by the names that they define.

    They are read when they are first asked for.
    """

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment

    @cached_property
    def _trees(self) -> dict[str, tuple[set[str], set[str]]]:
        """Return the names and the classes of each file that is Python."""
        found: dict[str, tuple[set[str], set[str]]] = {}
        for file, text in self._assignment.reference_sources().items():
            with suppress(SyntaxError):  # which is told by whoever runs the reference
                classes = {
                    node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)
                }
                found[file] = (set(map_defined_names({file: text})), classes)
        return found

    def of(self, names: Iterable[str]) -> set[str]:
        """Return the files that define any of some names."""
        wanted = set(names)
        return {
            file for file, (defined, _) in self._trees.items() if not wanted.isdisjoint(defined)
        }

    def has_class(self, name: str) -> bool:
        """Return True for a class of the reference."""
        return any(name in classes for _, classes in self._trees.values())


def _parse_file(assignment: Assignment, homes: _Homes, path: Path) -> Iterator[Mutant | Problem]:
    where = assignment.relative(path)
    if not _SLUG.fullmatch(path.stem):
        yield Problem(
            where,
            "",
            "the file's name is not like b1.py or m01_01a_dx_not_reshaped.py",
            "Rename it.",
        )
        return
    source = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(source, path.name)
    except SyntaxError as error:
        yield Problem(
            f"{where}, line {error.lineno}", "", f"not Python: {error.msg}", "Correct the syntax."
        )
        return
    future = _future_import(where, tree)
    if future is not None:
        yield future
    elif any(_mark_of(node) for node in tree.body):
        yield from _Marked(assignment, homes, path, source).parse(tree)
    else:
        yield _described_mutant(assignment, path, source, ast.get_docstring(tree) or "")


def _future_import(where: str, tree: ast.Module) -> Problem | None:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            what = "`from __future__` cannot stand at the end of a file, where mutants are appended"
            return Problem(f"{where}, line {node.lineno}", "", what, "Remove the line.")
    return None


# definitions with a decorator ---------------------------------------------------------------------


def _mark_of(node: ast.stmt) -> ast.Call | None:
    """Find the call of `mutant` or `accepted` that decorates a definition."""
    for one in node.decorator_list if isinstance(node, _DEFINITIONS) else ():
        if isinstance(one, ast.Call) and _called(one) in _KEYS:
            return one
    return None


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


class _Marked:
    """Reads a file of definitions with decorators."""

    def __init__(self, assignment: Assignment, homes: _Homes, path: Path, source: str) -> None:
        self._assignment = assignment
        self._where = assignment.relative(path)
        self._kind = "accepted" if path.parent == assignment.accepted else "mutant"
        self._form = _ACCEPTED_CALL if self._kind == "accepted" else _CALL
        self._lines = source.splitlines(keepends=True)
        self._homes = homes
        self._imports: list[ast.Import | ast.ImportFrom] = []

    def parse(self, tree: ast.Module) -> Iterator[Mutant | Problem]:
        """Yield a mutant or a problem for every definition.

        Any statement but a definition, a docstring or an import is a problem.
        """
        for number, node in enumerate(tree.body):
            mark = _mark_of(node)
            if mark is not None and isinstance(node, _DEFINITIONS):
                yield self._definition(node, mark)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                if getattr(node, "module", "") != "autograder.rubric":
                    self._imports.append(node)
            elif number or not (
                isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            ):
                what = f"this statement belongs to no {self._kind}"
                yield Problem(
                    f"{self._where}, line {node.lineno}",
                    "",
                    what,
                    f"Put it into a class. {self._form}",
                )

    def _definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, mark: ast.Call
    ) -> Mutant | Problem:
        place = f"{self._where}, line {mark.lineno}"
        if _called(mark) != self._kind:
            return Problem(place, "", f"@{_called(mark)} belongs into another folder", self._form)
        try:
            given: dict[str, Any] = {
                key.arg or "**": ast.literal_eval(key.value) for key in mark.keywords
            }
            name = ast.literal_eval(mark.args[0]) if len(mark.args) == 1 else None
        except ValueError:
            return Problem(place, "", f"what @{self._kind} is given is not literal", self._form)
        mistake = (ast.get_docstring(node) or "").partition("\n\n")[0]
        what = self._what_is_wrong(name, given, mistake)
        if what:
            return Problem(place, "", what, self._form)
        source = self._source(node)
        file, what = self._file(source, given.get("file", ""))
        if what:
            remedy = (
                did_you_mean(given["file"], self._assignment.files, self._form)
                if "file" in given
                else self._form
            )
            return Problem(place, "file", what, remedy)
        loses, cascades = tuple(given.get("loses", ())), given.get("cascades") or {}
        problem = _wrong_cascade(place, loses, cascades)
        return problem or Mutant(
            str(name),
            place,
            " ".join(mistake.split()).rstrip("."),
            file,
            loses,
            self._imports_for(source) + source,
            cascades,
            nothing_right=given.get("nothing_right", False),
        )

    def _what_is_wrong(self, name: object, given: Mapping[str, Any], mistake: str) -> str:
        pattern = _SLUG if self._kind == "accepted" else _NAME
        unknown = sorted(given.keys() - _KEYS[self._kind])
        loses, cascades = given.get("loses", []), given.get("cascades") or {}
        if not isinstance(name, str) or not pattern.fullmatch(name):
            what = "its name is not like " + (
                "`by_explicit_loops`" if self._kind == "accepted" else "`M01-1a`"
            )
        elif unknown:
            what = f"unknown key `{unknown[0]}`"
        elif not mistake:
            what = f"the docstring that says what `{name}` does is missing"
        elif not (isinstance(loses, list | tuple) and all(isinstance(one, str) for one in loses)):
            what = "`loses` is no list of criteria"
        elif self._kind == "mutant" and not loses:
            what = "`loses` is missing or empty"
        elif not (
            isinstance(cascades, dict)
            and all(isinstance(one, str) for pair in cascades.items() for one in pair)
        ):
            what = "`cascades` is no table of criteria and reasons"
        elif not isinstance(given.get("nothing_right", False), bool):
            what = "`nothing_right` is neither True nor False"
        else:
            what = ""
        return what

    def _source(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
        """Return the source that a mutant appends.

        It is a definition without its decorator, or the content of a class that only holds it.
        """
        if isinstance(node, ast.ClassDef) and not self._homes.has_class(node.name):
            return self._held_by(node)
        others = [
            self._text(one.lineno, one.end_lineno or 0)
            for one in node.decorator_list
            if one is not _mark_of(node)
        ]
        return "".join(others) + self._text(node.lineno, node.end_lineno or node.lineno)

    def _held_by(self, node: ast.ClassDef) -> str:
        """Return a class's statements as top-level source.

        Its docstring is left out.
        """
        in_texts = {
            line
            for one in ast.walk(node)
            if isinstance(one, ast.Constant | ast.JoinedStr) and one.end_lineno is not None
            for line in range(one.lineno + 1, one.end_lineno + 1)
        }
        margin = " " * node.body[0].col_offset
        numbered = enumerate(self._lines[: node.end_lineno], start=1)
        kept = [
            (number, line) for number, line in numbered if number > (node.body[0].end_lineno or 0)
        ]
        lines = (line if number in in_texts else line.removeprefix(margin) for number, line in kept)
        return "".join(lines).lstrip("\n")

    def _text(self, first: int, last: int) -> str:
        text = "".join(self._lines[first - 1 : last])
        return text if text.endswith("\n") else f"{text}\n"

    def _imports_for(self, source: str) -> str:
        """Return the file's imports whose names a mutant uses."""
        used = {one.id for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Name)}
        needed = [
            node for node in self._imports
            if used & {(one.asname or one.name).partition(".")[0] for one in node.names}
        ]  # fmt: skip
        return "".join(f"{ast.unparse(one)}\n" for one in needed) + ("\n\n" if needed else "")

    def _file(self, source: str, given: object) -> tuple[str, str]:
        """Return the declared file that a mutant changes, or a problem."""
        files = self._assignment.files
        if given:
            return (str(given), "") if given in files else ("", f"`{given}` is not a declared file")
        found = self._homes.of(map_defined_names({"": source}))
        if len(found) == 1 or len(files) == 1:
            return next(iter(found or files)), ""
        return (
            "",
            f"what it defines stands in {'several files' if found else 'no file'} of the reference",
        )


def _wrong_cascade(place: str, loses: Sequence[str], cascades: Mapping[str, str]) -> Problem | None:
    for name, reason in cascades.items():
        if name not in loses or not reason:
            what = (
                f"`{name}` is not among what it loses"
                if reason
                else f"there is no reason for `{name}`"
            )
            return Problem(
                place,
                "cascades",
                what,
                "Name the criterion, and why this mistake costs points there.",
            )
    return None


# files of their own -------------------------------------------------------------------------------


def _described_mutant(
    assignment: Assignment, path: Path, source: str, docstring: str
) -> Mutant | Problem:
    where = assignment.relative(path)
    is_accepted = path.parent == assignment.accepted
    first = (_ACCEPTED_LINE if is_accepted else _FIRST_LINE).match(docstring)
    if first is None:
        return Problem(
            where, "", "the docstring does not begin with the mutant's id and its mistake", _FORM
        )
    file, loses = _field(docstring, "file"), _field(docstring, "loses")
    if file not in assignment.files:
        what = (
            f"`{file}` is not a declared file" if file else "the line `file:` is missing or empty"
        )
        return Problem(
            where, "file", what, did_you_mean(file, assignment.files, _FORM) if file else _FORM
        )
    criteria = tuple(name.strip() for name in loses.split(",") if name.strip())
    if not criteria and not is_accepted:
        return Problem(where, "loses", "the line `loses:` is missing or empty", _FORM)
    if criteria and is_accepted:
        return Problem(
            where,
            "loses",
            "an accepted variant loses nothing",
            "Empty the line, or make it a mutant.",
        )
    cascades = _cascades(docstring)
    problem = _wrong_cascade(where, criteria, cascades)
    return problem or Mutant(
        path.stem, where, first["mistake"].rstrip("."), file, criteria, source, cascades
    )


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
