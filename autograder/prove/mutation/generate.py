"""Generates mutants of a file.

Every operator is applied at every place in functions and classes, and nowhere else.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import libcst as cst
from libcst.metadata import (
    ByteSpanPositionProvider,
    ExpressionContext,
    ExpressionContextProvider,
    MetadataWrapper,
    PositionProvider,
)

from autograder.inside.reading.source_files import compile_whole
from autograder.prove.mutants import Mutation
from autograder.prove.mutation.operators import OPERATORS
from autograder.prove.mutation.statements import (
    drop_statement,
    find_locals,
    find_swaps,
    force_branch,
    neighbour,
    replace_assignment,
    work_in_place,
)

_UNTOUCHED = (
    cst.Annotation,
    cst.Decorator,
    cst.Raise,
    cst.Assert,
    cst.Import,
    cst.ImportFrom,
    cst.FormattedString,
)
_STATEMENTS = (
    ("statement dropped", drop_statement),
    ("in place", work_in_place),
    ("overwritten", replace_assignment),
)
_SHAPE_WORDS = ("axis", "keepdims")  # their operators know what else can stand there


@dataclass(frozen=True, slots=True)
class Edit:
    """Text in place of other text.

    Attributes
    ----------
    start, end
        In the file, encoded as UTF-8.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """A mutation before it is applied."""

    function: str
    operator: str
    lines: tuple[int, ...]
    edits: tuple[Edit, ...]


@dataclass(slots=True)
class Generated:
    """The mutants of an assignment.

    Attributes
    ----------
    duplicates, unchanged
        How many were dropped, since others compile to the same code, or they to the reference's.
    """

    mutations: list[Mutation] = field(default_factory=list)
    duplicates: int = 0
    unchanged: int = 0


def generate(sources: Mapping[str, str]) -> Generated:
    """Return every distinct mutant of the declared files.

    A mutant differs from the files and from every other mutant once it is compiled.
    """
    found = Generated()
    for file, source in sources.items():
        _generate_file(file, source, found)
    return found


def _generate_file(file: str, source: str, found: Generated) -> None:
    own = code_digest(compile_whole(source, file))
    seen = {own}
    keys: Counter[str] = Counter()
    statements = _statement_texts(source)
    for draft in find_drafts(source):
        changed = _apply(source, draft.edits)
        try:
            code = compile_whole(changed, file)
        except SyntaxError:
            continue
        print_ = code_digest(code)
        if print_ in seen:
            found.unchanged += print_ == own
            found.duplicates += print_ != own
            continue
        seen.add(print_)
        before, after = _pieces(source, draft.edits)
        key = _key(file, draft, statements.get(draft.lines[0], ""), before, after)
        keys[key] += 1
        number = f".{keys[key]}" if keys[key] > 1 else ""
        found.mutations.append(
            Mutation(
                key=key + number,
                file=file,
                function=draft.function,
                line=draft.lines[0],
                lines=draft.lines,
                operator=draft.operator,
                before=before,
                after=after,
                source=changed,
            )
        )


def _apply(source: str, edits: Iterable[Edit]) -> str:
    data = source.encode()
    for edit in sorted(edits, key=lambda one: -one.start):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    return data.decode()


def _pieces(source: str, edits: tuple[Edit, ...]) -> tuple[str, str]:
    """Return the old and the new text of the changed places."""
    data = source.encode()
    before = " / ".join(data[edit.start : edit.end].decode() for edit in edits)
    return before, " / ".join(edit.text for edit in edits)


def _key(file: str, draft: _Draft, statement: str, before: str, after: str) -> str:
    """A name that survives when lines move and are formatted anew."""
    account = hashlib.sha256()
    for part in (draft.operator, statement, before, after):
        account.update("".join(part.split()).encode() + b"\0")
    return f"{file}:{draft.function}:{draft.operator.replace(' ', '_')}:{account.hexdigest()[:8]}"


def _statement_texts(source: str) -> dict[int, str]:
    """Return the statement that begins in each line.

    It has no comments. Of a compound statement, it is the head.
    """
    texts: dict[int, str] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            texts.setdefault(node.lineno, ast.unparse(node).partition("\n")[0])
    return texts


