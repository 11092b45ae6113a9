"""Digests of syntax trees that stay the same when only comments, docstrings, annotations or formatting change."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_DROPPED = frozenset({"annotation", "returns", "type_comment", "type_params", "type_ignores", "ctx", "kind"})
_FLUSH_TOKENS = 4096


def digest_definitions(nodes: Sequence[ast.AST]) -> list[str]:
    """Digest definitions and modules.

    Parameters
    ----------
    nodes
        Outer ones before inner ones. An inner one enters the digest of its outer one as its own digest, so that all of
        them together cost one walk.
    """
    known: dict[int, str] = {}
    for node in reversed(nodes):
        known[id(node)] = _digest(node, known)
    return [known[id(node)] for node in nodes]


def _digest(root: ast.AST, known: dict[int, str]) -> str:
    account = hashlib.sha256()
    tokens: list[str] = []
    waiting: list[object] = [*_parts(root)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.AST) and id(item) in known:
            tokens.append(known[id(item)])
        elif isinstance(item, ast.AST):
            waiting.extend(_parts(item))
        else:
            tokens.append(str(item))
        if len(tokens) >= _FLUSH_TOKENS:
            account.update(_packed(tokens))
            tokens.clear()
    account.update(_packed(tokens))
    return account.hexdigest()


def _packed(tokens: Iterable[str]) -> bytes:
    encoded = (token.encode("utf-8", "surrogatepass") for token in tokens)
    return b"".join(len(token).to_bytes(4, "little") + token for token in encoded)


def _parts(node: ast.AST) -> list[object]:
    """Take a node apart: its kind, then its fields, last ones first; lists with their lengths."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return ["Assign", 1, node.target, node.value][::-1]
    parts: list[object] = [type(node).__name__]
    for name in node._fields:
        if name not in _DROPPED:
            value = getattr(node, name, None)
            if name == "body" and isinstance(value, list):
                value = _body(node, value)
            parts += [len(value), *value] if isinstance(value, list) else [_token(value)]
    return parts[::-1]


def _body(node: ast.AST, body: list[ast.stmt]) -> list[ast.stmt]:
    """Drop the docstring, and annotations that assign nothing."""
    if isinstance(node, (*_DEFINITIONS, ast.Module)) and body and _is_text(body[0]):
        body = body[1:]
    return [one for one in body if not (isinstance(one, ast.AnnAssign) and one.value is None)]


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _token(value: object) -> object:
    """Write a leaf so that equal ones are equal and ``1``, ``1.0`` and ``"1"`` are not."""
    if isinstance(value, ast.AST):
        return value
    text = hex(value) if isinstance(value, int) and not isinstance(value, bool) else repr(value)
    return f"{type(value).__name__} {text}"
