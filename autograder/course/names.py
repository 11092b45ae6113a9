"""The names that a reference defines.

They are found without running it. References are trusted; submissions never come here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

__all__ = ["map_defined_names"]

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def map_defined_names(reference: Mapping[str, str]) -> dict[str, str]:
    """Map the names that a reference defines to their files.

    Parameters
    ----------
    reference
        Source of each file by its name, in the order in which they are loaded.

    Returns
    -------
    dict
        File by name; methods appear as ``Class.method``. The last file that defines a name has it.

    Raises
    ------
    SyntaxError
        A file is no Python.
    """
    found: dict[str, str] = {}
    for name, source in reference.items():
        found.update((defined, name) for defined in _names_in(ast.parse(source, name).body))
    return found


def _names_in(body: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, _Function):
            yield statement.name
        elif isinstance(statement, ast.ClassDef):
            yield statement.name
            yield from (f"{statement.name}.{name}" for name in _names_in(statement.body))
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            yield from _assigned(statement)
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            yield from _names_in(
                [part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.stmt)]
            )


def _assigned(statement: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        yield from (
            node.id for node in ast.walk(target) if isinstance(node, ast.Name) and _is_stored(node)
        )


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
