"""The functions that a mutant changes, and those under test among them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from autograder.course import CriterionInfo

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def changed_names(mutant: str, reference: Mapping[str, str]) -> set[str]:
    """Return the names that a mutant defines anew.

    It is ``Class.method`` where the mutant changes methods alone.

    Parameters
    ----------
    mutant
        Source of the definitions that are appended to the reference.
    reference
        Source of each file of the reference.
    """
    classes = _classes(tuple(reference.values()))
    found: set[str] = set()
    for node in ast.parse(mutant).body:
        if isinstance(node, ast.ClassDef):
            found |= set(_changed_methods(node, classes.get(node.name)))
        elif isinstance(node, _Function):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(ast.unparse(target).partition("[")[0] for target in targets)
    return found


@lru_cache(maxsize=4)
def _classes(texts: tuple[str, ...]) -> dict[str, ast.ClassDef]:
    trees = [ast.parse(text) for text in texts]
    return {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}


def _changed_methods(new: ast.ClassDef, old: ast.ClassDef | None) -> Iterator[str]:
    """Yield the methods that differ, or the class where anything else does."""
    if old is None:
        yield new.name
        return
    ours, theirs = _parts(new), _parts(old)
    changed = [key for key in (ours | theirs) if ours.get(key) != theirs.get(key)]
    if any(not name for name, _ in changed):
        yield new.name
    else:
        yield from {f"{new.name}.{name}" for name, _ in changed}


def _parts(node: ast.ClassDef) -> dict[tuple[str, str], str]:
    """Map the parts of a class to their code.

    A method is keyed by its name, any other statement by its code.
    """
    found: dict[tuple[str, str], str] = {("", "bases"): ",".join(map(ast.unparse, node.bases))}
    for one in node.body:
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            continue
        code = ast.unparse(_without_docstring(one))
        if isinstance(one, _Function):
            found[one.name, ""] = code
        else:
            found["", code] = "there"
    return found


def _without_docstring(node: ast.stmt) -> ast.stmt:
    if isinstance(node, _Function) and ast.get_docstring(node) is not None:
        told = {**dict(ast.iter_fields(node)), "body": node.body[1:] or [ast.Pass()]}
        return ast.copy_location(type(node)(**told), node)
    return node


def with_followers(criteria: Iterable[str], after: Mapping[str, Sequence[str]]) -> set[str]:
    """Return criteria and all criteria after them.

    A criterion may come after another directly or through others.
    """
    found = set(criteria)
    while more := {name for name, before in after.items() if found & {*before}} - found:
        found |= more
    return found


def names_in(criterion: CriterionInfo, changed: Iterable[str]) -> bool:
    """Return True if a criterion tests a changed name.

    Names are those of functions, classes and methods.
    """
    return any(_is_same(tested, name) for tested in criterion.tests for name in changed)


def _is_same(tested: str, changed: str) -> bool:
    return tested == changed or tested == changed.partition(".")[0] or changed == tested.partition(".")[0]


def find_under_test(changed: set[str], users: Mapping[str, set[str]], criteria: Iterable[CriterionInfo]) -> set[str]:
    """Return the functions under test that a change is in.

    Of a function that no criterion tests, those that use it count as changed. A method that no
    criterion names stands for its class.
    """
    tests = {name for one in criteria for name in one.tests}
    classes = {name.partition(".")[0] for name in tests}
    found = {name for name in changed if name in tests or name.partition(".")[0] in tests}
    found |= {name for name in changed if "." not in name and name in classes}
    if found:
        return found
    seen, waiting = set[str](), {name.partition(".")[0] for name in changed}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        if name in classes:
            found.add(name)
        else:
            waiting |= users.get(name, set()) - seen
    return found


def find_users(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Map each name to its users in the reference.

    Users are functions and classes.
    """
    users: dict[str, set[str]] = {}
    for text in sources.values():
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for used in ast.walk(node):
                    if isinstance(used, ast.Name) and used.id != node.name:
                        users.setdefault(used.id, set()).add(node.name)
    return users
