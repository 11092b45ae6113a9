"""Walks over syntax trees, without recursion.

Nodes that say nothing are left out.
"""

from __future__ import annotations

import ast

MAX_CHAIN = 16
MAX_NAME_CHARS = 100

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)

#: Fields that hold no node worth a visit: names, operators, contexts.
_NO_NODES = frozenset(
    {
        *("id", "attr", "name", "arg", "asname", "module", "level", "ctx", "op", "ops", "kind", "type_comment"),
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


def is_text(statement: ast.stmt) -> bool:
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
    return [type(one) for one in test.ops] == [ast.Eq] and "__name__" in compared and "__main__" in compared


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
