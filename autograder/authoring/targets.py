"""What students have to write, found by comparing a reference with its template."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Method", "Parameter", "Target", "find_targets", "imported_packages"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function has to be given: a parameter without a default; `says` is what is written about it."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Method:
    """A function, or a method of a class, that students write."""

    name: str
    parameters: tuple[Parameter, ...]
    node: ast.FunctionDef


@dataclass(frozen=True, slots=True)
class Target:
    """A function or class of which students write something: it becomes an exercise.

    Attributes
    ----------
    file
        The declared file that defines it.
    methods
        What they write of it; for a function, itself.
    made_with
        For a class, what its instances are made with.
    uses
        Other targets that it calls.
    is_class
        Whether it is one.
    """

    name: str
    file: str
    summary: str
    methods: tuple[Method, ...]
    made_with: tuple[Parameter, ...] = ()
    uses: tuple[str, ...] = ()
    is_class: bool = False

    @property
    def tested(self) -> tuple[str, ...]:
        """What a criterion says that it tests."""
        return tuple(f"{self.name}.{one.name}" if self.is_class else one.name for one in self.methods)


def find_targets(reference: Mapping[str, str], template: Mapping[str, str]) -> tuple[Target, ...]:
    """Find what a template leaves open.

    Parameters
    ----------
    reference, template
        Source of each declared file.
    """
    found = [target for file in reference for target in _in_file(file, reference[file], template[file])]
    names = {one.name for one in found}
    bodies = {node.name: node for text in reference.values() for node in ast.parse(text).body if hasattr(node, "name")}
    return tuple(_with_uses(one, bodies[one.name], names) for one in found)


def imported_packages(sources: Mapping[str, str]) -> set[str]:
    """Top-level names of everything that files import, at their top or inside."""
    nodes = [node for text in sources.values() for node in ast.walk(ast.parse(text))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in names}


def _with_uses(target: Target, node: ast.AST, names: set[str]) -> Target:
    called = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    uses = tuple(sorted((called & names) - {target.name}))
    return Target(target.name, target.file, target.summary, target.methods, target.made_with, uses, target.is_class)


def _in_file(file: str, reference: str, template: str) -> Iterator[Target]:
    shown = {node.name: node for node in ast.parse(template).body if isinstance(node, (_Function, ast.ClassDef))}
    for node in ast.parse(reference).body:
        name = getattr(node, "name", "")
        if name in shown and ast.dump(node) != ast.dump(shown[name]):
            if isinstance(node, ast.FunctionDef):
                says = ast.get_docstring(node) or ""
                yield Target(name, file, _summary(says), (_method(node, says, is_bound=False),))
            elif isinstance(node, ast.ClassDef):
                yield _class(node, shown[name], file)


def _class(node: ast.ClassDef, shown: ast.AST, file: str) -> Target:
    templates = {one.name: ast.dump(one) for one in ast.walk(shown) if isinstance(one, ast.FunctionDef)}
    says = ast.get_docstring(node) or ""
    own = [one for one in node.body if isinstance(one, ast.FunctionDef)]
    made = next((_method(one, says, is_bound=True).parameters for one in own if one.name == "__init__"), ())
    written = [one for one in own if templates.get(one.name) != ast.dump(one)]
    methods = [_method(one, ast.get_docstring(one) or "", is_bound=True) for one in written]
    return Target(node.name, file, _summary(says), tuple(methods), made, is_class=True)


def _summary(docstring: str) -> str:
    return docstring.strip().partition("\n")[0]


def _method(node: ast.FunctionDef, docstring: str, *, is_bound: bool) -> Method:
    given = [*node.args.posonlyargs, *node.args.args][int(is_bound) :]
    needed = given[: len(given) - len(node.args.defaults)] if node.args.defaults else given
    return Method(node.name, tuple(Parameter(one.arg, _said(one, docstring)) for one in needed), node)


def _said(parameter: ast.arg, docstring: str) -> str:
    """What annotation and docstring say of a parameter: the line that begins with its name, or lists it."""
    annotation = ast.unparse(parameter.annotation) if parameter.annotation else ""
    lines: Sequence[str] = [line.strip() for line in docstring.splitlines()]
    said = [line for line in lines if parameter.arg in [name.strip() for name in line.partition(":")[0].split(",")]]
    return f"{annotation} {said[0].partition(':')[2] if said else ''}".strip()
