"""Functions with one thing changed.

One of them may be a first mutant.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.authoring.targets import Target

__all__ = ["Mutation", "mutations_of"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change in words, and the changed function."""

    what: str
    source: str


_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], str]] = {
    ast.Add: (ast.Sub, "`-` in place of `+`"),
    ast.Sub: (ast.Add, "`+` in place of `-`"),
    ast.Mult: (ast.Add, "`+` in place of `*`"),
    ast.Div: (ast.Mult, "`*` in place of `/`"),
    ast.Pow: (ast.Mult, "`*` in place of `**`"),
}
_ORDERS: dict[type[ast.cmpop], tuple[type[ast.cmpop], str]] = {
    ast.Gt: (ast.Lt, "`<` in place of `>`"),
    ast.Lt: (ast.Gt, "`>` in place of `<`"),
    ast.GtE: (ast.LtE, "`<=` in place of `>=`"),
    ast.LtE: (ast.GtE, "`>=` in place of `<=`"),
}


def mutations_of(target: Target) -> list[Mutation]:
    """Return every single change of a function.

    A class has none.
    """
    if target.is_class:
        return []
    (method,) = target.methods
    count = len(list(_changes(method.node)))
    return [_mutation(method.node, place) for place in range(count)]


def _mutation(function: ast.FunctionDef, place: int) -> Mutation:
    changed = copy.deepcopy(function)
    if ast.get_docstring(changed) is not None:
        changed.body = changed.body[1:]
    what = next(what for number, what in enumerate(_changes(changed)) if number == place)
    return Mutation(what, ast.unparse(changed))


def _changes(function: ast.FunctionDef) -> Iterator[str]:
    """Make one change after the other in a tree.

    Each change is yielded as a phrase, and undone when the next is asked for.
    """
    for node in ast.walk(function):
        if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
            yield from _change_axis(node.value)
        elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS:
            before = node.op
            other, what = _OPERATORS[type(before)]
            node.op = other()
            yield what
            node.op = before
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in _ORDERS:
            order, what = _ORDERS[type(node.ops[0])]
            rest = node.ops
            node.ops = [order(), *rest[1:]]
            yield what
            node.ops = rest
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            sign = node.op
            node.op = ast.UAdd()
            yield "a sign is lost"
            node.op = sign
    for node in ast.walk(function):  # where nothing else can be changed
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 0:
            number = node.value
            node.value = number + 1
            yield f"`{number + 1}` in place of `{number}`"
            node.value = number
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Tuple):
            value = node.value
            node.value = ast.UnaryOp(ast.USub(), value)
            yield "a sign too many"
            node.value = value


def _change_axis(value: ast.Constant) -> Iterator[str]:
    before = value.value
    if before in (0, 1):
        value.value = 1 - before
        yield f"`axis={1 - before}` in place of `axis={before}`"
        value.value = before
