"""The functions that a mutant changes, and the criteria that reach them.

A criterion that never runs a changed statement repeats the reference's own run.
"""

from __future__ import annotations

import ast
import builtins
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograder.course import CriterionInfo, Mutant
from autograder.station import Station

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def changed_names(mutant: str, reference: Mapping[str, str]) -> set[str]:
    """Return the names that a mutant defines anew.

    It is ``Class.method`` where the mutant changes methods alone.

    Parameters
    ----------
    mutant
        Source of the definitions that are appended to the reference.
    reference
        Source of each file of the reference.
    """
    classes = _classes(tuple(reference.values()))
    found: set[str] = set()
    for node in ast.parse(mutant).body:
        if isinstance(node, ast.ClassDef):
            found |= set(_changed_methods(node, classes.get(node.name)))
        elif isinstance(node, _Function):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(ast.unparse(target).partition("[")[0] for target in targets)
    return found


@lru_cache(maxsize=4)
def _classes(texts: tuple[str, ...]) -> dict[str, ast.ClassDef]:
    trees = [ast.parse(text) for text in texts]
    return {
        node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)
    }


def _changed_methods(new: ast.ClassDef, old: ast.ClassDef | None) -> Iterator[str]:
    """Yield the methods that differ, or the class where anything else does."""
    if old is None:
        yield new.name
        return
    ours, theirs = _parts(new), _parts(old)
    changed = [key for key in (ours | theirs) if ours.get(key) != theirs.get(key)]
    if any(not name for name, _ in changed):
        yield new.name
    else:
        yield from {f"{new.name}.{name}" for name, _ in changed}


def _parts(node: ast.ClassDef) -> dict[tuple[str, str], str]:
    """Map the parts of a class to their code.

    A method is keyed by its name, any other statement by its code.
    """
    found: dict[tuple[str, str], str] = {("", "bases"): ",".join(map(ast.unparse, node.bases))}
    for one in node.body:
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            continue
        code = ast.unparse(_without_docstring(one))
        if isinstance(one, _Function):
            found[one.name, ""] = code
        else:
            found["", code] = "there"
    return found


def _without_docstring(node: ast.stmt) -> ast.stmt:
    if isinstance(node, _Function) and ast.get_docstring(node) is not None:
        told = {**dict(ast.iter_fields(node)), "body": node.body[1:] or [ast.Pass()]}
        return ast.copy_location(type(node)(**told), node)
    return node


def find_given(reference: Mapping[str, str], template: Mapping[str, str]) -> set[str]:
    """Return the functions that template and reference share.

    Methods are ``Class.method``. Docstrings do not count.
    """
    ours, theirs = (dict(_functions(sources)) for sources in (reference, template))
    return {name for name, code in ours.items() if theirs.get(name) == code}


