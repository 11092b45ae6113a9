"""Digests of syntax trees.

They stay the same when only comments, docstrings, annotations or formatting change.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Sequence
from typing import Any

from autograder.inside.reading.syntax.trees import DEFINITIONS, is_text

_DROPPED = frozenset({"annotation", "returns", "type_comment", "type_params", "type_ignores", "ctx", "kind"})
_SHORT = frozenset({ast.Name, ast.Attribute, ast.Constant})
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


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
    for name in _fields_of(kind):
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


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _DROPPED)
    return fields


def _body(node: ast.AST, body: list[ast.stmt]) -> list[ast.stmt]:
    """Drop the docstring, and annotations that assign nothing."""
    if body and isinstance(node, (*DEFINITIONS, ast.Module)) and is_text(body[0]):
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
