"""Facts about sources that rules, comparison with the template, and staff ask for. Nothing is executed.

Every walk is iterative, so that only Python's own parser can run out of stack, and linear, but for functions inside
functions: what an inner one uses counts for the outer ones too.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from autograder.inside.digests import digest_definitions
from autograder.inside.newer_syntax import explain_syntax_error
from autograder.inside.refusal import Refusal
from autograder.inside.shapes import MAX_SHAPES, statement_shapes
from autograder.inside.suspicion import find_suspicion, is_c_iteration
from autograder.inside.trees import DEFINITIONS, MAX_CHAIN, MAX_NAME_CHARS, children, dotted, is_text

MAX_TOKENS = 300_000
MAX_DEFINITIONS = 5_000
MAX_NAMES = 300_000
MAX_REMARKS = 500
MAX_ALIASES = 4
MAX_LINES = 1_000  # of a definition: a place among more of them says too much of what the code met
LARGE_TEXT_CHARS = 2_000
LARGE_NUMBER_BITS = 1_000
LARGE_DISPLAY_ITEMS = 500

_TOKEN = re.compile(r"\w+|([^\w\s])\1*")
_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class _Scope:
    """What one function, class or module uses; inner functions are added at the end."""

    qualname: str
    node: ast.AST
    parent: int | None
    names: set[str] = field(default_factory=set)
    dotted: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    loops: int = 0
    comprehensions: int = 0

    @property
    def size(self) -> int:
        """How many names there are."""
        return len(self.names) + len(self.dotted) + len(self.calls)

    def absorb(self, inner: _Scope) -> None:
        """Add what an inner scope uses."""
        self.names |= inner.names
        self.dotted |= inner.dotted
        self.calls |= inner.calls
        self.lines |= inner.lines
        self.loops += inner.loops
        self.comprehensions += inner.comprehensions


def parse_python(source: str, name: str) -> ast.Module:
    """Parse a source.

    Raises
    ------
    SyntaxError
        If it is no Python.
    Refusal
        If it is too deeply nested or too long for the parser.
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
    """Refuse what would become a tree of hundreds of megabytes: a node takes about a kilobyte."""
    if len(source) > MAX_TOKENS and sum(1 for _ in _TOKEN.finditer(source)) > MAX_TOKENS:
        raise Refusal(f"{name}: the source is too complex to read")


