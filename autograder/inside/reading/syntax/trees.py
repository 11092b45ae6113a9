"""Walks, digests and shapes of syntax trees.

Walks do without recursion.

Nodes that say nothing are left out of walks. Digests stay the same when only comments,
docstrings, annotations or formatting change.
"""

from __future__ import annotations

import ast
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

MAX_CHAIN = 16
MAX_NAME_CHARS = 100

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)

#: Fields that hold no node worth a visit: names, operators, contexts.
_NO_NODES = frozenset(
    {
        *(
            "id",
            "attr",
            "name",
            "arg",
            "asname",
            "module",
            "level",
            "ctx",
            "op",
            "ops",
            "kind",
            "type_comment",
        ),
        *("simple", "is_async", "conversion", "type_ignores", "rest", "kwd_attrs"),
    }
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = dict.fromkeys(
    (ast.Constant, ast.Global, ast.Nonlocal, ast.MatchSingleton), ()
)


def children(node: ast.AST) -> list[ast.AST]:
    """Find the nodes in a node, in the order of the source.

    `ast.iter_child_nodes` takes three times as long.
    """
    found: list[ast.AST] = []
    for name in _fields_of(type(node)):
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [one for one in value if one is not None]
        elif value is not None:
            found.append(value)
    return found


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _NO_NODES)
    return fields


def is_text_statement(statement: ast.stmt) -> bool:
    """Return True if a statement is only a text.

    It is a docstring where it comes first.
    """
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def is_main_test(test: ast.expr) -> bool:
    """Return True for ``__name__ == "__main__"``, in either order."""
    if not isinstance(test, ast.Compare):
        return False
    compared = "".join(map(ast.dump, (test.left, *test.comparators)))
    return (
        [type(one) for one in test.ops] == [ast.Eq]
        and "__name__" in compared
        and "__main__" in compared
    )


def dotted(node: ast.expr) -> tuple[str, ast.expr | None, list[str]]:
    """Write a chain of attributes as ``a.b.c``.

    Returns
    -------
    tuple
        The text, which begins with a dot if the chain does not begin with a name; the expression
        that it begins with in that case; and all its identifiers.
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr[:MAX_NAME_CHARS])
        node = node.value
    root = None if isinstance(node, ast.Name) else node
    parts.append(node.id[:MAX_NAME_CHARS] if isinstance(node, ast.Name) else "")
    parts.reverse()
    shortened = parts if len(parts) <= MAX_CHAIN else [*parts[: MAX_CHAIN - 1], parts[-1]]
    return ".".join(shortened), root, [part for part in parts if part]


_DROPPED = frozenset(
    {"annotation", "returns", "type_comment", "type_params", "type_ignores", "ctx", "kind"}
)
_SHORT = frozenset({ast.Name, ast.Attribute, ast.Constant})
_DIGESTED_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def digest_definitions(nodes: Sequence[ast.AST]) -> list[str]:
    """Digest definitions and modules.

    Parameters
    ----------
    nodes
        Outer ones before inner ones. An inner one enters the digest of its outer one as its own
        digest, so that all of them together cost one walk.
    """
    known: dict[ast.AST, str] = {}
    for node in reversed(nodes):
        known[node] = _digest(node, known)
    return [known[node] for node in nodes]


def _digest(root: ast.AST, known: dict[ast.AST, str]) -> str:
    tokens: list[str] = []
    waiting: list[str | ast.AST] = parts_of(root)
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            tokens.append(item)
        elif item in known:
            tokens.append(known[item])
        else:
            waiting += parts_of(item)
    # No token holds a line feed, since text is written by repr.
    return hashlib.sha256("\n".join(tokens).encode("utf-8", "surrogatepass")).hexdigest()


def parts_of(node: ast.AST) -> list[str | ast.AST]:
    """Take a node apart into its kind and fields.

    After the kind come the fields, last ones first. Lists come with their lengths.
    """
    kind = type(node)
    if kind in _SHORT:
        return _short(node)
    if kind is ast.AnnAssign and node.value is not None:  # type: ignore[attr-defined]
        return [node.value, node.target, "1", "Assign"]  # type: ignore[attr-defined]
    parts: list[str | ast.AST] = [kind.__name__]
    for name in _digested_fields(kind):
        value = getattr(node, name, None)
        if isinstance(value, list):
            items = _body(node, value) if name == "body" else value
            parts.append(str(len(items)))
            parts += [_token(item) for item in items]
        else:
            parts.append(_token(value))
    parts.reverse()
    return parts


def _short(node: Any) -> list[str | ast.AST]:
    """Take the most frequent nodes apart, quickly."""
    if type(node) is ast.Name:
        return [f"Name {node.id}"]
    if type(node) is ast.Attribute:
        return [node.value, f"Attribute {node.attr}"]
    return [f"Constant {_token(node.value)}"]


def _digested_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    fields = _DIGESTED_FIELDS.get(kind)
    if fields is None:
        fields = _DIGESTED_FIELDS[kind] = tuple(
            name for name in kind._fields if name not in _DROPPED
        )
    return fields


def _body(node: ast.AST, body: list[ast.stmt]) -> list[ast.stmt]:
    """Drop the docstring, and annotations that assign nothing."""
    if body and isinstance(node, (*DEFINITIONS, ast.Module)) and is_text_statement(body[0]):
        body = body[1:]
    return [one for one in body if not (isinstance(one, ast.AnnAssign) and one.value is None)]


def _token(value: object) -> str | ast.AST:
    """Write a leaf so that only equal leaves are equal.

    The leaves ``1``, ``1.0`` and ``"1"`` differ.
    """
    if isinstance(value, ast.AST):
        return value if value._fields else type(value).__name__  # operators have no fields
    text = hex(value) if type(value) is int else repr(value)  # repr refuses very long numbers
    return f"{type(value).__name__} {text}"


MAX_SHAPES = 2_000
_LEAST_PARTS = 8  # a shorter statement says nothing about who wrote it
_LEFT_OUT = (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


def statement_shapes(tree: ast.AST) -> set[int]:
    """Digest every statement of some size, 32 bits each.

    Of a statement that holds others, only the head is digested.
    """
    return set(islice(_shapes(tree), MAX_SHAPES))


def _shapes(tree: ast.AST) -> Iterator[int]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting += children(node)
        if (
            isinstance(node, ast.stmt)
            and not isinstance(node, _LEFT_OUT)
            and not is_text_statement(node)
        ):
            tokens = _tokens(node)
            if len(tokens) >= _LEAST_PARTS:
                yield zlib.crc32("\n".join(tokens).encode("utf-8", "surrogatepass"))


def _tokens(statement: ast.stmt) -> list[str]:
    """Return the parts of a statement, in order.

    Names of variables and texts are left out.
    """
    tokens: list[str] = []
    waiting = parts_of(statement)
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            tokens.append(item)
        elif isinstance(item, ast.Name | ast.arg):
            tokens.append("Name")
        elif isinstance(item, ast.Constant) and isinstance(item.value, str):
            tokens.append("Text")
        elif not isinstance(item, ast.stmt):
            waiting += parts_of(item)
    return tokens
