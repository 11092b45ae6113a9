"""The statements of the reference that each criterion runs.

The reference itself tells them, with a note in every statement.
"""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograder.station import Station

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
        return {one.id: _lines_of(station, student, one.id, Path(folder, one.id)) for one in station.criteria}


def _lines_of(station: Station, student: str, criterion: str, path: Path) -> frozenset[Statement] | None:
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
        if self._depth and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
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