def file_facts(cells: Sequence[str], name: str, *, is_notebook: bool = False) -> dict[str, Any]:
    """Facts about one file: a source, or the cells of a notebook.

    Returns
    -------
    dict
        Wire value: ``definitions``, ``module`` (what top-level code uses), ``imports``, ``flags``, ``literals``, ``shapes``,
        and ``errors`` (line and message of each syntax error).

    Raises
    ------
    Refusal
        If the source is too complex, or defines or names too much.
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
        self.imports: list[dict[str, Any]] = []
        self.literals: list[dict[str, Any]] = []
        self.errors: list[dict[str, Any]] = []
        self.shapes: set[int] = set()
        self._aliases: dict[str, set[str]] = {}
        self._uses: list[tuple[str, int, int, int]] = []  # dotted as written, line, cell, scope
        self._scopes: list[_Scope] = []
        self._places: list[tuple[int, int]] = []  # line and cell of each scope

    # walking ------------------------------------------------------------------------------------------------

    def add(self, tree: ast.Module, cell: int) -> None:
        """Walk one tree, top down and in the order of the source."""
        self.shapes |= statement_shapes(tree)
        waiting: list[tuple[ast.AST, int]] = [(tree, self._open("", tree, None, (0, cell)))]
        self._cell = cell
        while waiting:
            node, scope = waiting.pop()
            if isinstance(node, DEFINITIONS):
                scope = self._open(self._qualname(node, scope), node, scope, (node.lineno, cell))
            waiting += [(child, scope) for child in reversed(self._look(node, scope))]

    def _open(self, qualname: str, node: ast.AST, parent: int | None, place: tuple[int, int]) -> int:
        self._scopes.append(_Scope(qualname, node, parent))
        self._places.append(place)
        return len(self._scopes) - 1

    def _qualname(self, node: Definition, scope: int) -> str:
        outer = self._scopes[scope]
        name = node.name[:MAX_NAME_CHARS]
        if not outer.qualname:
            return name
        separator = "." if isinstance(outer.node, ast.ClassDef) else ".<locals>."
        return f"{outer.qualname}{separator}{name}"[-10 * MAX_NAME_CHARS :]

    def _look(self, node: ast.AST, scope: int) -> list[ast.AST]:
        """Take note of one node; the nodes to go on with."""
        kind = type(node)
        line = getattr(node, "lineno", None)
        if line is not None:
            self._scopes[scope].lines.add(line)
        look = self._looks.get(kind)
        if look is not None:
            rest = look(self, node, scope)
            if rest is not None:
                return rest
        elif kind in _COUNTED:
            self._count(node, scope)
        inner = children(node)
        if kind in _WITH_DOCSTRING and node.body and is_text(node.body[0]):  # type: ignore[attr-defined]
            inner.remove(node.body[0])  # type: ignore[attr-defined]
        return inner

    def _count(self, node: ast.AST, scope: int) -> None:
        here = self._scopes[scope]
        here.loops += isinstance(node, _LOOPS)
        here.comprehensions += isinstance(node, _COMPREHENSIONS)

    def _chain(self, node: ast.Attribute | ast.Name, scope: int) -> list[ast.AST]:
        text, root, parts = dotted(node)
        self._scopes[scope].names.update(parts)
        self._uses.append((text, node.lineno, self._cell, scope))
        return [] if root is None else [root]

    def _call(self, node: ast.Call, scope: int) -> None:
        function = node.func
        if not isinstance(function, ast.Attribute | ast.Name):
            return
        text, _, _ = dotted(function)
        self._scopes[scope].calls.add(text)
        if text == "getattr":
            self._getattr(node, scope)
        elif text == "__import__" or text.endswith("import_module"):
            first = node.args[0] if node.args else None
            module = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "?"
            self._add_import(module, (), node.lineno, scope)

    def _getattr(self, node: ast.Call, scope: int) -> None:
        """Take ``getattr(np, "vectorize")`` as ``np.vectorize``."""
        owner, name = (*node.args, None, None)[:2]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            text = dotted(owner)[0] if isinstance(owner, ast.Attribute | ast.Name) else ""
            attribute = name.value[:MAX_NAME_CHARS]
            self._scopes[scope].names.add(attribute)
            self._uses.append((f"{text}.{attribute}", node.lineno, self._cell, scope))

    # imports and other names for things ---------------------------------------------------------------------

    def _import(self, node: ast.Import | ast.ImportFrom, scope: int) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._add_import(alias.name, (), node.lineno, scope)
                bound = alias.asname or alias.name.partition(".")[0]
                self._bind(bound, alias.name if alias.asname else bound)
            return
        module = "." * node.level + (node.module or "")
        self._add_import(module, [alias.name for alias in node.names], node.lineno, scope)
        for alias in node.names:
            if alias.name != "*":
                self._bind(alias.asname or alias.name, f"{module}.{alias.name}")

    def _add_import(self, module: str, names: Sequence[str], line: int, scope: int) -> None:
        if len(self.imports) < MAX_REMARKS:
            short = [name[:MAX_NAME_CHARS] for name in names[:MAX_REMARKS]]
            row = {"module": module[:MAX_NAME_CHARS], "names": short, "line": line, "cell": self._cell}
            self.imports.append({**row, "function": self._function(scope)})

    def _alias(self, node: ast.Assign, _scope: int) -> None:
        """Take ``vec = np.vectorize`` as another name."""
        if isinstance(node.value, ast.Attribute | ast.Name):
            text, root, _ = dotted(node.value)
            for target in node.targets:
                if root is None and isinstance(target, ast.Name):
                    self._bind(target.id, text)

    def _bind(self, name: str, target: str) -> None:
        targets = self._aliases.setdefault(name[:MAX_NAME_CHARS], set())
        if len(targets) < MAX_ALIASES and target != name:
            targets.add(target)

    def _resolve(self, name: str) -> set[str]:
        """Every name that a dotted name may mean, with imports and assignments followed."""
        found = {name}
        fresh = [name]
        while fresh and len(found) < 2 * MAX_ALIASES:
            root, dot, rest = fresh.pop().partition(".")
            for target in self._aliases.get(root, ()):
                meaning = f"{target}{dot}{rest}"[: 2 * MAX_CHAIN * MAX_NAME_CHARS]
                if meaning not in found:
                    found.add(meaning)
                    fresh.append(meaning)
        return found

    # large things -------------------------------------------------------------------------------------------

    def _literal(self, node: ast.Constant, _scope: int) -> list[ast.AST]:
        value = node.value
        if isinstance(value, str | bytes) and len(value) > LARGE_TEXT_CHARS:
            self._add_literal("text" if isinstance(value, str) else "bytes", len(value), node.lineno)
        elif isinstance(value, int) and value.bit_length() > LARGE_NUMBER_BITS:
            self._add_literal("number", value.bit_length(), node.lineno)
        return []

    def _display(self, node: ast.List | ast.Tuple | ast.Set | ast.Dict, _scope: int) -> None:
        size = len(node.values) if isinstance(node, ast.Dict) else len(node.elts)
        if size > LARGE_DISPLAY_ITEMS:
            self._add_literal("container", size, node.lineno)

    def _add_literal(self, kind: str, size: int, line: int) -> None:
        if len(self.literals) < MAX_REMARKS:
            self.literals.append({"kind": kind, "size": size, "line": line, "cell": self._cell})

    _looks: ClassVar[Mapping[type[ast.AST], Callable[..., list[ast.AST] | None]]] = {
        ast.Attribute: _chain,
        ast.Name: _chain,
        ast.Import: _import,
        ast.ImportFrom: _import,
        ast.Call: _call,
        ast.Assign: _alias,
        ast.Constant: _literal,
        **dict.fromkeys((ast.List, ast.Tuple, ast.Set, ast.Dict), _display),
    }

    # the answer ---------------------------------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """Everything that was found, as a wire value."""
        if len(self._scopes) > MAX_DEFINITIONS:
            raise Refusal(f"{self._name} defines more than {MAX_DEFINITIONS:,} functions and classes")
        flags = list(self._settle())[:MAX_REMARKS]
        digests = digest_definitions([scope.node for scope in self._scopes])
        self._absorb()
        rows = [self._row(number, digests[number]) for number in range(len(self._scopes))]
        return {
            "definitions": [row for row in rows if row["qualname"]],
            "module": [row for row in rows if not row["qualname"]],
            "imports": self.imports,
            "flags": flags,
            "literals": self.literals,
            "shapes": sorted(self.shapes)[:MAX_SHAPES],
            "errors": self.errors[:MAX_REMARKS],
        }

    def _settle(self) -> Iterator[dict[str, Any]]:
        """Follow other names now that all are known; yields what staff should look at."""
        meanings: dict[str, set[str]] = {}
        flags: dict[str, dict[str, Any]] = {}
        for text, line, cell, scope in self._uses:
            if text not in meanings:
                meanings[text] = self._resolve(text)
                flags[text] = find_suspicion(meanings[text])
            self._scopes[scope].dotted |= meanings[text]
            if flags[text]:
                yield {**flags[text], "line": line, "cell": cell, "function": self._function(scope)}
        for each in self._scopes:
            each.calls = {name for text in each.calls for name in meanings.get(text) or {text}}

    def _absorb(self) -> None:
        """Let functions and classes use what is defined in them; a module runs its top-level code alone."""
        total = sum(scope.size for scope in self._scopes)
        for scope in reversed(self._scopes):
            outer = None if scope.parent is None else self._scopes[scope.parent]
            if outer is not None and isinstance(outer.node, DEFINITIONS):
                total -= outer.size
                outer.absorb(scope)
                total += outer.size
            if total > MAX_NAMES:
                raise Refusal(f"{self._name}: the source is too complex to read")

    def _function(self, scope: int) -> str:
        return self._scopes[scope].qualname

    def _code_lines(self, scope: _Scope) -> list[int]:
        """List the lines of a function or class at the top level that hold code; none of a very long one."""
        is_listed = isinstance(scope.node, DEFINITIONS) and "." not in scope.qualname
        return sorted(scope.lines) if is_listed and len(scope.lines) <= MAX_LINES else []

    def _row(self, number: int, digest: str) -> dict[str, Any]:
        scope, (line, cell) = self._scopes[number], self._places[number]
        return {
            "qualname": scope.qualname,
            "is_class": isinstance(scope.node, ast.ClassDef),
            "line": line,
            "cell": cell,
            "digest": digest,
            "names": sorted(scope.names),
            "dotted": sorted(scope.dotted),
            "calls": sorted(scope.calls),
            "loops": scope.loops,
            "comprehensions": scope.comprehensions,
            "lines": self._code_lines(scope),
            "c_iteration": sorted(name for name in scope.dotted if is_c_iteration(name, scope.calls)),
        }


_WITH_DOCSTRING = frozenset({*DEFINITIONS, ast.Module})
_COUNTED = frozenset({*_LOOPS, *_COMPREHENSIONS})


def source_facts(files: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
    """Facts about several files, by name; what `autograder.assignment.facts.SourceFacts` is made of.

    Raises
    ------
    Refusal
        As `file_facts`.
    """
    return {
        name: file_facts([content], name) if isinstance(content, str) else file_facts(content, name, is_notebook=True)
        for name, content in files.items()
    }
