"""Mistakes in whole statements.

A statement is forgotten, in the wrong order, done in place, or replaces a value that it should be
added to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import libcst as cst

Print = Callable[[cst.CSTNode], str]
_IN_PLACE: dict[type, str] = {
    cst.Add: "+=",
    cst.Subtract: "-=",
    cst.Multiply: "*=",
    cst.Divide: "/=",
}


def drop_statement(line: cst.SimpleStatementLine, _print: Print) -> Iterator[str]:
    """A statement forgotten."""
    if not isinstance(line.body[0], cst.Pass | cst.Global | cst.Nonlocal):
        yield "pass"


def work_in_place(line: cst.SimpleStatementLine, show: Print) -> Iterator[str]:
    """Yield an assignment as work in place.

    ``x = x + y`` becomes ``x += y``, and ``z = x + y`` becomes ``x += y; z = x``. Either changes
    the caller's object.
    """
    statement = line.body[0]
    if not (isinstance(statement, cst.Assign) and len(statement.targets) == 1):
        return
    target, value = statement.targets[0].target, statement.value
    if not (isinstance(value, cst.BinaryOperation) and type(value.operator) in _IN_PLACE):
        return
    if isinstance(target, cst.Name) and isinstance(value.left, cst.Name):
        name, written = value.left.value, show(value.right)
        in_place = f"{name} {_IN_PLACE[type(value.operator)]} {written}"
        yield in_place if name == target.value else f"{in_place}; {target.value} = {name}"


def replace_assignment(line: cst.SimpleStatementLine, show: Print) -> Iterator[str]:
    """``=`` for ``+=``."""
    statement = line.body[0]
    if isinstance(statement, cst.AugAssign):
        yield f"{show(statement.target)} = {show(statement.value)}"


def force_branch(node: cst.If | cst.While) -> Iterator[str]:
    """Yield a condition that always or never holds.

    A mode or a case is ignored. A loop's condition never holds.
    """
    if isinstance(node, cst.If):
        yield "True"
    yield "False"


def find_swaps(
    block: cst.IndentedBlock,
) -> Iterator[tuple[cst.SimpleStatementLine, cst.SimpleStatementLine]]:
    """Yield neighbours whose order matters.

    One writes a name that the other uses.
    """
    for first, second in zip(block.body, block.body[1:], strict=False):
        if isinstance(first, cst.SimpleStatementLine) and isinstance(
            second, cst.SimpleStatementLine
        ):
            pair = [*first.body, *second.body]
            if not any(
                isinstance(one, cst.Return | cst.Raise | cst.Break | cst.Continue | cst.Pass)
                for one in pair
            ):
                written = set(_written(first)), set(_written(second))
                used = set(_names([first])), set(_names([second]))
                if written[0] & used[1] or written[1] & used[0]:
                    yield first, second


def _written(line: cst.SimpleStatementLine) -> Iterator[str]:
    yield from _assigned(line)
    for statement in line.body:
        if isinstance(statement, cst.Expr):  # a method may change what it belongs to
            yield from _owner(statement.value)


def _assigned(line: cst.SimpleStatementLine) -> Iterator[str]:
    for statement in line.body:
        if isinstance(statement, cst.Assign):
            for target in statement.targets:
                yield from _stored(target.target)
        elif isinstance(statement, cst.AugAssign | cst.AnnAssign):
            yield from _stored(statement.target)


def _stored(target: cst.BaseExpression) -> Iterator[str]:
    if isinstance(target, cst.Tuple | cst.List):
        for part in target.elements:
            yield from _stored(part.value)
    elif isinstance(target, cst.Subscript | cst.Attribute):
        yield from _stored(target.value)
    elif isinstance(target, cst.Name):
        yield target.value


def _owner(value: cst.BaseExpression) -> Iterator[str]:
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
        yield from _stored(value.func.value)


def _names(nodes: Iterable[cst.CSTNode]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, cst.Name):
            yield node.value
        yield from _names(node.children)


def find_locals(function: cst.FunctionDef) -> list[str]:
    """Return a function's parameters and variables.

    They are in the order in which they come up.
    """
    given = [
        one.name.value
        for one in (*function.params.posonly_params, *function.params.params)
        if one.name.value != "self"
    ]
    names = [name for line in _lines_in(function.body) for name in _assigned(line)]
    return list(dict.fromkeys((*given, *names)))


def neighbour(name: str, names: list[str]) -> str | None:
    """Return the variable that came up before this one.

    For the first variable, it is the second. It is None for a name that is no variable of the
    function.
    """
    if name not in names or len(names) < 2:
        return None
    place = names.index(name)
    return names[place - 1] if place else names[1]


def _lines_in(node: cst.CSTNode) -> Iterator[cst.SimpleStatementLine]:
    for child in node.children:
        if isinstance(child, cst.SimpleStatementLine):
            yield child
        elif not isinstance(child, cst.FunctionDef | cst.ClassDef):
            yield from _lines_in(child)
