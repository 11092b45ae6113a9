"""Facts about sources.

Rules, the comparison with the template, and staff ask for them. Nothing is executed.

Every walk is iterative, so that only Python's own parser can run out of stack, and linear, but for
functions inside functions: what an inner one names counts for the outer ones too.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar

from autograder.inside.reading.refusal import Refusal
from autograder.inside.reading.suspicion import find_suspicion, is_like_an_answer
from autograder.inside.reading.syntax.binder import (
    ANNOTATION,
    Binder,
    Parts,
    attribute_by_name,
    chain_of,
    module_by_name,
)
from autograder.inside.reading.syntax.newer_syntax import explain_syntax_error
from autograder.inside.reading.syntax.scopes import Chain, Scopes
from autograder.inside.reading.syntax.trees import (
    DEFINITIONS,
    MAX_NAME_CHARS,
    MAX_SHAPES,
    children,
    digest_definitions,
    dotted,
    is_main_test,
    is_text_statement,
    statement_shapes,
)

#: What is found out about something, as plain data.
Facts = dict[str, Any]
MAX_TOKENS = 300_000
MAX_DEFINITIONS = 5_000
MAX_NAMES = 300_000
MAX_REMARKS = 500
MAX_STATEMENTS = 1_000  # at the top level that are told one by one
MAX_USE_CHARS = 4_000_000
MAX_ROWS = 10_000
MAX_LINES = 1_000  # of a definition: a place among more of them says too much of what the code met
LARGE_TEXT_CHARS = 2_000
LARGE_NUMBER_BITS = 1_000
LARGE_DISPLAY_ITEMS = 500

_TOKEN = re.compile(r"\w+|([^\w\s])\1*")
_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# stand in no branch and no loop
_PLAIN = (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class _Mention:
    """An expression that mentions a thing."""

    chain: Chain
    word: str
    line: int
    cell: int
    piece: int
    is_load: bool


@dataclass
class _Piece:
    """The contents of one function, class, statement or module.

    Inner functions are added at the end.
    """

    qualname: str
    node: ast.AST
    parent: int | None
    line: int
    cell: int
    class_scope: int | None = None
    names: set[str] = field(default_factory=set)
    # the first line by thing and word
    uses: dict[tuple[str, str], int] = field(default_factory=dict)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    loops: int = 0
    comprehensions: int = 0
    answers: int = 0

    def absorb(self, inner: _Piece) -> None:
        """Add the contents of an inner piece, except its uses.

        Uses are reported of each piece alone.
        """
        self.names |= inner.names
        self.lines |= inner.lines
        self.loops += inner.loops
        self.comprehensions += inner.comprehensions


def parse_python(source: str, name: str) -> ast.Module:
    """Parse a source.

    Raises
    ------
    SyntaxError
        The source is no Python.
    Refusal
        The source is too deeply nested or too long for the parser.
    """
    _require_simple(source, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source, name)
    except (MemoryError, RecursionError, OverflowError) as error:
        raise Refusal(f"{name}: the source is too complex to read") from error
    except SyntaxError:
        raise
    except ValueError as error:
        raise SyntaxError(str(error)) from error


def _require_simple(source: str, name: str) -> None:
    """Refuse a source that would become a giant tree.

    A node takes about a kilobyte, so the tree could take hundreds of megabytes.
    """
    if len(source) > MAX_TOKENS and sum(1 for _ in _TOKEN.finditer(source)) > MAX_TOKENS:
        raise Refusal(f"{name}: the source is too complex to read")


def file_facts(cells: Sequence[str], name: str, *, is_notebook: bool = False) -> Facts:
    """Collect facts about a source or a notebook's cells.

    Returns
    -------
    dict
        Wire value: ``definitions``, ``module`` (top-level code: the cells, and each statement that
        binds names), ``imports``, ``flags``, ``literals``, ``shapes``, ``errors`` (line and message
        of each syntax error), ``members`` (attributes that the file itself gives to something),
        ``exports`` (imported things by the names that other files can import from here) and
        ``stars`` (modules of which everything is imported).

    Raises
    ------
    Refusal
        The source is too complex, or defines or names too much.
    """
    _require_simple("\n".join(cells), name)
    survey = _Survey(name)
    for number, source in enumerate(cells, start=1):
        cell = number if is_notebook else 0
        try:
            survey.add(parse_python(source, name), cell)
        except SyntaxError as error:
            message = explain_syntax_error(str(error.msg)[:200], source)
            survey.errors.append({"line": error.lineno or 0, "cell": cell, "message": message})
    try:
        return survey.facts()
    except (MemoryError, RecursionError) as error:
        raise Refusal(f"{name}: the source is too complex to read") from error


class _Survey:
    """Walks the trees of one file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._cell = 0
        self.imports: list[Facts] = []
        self.literals: list[Facts] = []
        self.errors: list[Facts] = []
        self.shapes: set[int] = set()
        self._scopes = Scopes()
        self._binder = Binder(self._scopes)
        self._mentions: list[_Mention] = []
        self._pieces: list[_Piece] = []
        self._statements = 0

    # walking --------------------------------------------------------------------------------------

    def add(self, tree: ast.Module, cell: int) -> None:
        """Walk one tree, top down and in the order of the source."""
        self.shapes |= statement_shapes(tree)
        self._cell = cell
        module = self._open("", tree, None)
        for statement in (
            tree.body[1:] if tree.body and is_text_statement(tree.body[0]) else tree.body
        ):
            self._binder.is_plain = isinstance(statement, _PLAIN)
            if isinstance(statement, (*DEFINITIONS, ast.Import, ast.ImportFrom)) or (
                isinstance(statement, ast.If) and is_main_test(statement.test)
            ):
                self._walk(statement, module)
            else:
                self._add_statement(statement, module)

    def _add_statement(self, statement: ast.stmt, module: int) -> None:
        """Walk a statement that may bind names that functions use."""
        piece = module
        if self._statements < MAX_STATEMENTS:
            self._statements += 1
            piece = self._open("", statement, None)
        self._binder.bound.clear()
        self._binder.changed.clear()
        self._walk(statement, piece)
        self._pieces[piece].binds |= self._binder.bound
        self._pieces[piece].changes |= self._binder.changed

    def _walk(self, statement: ast.stmt, piece: int) -> None:
        waiting: list[tuple[ast.AST, int, int]] = [(statement, 0, piece)]
        while waiting:
            node, scope, piece = waiting.pop()
            if isinstance(node, DEFINITIONS):
                piece = self._open(self._qualname(node, piece), node, piece)
            waiting += [
                (part, its_scope, piece)
                for part, its_scope in reversed(self._look(node, scope, piece))
            ]

    def _open(self, qualname: str, node: ast.AST, parent: int | None) -> int:
        self._pieces.append(_Piece(qualname, node, parent, getattr(node, "lineno", 0), self._cell))
        return len(self._pieces) - 1

    def _qualname(self, node: Definition, piece: int) -> str:
        outer = self._pieces[piece]
        name = node.name[:MAX_NAME_CHARS]
        if not outer.qualname:
            return name
        separator = "." if isinstance(outer.node, ast.ClassDef) else ".<locals>."
        return f"{outer.qualname}{separator}{name}"[-10 * MAX_NAME_CHARS :]

    def _look(self, node: ast.AST, scope: int, piece: int) -> Parts:
        """Take note of one node, and return its inner nodes.

        The walk goes on with them.
        """
        here = self._pieces[piece]
        line = getattr(node, "lineno", None)
        if line is not None:
            here.lines.add(line)
        here.loops += isinstance(node, _LOOPS)
        here.comprehensions += isinstance(node, _COMPREHENSIONS)
        here.answers += is_like_an_answer(node)
        root: ast.expr | None = None
        word = ""
        if isinstance(node, ast.Attribute | ast.Name):
            word, root, names = dotted(node)
            here.names.update(names)
        if scope == ANNOTATION:
            return [(child, ANNOTATION) for child in children(node)]
        look = self._looks.get(type(node))
        if look is not None:
            look(self, node, scope, piece)
        elif isinstance(node, ast.Attribute | ast.Name):
            self._mention(node, word, scope, piece)
        parts = self._binder.enter(node, scope, here.qualname)
        if isinstance(node, ast.ClassDef):
            here.class_scope = next((inner for part, inner in parts if part is node.body[0]), None)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            return [] if root is None else [(root, scope)]
        if isinstance(node, DEFINITIONS) and is_text_statement(node.body[0]):
            return [entry for entry in parts if entry[0] is not node.body[0]]
        return parts

    def _mention(self, node: ast.Attribute | ast.Name, word: str, scope: int, piece: int) -> None:
        is_load = isinstance(node.ctx, ast.Load)
        if is_load or isinstance(node, ast.Attribute):
            line = node.end_lineno or node.lineno
            self._mentions.append(
                _Mention(chain_of(node, scope), word, line, self._cell, piece, is_load)
            )

    def _call(self, node: ast.Call, scope: int, piece: int) -> None:
        module, attribute = module_by_name(node), attribute_by_name(node)
        if module:
            self._add_import(module, (), node.lineno, piece)
        if attribute is not None:  # `getattr(np, "vectorize")` is `np.vectorize`
            owner = node.args[0]
            text = dotted(owner)[0] if isinstance(owner, ast.Attribute | ast.Name) else ""
            word = f"{text}.{attribute}"
            self._pieces[piece].names.add(attribute)
            self._mentions.append(
                _Mention(chain_of(node, scope), word, node.lineno, self._cell, piece, is_load=True)
            )

    def _import(self, node: ast.Import | ast.ImportFrom, _scope: int, piece: int) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._add_import(alias.name, (), node.lineno, piece)
        else:
            module = "." * node.level + (node.module or "")
            self._add_import(module, [alias.name for alias in node.names], node.lineno, piece)

    def _add_import(self, module: str, names: Sequence[str], line: int, piece: int) -> None:
        if len(self.imports) < MAX_REMARKS:
            short = [name[:MAX_NAME_CHARS] for name in names[:MAX_REMARKS]]
            row = {
                "module": module[:MAX_NAME_CHARS],
                "names": short,
                "line": line,
                "cell": self._cell,
            }
            self.imports.append({**row, "function": self._pieces[piece].qualname})

    # large things ---------------------------------------------------------------------------------

    def _literal(self, node: ast.Constant, _scope: int, _piece: int) -> None:
        value = node.value
        if isinstance(value, str | bytes) and len(value) > LARGE_TEXT_CHARS:
            self._add_literal(
                "text" if isinstance(value, str) else "bytes", len(value), node.lineno
            )
        elif isinstance(value, int) and value.bit_length() > LARGE_NUMBER_BITS:
            self._add_literal("number", value.bit_length(), node.lineno)

    def _display(
        self, node: ast.List | ast.Tuple | ast.Set | ast.Dict, _scope: int, _piece: int
    ) -> None:
        size = len(node.values) if isinstance(node, ast.Dict) else len(node.elts)
        if size > LARGE_DISPLAY_ITEMS:
            self._add_literal("container", size, node.lineno)

    def _add_literal(self, kind: str, size: int, line: int) -> None:
        if len(self.literals) < MAX_REMARKS:
            self.literals.append({"kind": kind, "size": size, "line": line, "cell": self._cell})

    _looks: ClassVar[Mapping[type[ast.AST], Callable[..., None]]] = {
        ast.Import: _import,
        ast.ImportFrom: _import,
        ast.Call: _call,
        ast.Constant: _literal,
        **dict.fromkeys((ast.List, ast.Tuple, ast.Set, ast.Dict), _display),
    }

    # the answer -----------------------------------------------------------------------------------

    def facts(self) -> Facts:
        """Everything that was found, as a wire value."""
        if len(self._pieces) - self._statements > MAX_DEFINITIONS:
            raise Refusal(
                f"{self._name} defines more than {MAX_DEFINITIONS:,} functions and classes"
            )
        flags = list(self._settle())[:MAX_REMARKS]
        digested: list[ast.AST] = [
            piece.node
            for piece in self._pieces
            if isinstance(piece.node, (*DEFINITIONS, ast.Module))
        ]
        digests: dict[ast.AST, str] = dict(zip(digested, digest_definitions(digested), strict=True))
        self._absorb()
        exports = dict(islice(self._scopes.imported().items(), MAX_ROWS))
        for piece in self._pieces:
            piece.binds |= piece.changes - exports.keys()  # `np.random.seed(0)` makes no other `np`
        rows = [
            self._row(number, digests.get(piece.node, ""))
            for number, piece in enumerate(self._pieces)
        ]
        return {
            "definitions": [row for row in rows if row["qualname"]],
            "module": [row for row in rows if not row["qualname"]],
            "imports": self.imports,
            "flags": flags,
            "literals": self.literals,
            "shapes": sorted(self.shapes)[:MAX_SHAPES],
            "errors": self.errors[:MAX_REMARKS],
            "members": sorted(self._scopes.members)[:MAX_ROWS],
            "exports": exports,
            "stars": [*self._scopes.stars],
        }

    def _settle(self) -> Iterator[Facts]:
        """Look up all names, and yield the suspicious places.

        All names are known by now. Staff should look at these places.
        """
        known: dict[Chain, list[str]] = {}
        chars = 0
        for mention in self._mentions:
            if mention.chain not in known:
                known[mention.chain] = self._scopes.things(mention.chain)
            things = known[mention.chain]
            if not mention.is_load:
                things = [thing for thing in things if thing[0] not in "@?"]
            uses = self._pieces[mention.piece].uses
            for thing in things:
                if (thing, mention.word) not in uses:
                    uses[thing, mention.word] = mention.line
                    chars += len(thing) + len(mention.word)
            if chars > MAX_USE_CHARS:
                raise Refusal(f"{self._name}: the source is too complex to read")
            flag = find_suspicion(things, mention.word)
            if flag:
                function = self._pieces[mention.piece].qualname
                yield {**flag, "line": mention.line, "cell": mention.cell, "function": function}

    def _absorb(self) -> None:
        """Add the names of inner pieces to functions and classes.

        A module runs its top-level code alone, and gets no names of theirs.
        """
        total = sum(len(piece.names) + len(piece.uses) for piece in self._pieces)
        for piece in reversed(self._pieces):
            outer = None if piece.parent is None else self._pieces[piece.parent]
            if outer is not None and isinstance(outer.node, DEFINITIONS):
                total -= len(outer.names)
                outer.absorb(piece)
                total += len(outer.names)
            if total > MAX_NAMES:
                raise Refusal(f"{self._name}: the source is too complex to read")

    def _code_lines(self, piece: _Piece) -> list[int]:
        """List the code lines of a top-level function or class.

        A very long one has none.
        """
        is_listed = isinstance(piece.node, DEFINITIONS) and "." not in piece.qualname
        return sorted(piece.lines) if is_listed and len(piece.lines) <= MAX_LINES else []

    def _row(self, number: int, digest: str) -> Facts:
        piece = self._pieces[number]
        outer = None if piece.parent is None else self._pieces[piece.parent]
        is_class = isinstance(piece.node, ast.ClassDef)
        return {
            "number": number,
            "parent": piece.parent if outer is not None and outer.qualname else None,
            "qualname": piece.qualname,
            "is_class": is_class,
            "is_foreign": piece.class_scope is not None
            and self._scopes.has_foreign_base(piece.class_scope),
            "line": piece.line,
            "cell": piece.cell,
            "digest": digest,
            "names": sorted(piece.names),
            "uses": [[thing, word, line] for (thing, word), line in piece.uses.items()],
            "binds": sorted(piece.binds),
            "loops": piece.loops,
            "comprehensions": piece.comprehensions,
            "answers": piece.answers,
            "lines": self._code_lines(piece),
        }


def collect_facts(files: Mapping[str, str | Sequence[str]]) -> Facts:
    """Collect facts about several files, by name.

    They are the data of `autograder.course.facts.SourceFacts`.

    Raises
    ------
    Refusal
        A source is too complex, as in `file_facts`.
    """
    return {
        name: file_facts([content], name)
        if isinstance(content, str)
        else file_facts(content, name, is_notebook=True)
        for name, content in files.items()
    }
