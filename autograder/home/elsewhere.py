"""Warnings at home about grading elsewhere.

They tell what works on this machine and may not where the submission is graded.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from autograder.course import Assignment
from autograder.examiner.context import Sources
from autograder.inside.loading.looking import is_absent, is_within
from autograder.inside.reading.syntax.newer_syntax import find_newer_syntax
from autograder.inside.reading.syntax.trees import children

__all__ = ["find_refused", "find_unpromised"]

#: Who catches one of these has something to do without the package.
_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def find_refused(
    sources: Sources,
    version: tuple[int, int] | None,
    running: tuple[int, ...] = sys.version_info[:2],
) -> Iterator[str]:
    """Yield warnings about files that the grader's Python cannot read.

    This Python can read them.
    """
    if version is None or running <= version:
        return
    for where, source in _texts_of(sources.files, sources.titles):
        reason, remedy = _refusal_of(source, version)
        if reason:
            grader = ".".join(map(str, version))
            yield (
                f"{where}: {reason}, and grading runs Python {grader}, where it does not "
                f"load{remedy}."
            )


def _refusal_of(source: str, version: tuple[int, int]) -> tuple[str, str]:
    """Return an older version's refusal, and a remedy.

    Python's own parser is asked, too, since the scanner does not know all that it does.
    """
    found = find_newer_syntax(source, version)
    if found is not None:
        return str(found), found.advice
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "", ""  # this Python refuses it, too, and says so when it is loaded
    try:
        ast.parse(source, feature_version=version)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})", ""
    return "", ""


def find_unpromised(assignment: Assignment, sources: Sources) -> Iterator[str]:
    """Yield warnings about packages that the handout does not promise.

    They are imported, and installed here. Each is named once, with the first statement that imports
    it.
    """
    settings = assignment.settings
    known = {
        *sys.stdlib_module_names,
        *settings.packages,
        *settings.frameworks,
        *settings.imports.forbidden,
    }
    files = (*assignment.files, *settings.support, *sources.helpers, *sources.titles.values())
    known |= {PurePosixPath(file).parts[0].partition(".")[0] for file in files}
    known |= {alias.partition(".")[0] for alias in settings.aliases}
    for where, source in _texts_of({**sources.files, **sources.helpers}, sources.titles):
        for node in _imports_of(source):
            for package, name in _packages_of(node, settings.imports.inert):
                if package not in known and not is_absent(package):
                    known.add(package)
                    yield (
                        f"{where}, line {node.lineno}: `{_statement(node, name)}` works here, but "
                        "the handout does not"
                        f" promise {package}: where it is not installed, the statement fails when "
                        "it is graded."
                    )


def _texts_of(
    files: Mapping[str, str | Sequence[str]], titles: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield every file or notebook cell with its name.

    It is the name in messages.
    """
    for declared, content in files.items():
        name = titles.get(declared, declared)
        if isinstance(content, str):
            yield name, content
        else:
            yield from ((f"{name}, cell {number}", cell) for number, cell in enumerate(content, 1))


def _imports_of(source: str) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield a source's imports that must succeed.

    They are in order. A source may be prepared to do without other imports.
    """
    try:
        waiting: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import) or (
            isinstance(node, ast.ImportFrom) and node.module and not node.level
        ):
            yield node
        elif isinstance(node, ast.Try) and any(map(_catches_absence, node.handlers)):
            waiting += reversed([*node.handlers, *node.orelse, *node.finalbody])
        elif (
            isinstance(node, ast.If)
            and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING"
        ):
            waiting += reversed(node.orelse)
        else:
            waiting += reversed(children(node))


def _catches_absence(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or (isinstance(one, ast.Name) and one.id in _CAUGHT) for one in caught)


def _packages_of(
    node: ast.Import | ast.ImportFrom, inert: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the packages that an import needs.

    Each comes with the imported name in it. Packages for looking are left out, since they need not
    be installed.
    """
    module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        full = f"{module}{alias.name}"
        if not any(is_within(full, one) for one in inert):
            yield full.partition(".")[0], alias.name


def _statement(node: ast.Import | ast.ImportFrom, name: str) -> str:
    return f"import {name}" if isinstance(node, ast.Import) else f"from {node.module} import {name}"