def _functions(sources: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for text in sources.values():
        for node in ast.parse(text).body:
            if isinstance(node, _Function):
                yield node.name, ast.unparse(_without_docstring(node))
            elif isinstance(node, ast.ClassDef):
                methods = ((name, code) for (name, _), code in _parts(node).items() if name)
                yield from ((f"{node.name}.{name}", code) for name, code in methods)


def with_followers(criteria: Iterable[str], after: Mapping[str, Sequence[str]]) -> set[str]:
    """Return criteria and all criteria after them.

    A criterion may come after another directly or through others.
    """
    found = set(criteria)
    while more := {name for name, before in after.items() if found & {*before}} - found:
        found |= more
    return found


def names_in(criterion: CriterionInfo, changed: Iterable[str]) -> bool:
    """Return True if a criterion tests a changed name.

    Names are those of functions, classes and methods.
    """
    return any(_is_same(tested, name) for tested in criterion.tests for name in changed)


def _is_same(tested: str, changed: str) -> bool:
    return (
        tested == changed
        or tested == changed.partition(".")[0]
        or changed == tested.partition(".")[0]
    )


def find_under_test(
    changed: set[str], users: Mapping[str, set[str]], criteria: Iterable[CriterionInfo]
) -> set[str]:
    """Return the functions under test that a change is in.

    Of a function that no criterion tests, those that use it count as changed. A method that no
    criterion names stands for its class.
    """
    tests = {name for one in criteria for name in one.tests}
    classes = {name.partition(".")[0] for name in tests}
    found = {name for name in changed if name in tests or name.partition(".")[0] in tests}
    found |= {name for name in changed if "." not in name and name in classes}
    if found:
        return found
    seen, waiting = set[str](), {name.partition(".")[0] for name in changed}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        if name in classes:
            found.add(name)
        else:
            waiting |= users.get(name, set()) - seen
    return found


def map_users(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Map each name to its users in the reference.

    Users are functions and classes.
    """
    users: dict[str, set[str]] = {}
    for text in sources.values():
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for used in ast.walk(node):
                    if isinstance(used, ast.Name) and used.id != node.name:
                        users.setdefault(used.id, set()).add(node.name)
    return users


Statement = tuple[str, int]  # file, and the line in which it begins
_NOTE = "_note_statement"
_RECORDER = f"""
def {_NOTE}(line, seen=set()):
    if line not in seen:
        seen.add(line)
        import os
        file = os.open({{path!r}}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, ({{name!r}} + " %d\\n" % line).encode())
        os.close(file)
"""


def find_lines(station: Station, student: str) -> dict[str, frozenset[Statement] | None]:
    """The statements in functions and classes that each criterion runs.

    None for a criterion that the annotated reference loses, since it counts lines or reads its own
    source: it may run anything.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-lines-") as folder:
        return {
            one.id: _lines_of(station, student, one.id, Path(folder, one.id))
            for one in station.criteria
        }


def _lines_of(
    station: Station, student: str, criterion: str, path: Path
) -> frozenset[Statement] | None:
    sources = annotate(station.assignment.reference_sources(), path)
    request = station.alone(station.reference_request(student, sources), [criterion])
    record = station.examine(request)[criterion]
    return frozenset(_parse(path)) if record.has_full_marks else None


def _parse(path: Path) -> Iterator[Statement]:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for line in text.splitlines():
        file, _, number = line.rpartition(" ")
        yield file, int(number)


def annotate(sources: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return the sources with a note before every statement.

    The notes are kept in a file, since a candidate may end at any moment.
    """
    return {name: _annotate(name, text, path) for name, text in sources.items()}


def _annotate(name: str, text: str, path: Path) -> str:
    tree = _Annotator().visit(ast.parse(text))
    recorder = ast.parse(_RECORDER.format(path=str(path), name=name)).body
    head = _head(tree.body)
    tree.body = [*tree.body[:head], *recorder, *tree.body[head:]]
    return ast.unparse(ast.fix_missing_locations(tree))


def _head(body: Sequence[ast.stmt]) -> int:
    """Return the number of statements that must stay first.

    These are the docstring, and imports from the future.
    """
    for number, node in enumerate(body):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not (is_text or (isinstance(node, ast.ImportFrom) and node.module == "__future__")):
            return number
    return len(body)


class _Annotator(ast.NodeTransformer):
    """Puts a note before each statement of functions and classes.

    One more note tells that a function is entered.
    """

    def __init__(self) -> None:
        self._depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Note the statements of a function.

        Its first note says that it was called.
        """
        return self._enter(node, is_called=True)

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment] # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Note the statements of a class.

        They run when it is made.
        """
        return self._enter(node, is_called=False)

    def _enter(self, node: ast.FunctionDef | ast.ClassDef, *, is_called: bool) -> ast.AST:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1
        head = _head(node.body) if ast.get_docstring(node, clean=False) is not None else 0
        called = [_note(node.lineno)] if is_called else []
        node.body = [*node.body[:head], *called, *_noted(node.body[head:])]
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Note the blocks of any other node.

        The node must stand in a function or a class.
        """
        super().generic_visit(node)
        if self._depth and not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and block:
                    setattr(node, name, _noted(block))
        return node


def _noted(block: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the statements with their notes.

    A definition notes itself when it is called.
    """
    noted: list[ast.stmt] = []
    for statement in block:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            noted.append(_note(statement.lineno))
        noted.append(statement)
    return noted


def _note(line: int) -> ast.stmt:
    return ast.Expr(ast.Call(ast.Name(_NOTE, ast.Load()), [ast.Constant(line)], []))


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
        found = with_followers(
            [*mutant.loses, *running], {one.id: one.after for one in self.criteria}
        )
        return [one.id for one in self.criteria if one.id in found]

    def _runs(
        self, criterion: CriterionInfo, wanted: set[Statement], changed: Mapping[str, object]
    ) -> bool:
        lines = self.lines[criterion.id]
        return lines is None or bool(lines & wanted) or bool(changed.keys() & {*criterion.tests})


def find_reach(station: Station, student: str) -> Reach:
    """Find the statements of the reference that each criterion runs.

    Every criterion runs the reference once more, with notes of its statements.
    """
    return Reach(
        station.criteria, station.assignment.reference_sources(), find_lines(station, student)
    )


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
        return all(
            isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) or _is_text(one)
            for one in node.body
        )
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
    known = {
        one.id if isinstance(one, ast.Name) else getattr(one, "name", None) for one in ast.walk(old)
    }
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
