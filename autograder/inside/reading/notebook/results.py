"""Keeping of each cell's last value for a notebook.

The notebook asks for it as ``_``, ``__``, ``Out[3]`` or ``_3``.

Only notebooks that read such a name are changed: the last expression of a cell is handed to the
shell::

    f(2)        get_ipython().keep((f(2)), 3)
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence

MAX_CELL_CHARS = 100_000

_NAMES = re.compile(r"\b(?:_{1,3}|_\d+|_oh|Out)\b")


def keep_results(cells: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Hand the last value of each cell to the shell.

    That is done only if any cell asks for one.

    Parameters
    ----------
    cells
        Translated; each line keeps its number.
    counts
        The number under which the notebook shows each cell's value.
    """
    if not any(_NAMES.search(cell) for cell in cells):
        return list(cells)
    trees = [_parsed(cell) for cell in cells]
    if not any(_asks(tree) for tree in trees if tree is not None):
        return list(cells)
    return [
        cell if tree is None else _keeping(cell, tree, count)
        for cell, tree, count in zip(cells, trees, counts, strict=True)
    ]


def _parsed(cell: str) -> ast.Module | None:
    if len(cell) > MAX_CELL_CHARS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            tree: ast.Module = compile(cell, "<cell>", "exec", flags, dont_inherit=True)
            return tree
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return None


def _asks(tree: ast.Module) -> bool:
    """Return True if a cell reads the name of an earlier value.

    A name that the cell itself binds does not count.
    """
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and _NAMES.fullmatch(node.id)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    return any(node.id not in bound for node in names)


def _keeping(cell: str, tree: ast.Module, count: int) -> str:
    """Hand the value of the last expression to the shell.

    One with a semicolon behind it is not shown.
    """
    node = tree.body[-1] if tree.body else None
    if not isinstance(node, ast.Expr) or _calls_the_shell(node.value):
        return cell
    lines = [line.encode() for line in cell.split("\n")]
    first, last, end = node.lineno - 1, (node.end_lineno or node.lineno) - 1, node.end_col_offset or 0
    if lines[last][end:].lstrip().startswith(b";"):
        return cell
    lines[last] = lines[last][:end] + f"), {count})".encode() + lines[last][end:]
    lines[first] = lines[first][: node.col_offset] + b"get_ipython().keep((" + lines[first][node.col_offset :]
    return b"\n".join(lines).decode()


def _calls_the_shell(node: ast.expr) -> bool:
    function = node.func if isinstance(node, ast.Call) else None
    shell = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(shell, ast.Call) and isinstance(shell.func, ast.Name) and shell.func.id == "get_ipython"