def code_digest(code: CodeType) -> str:
    """Return a digest of a file's compiled code.

    Places in its source do not count.
    """
    account = hashlib.sha256()
    _account(code, account.update)
    return account.hexdigest()


def _account(code: CodeType, update: object) -> None:
    assert callable(update)
    shape = (
        code.co_name,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags,
    )
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    update(repr((shape, names, code.co_code, code.co_exceptiontable)).encode())
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _account(constant, update)
        else:
            update(f"{type(constant).__name__} {constant!r};".encode())


def find_drafts(source: str) -> list[_Draft]:
    """Everything that the operators make of a file."""
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    walk = _Walk(
        *map(
            wrapper.resolve, (ByteSpanPositionProvider, PositionProvider, ExpressionContextProvider)
        )
    )
    wrapper.module.visit(walk)
    return walk.drafts


class _Walk(cst.CSTVisitor):
    """Visits a file and keeps its possible changes."""

    def __init__(
        self, spans: Mapping[Any, Any], positions: Mapping[Any, Any], contexts: Mapping[Any, Any]
    ) -> None:
        super().__init__()
        self.drafts: list[_Draft] = []
        self._spans = spans
        self._positions = positions
        self._contexts = contexts
        self._printer = cst.Module([])
        self._scopes: list[str] = []
        self._locals: list[list[str]] = []
        self._lines: list[int] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Try every operator on a node."""
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._scopes.append(node.name.value)
            self._locals.append(find_locals(node) if isinstance(node, cst.FunctionDef) else [])
        if _is_statement(node):
            self._lines.append(self._positions[node].start.line)
        if isinstance(node, _UNTOUCHED) or _is_docstring(node):
            return False
        if self._scopes:
            self._try(node)
        return not (
            isinstance(node, cst.Arg)
            and node.keyword is not None
            and node.keyword.value in _SHAPE_WORDS
        )

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Leave a scope or a statement."""
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._scopes.pop()
            self._locals.pop()
        if _is_statement(original_node):
            self._lines.pop()

    def _try(self, node: cst.CSTNode) -> None:
        for operator in OPERATORS:
            for other in operator.find(node):
                self._add(operator.name, (self._edit(node, self._print(other)),))
        if isinstance(node, cst.SimpleStatementLine | cst.IndentedBlock):
            self._try_statements(node)
        elif isinstance(node, cst.If | cst.While):
            for text in force_branch(node):
                self._add("condition", (self._edit(node.test, text),))
        elif isinstance(node, cst.Name) and self._contexts.get(node) is ExpressionContext.LOAD:
            variable = neighbour(node.value, self._locals[-1])
            if variable is not None:
                self._add("another variable", (self._edit(node, variable),))

    def _try_statements(self, node: cst.SimpleStatementLine | cst.IndentedBlock) -> None:
        if isinstance(node, cst.IndentedBlock):
            for pair in find_swaps(node):
                edits = tuple(
                    self._edit(one, self._text(other)) for one, other in (pair, pair[::-1])
                )
                self._add(
                    "swapped statements",
                    edits,
                    tuple(self._positions[one].start.line for one in pair),
                )
            return
        for name, change in _STATEMENTS:
            for text in change(node, self._print):
                self._add(name, (self._edit(node, text),))

    def _add(self, operator: str, edits: tuple[Edit, ...], lines: tuple[int, ...] = ()) -> None:
        self.drafts.append(
            _Draft(".".join(self._scopes), operator, lines or (self._lines[-1],), edits)
        )

    def _edit(self, node: cst.CSTNode, text: str) -> Edit:
        span = self._spans[node]
        return Edit(span.start, span.start + span.length, text)

    def _print(self, node: cst.CSTNode) -> str:
        return self._printer.code_for_node(node)

    def _text(self, node: cst.SimpleStatementLine) -> str:
        return "; ".join(
            self._print(part.with_changes(semicolon=cst.MaybeSentinel.DEFAULT))
            for part in node.body
        )


def _is_statement(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement)


def _is_docstring(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.SimpleStatementLine)
        and isinstance(node.body[0], cst.Expr)
        and isinstance(node.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )
