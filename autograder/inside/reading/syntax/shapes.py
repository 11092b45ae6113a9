"""Shapes of statements.

They are digests that other names, another order, comments and dead code do not change.
"""

from __future__ import annotations

import ast
import zlib
from collections.abc import Iterator
from itertools import islice

from autograder.inside.reading.syntax.digests import parts_of
from autograder.inside.reading.syntax.trees import DEFINITIONS, children, is_text

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
        if isinstance(node, ast.stmt) and not isinstance(node, _LEFT_OUT) and not is_text(node):
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
