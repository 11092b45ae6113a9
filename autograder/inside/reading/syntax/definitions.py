"""The places of the asked functions and classes.

They may stand in code, twice, or where no code runs.

Sources are searched by their lines, for files that may be no Python, and by their syntax trees
where one name may be defined in branches.
"""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from autograder.inside.reading.refusal import Refusal, few, quoted
from autograder.inside.reading.syntax.facts import parse_python
from autograder.inside.reading.syntax.trees import is_main_test

_DEFINITION = re.compile(
    r"^[ \t]*(?:async[ \t]+)?(?P<kind>def|class)[ \t]+(?P<name>[^\W\d]\w*)", re.MULTILINE
)
_ASSIGNMENT = re.compile(r"^(?P<name>[^\W\d]\w*)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
_COMMENTED = re.compile(
    r"^[ \t]*#[# \t]*(?:async[ \t]+)?(?P<kind>def|class)[ \t]+(?P<name>[^\W\d]\w*)", re.MULTILINE
)
#: Decorators of definitions that belong to an earlier one of the same name instead of replacing it.
_ADDING_DECORATORS = frozenset({"overload", "setter", "getter", "deleter", "register"})
_KINDS = {"markdown": "a Markdown cell", "raw": "a raw cell", "heading": "a heading cell"}

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

Content = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class CellLines:
    """A cell of a notebook as it stands in the file.

    Attributes
    ----------
    place
        Its number among all cells, from 1.
    kind
        "code", "markdown" or "raw".
    """

    place: int
    kind: str
    text: str


def find_defined_names(data: bytes) -> frozenset[str]:
    """Find the names that a source or notebook seems to define.

    All of its cells count.
    """
    text = data.decode("utf-8", "replace")
    cells = notebook_cells(data)
    if cells:
        text = "\n".join(cell.text for cell in cells)
    return frozenset(
        found["name"] for pattern in (_DEFINITION, _ASSIGNMENT) for found in pattern.finditer(text)
    )


def has_code(source: str) -> bool:
    """Return False for a source of comments and texts alone."""
    tree = parse_python(source, "")
    return not all(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body
    )


def notebook_cells(data: bytes) -> list[CellLines]:
    """List all cells of a notebook.

    A file that is no notebook has none.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return []
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return []
    sheets = document.get("worksheets") or [document]
    rows = [row for sheet in _list(sheets) for row in _list(_table(sheet).get("cells"))]
    return [_cell(place, _table(row)) for place, row in enumerate(rows, start=1)]


def _cell(place: int, row: Mapping[str, Any]) -> CellLines:
    source = row.get("source", row.get("input", ""))
    text = (
        "".join(part for part in source if isinstance(part, str))
        if isinstance(source, list)
        else source
    )
    return CellLines(place, str(row.get("cell_type")), text if isinstance(text, str) else "")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


# names that are not where they should be ----------------------------------------------------------


def find_misplaced(
    asked: Mapping[str, str],
    files: Mapping[str, Content],
    others: Mapping[str, bytes],
    titles: Mapping[str, str],
) -> dict[str, str]:
    """Find where else the names stand that no file binds for certain.

    Parameters
    ----------
    asked
        The declared file that should define each function and class; empty where that is not known.
    files
        What is loaded: a source, or the cells of a notebook, by title.
    others
        Bytes of everything in the upload, by title: notebooks with all their cells, and files that
        are not used.
    titles
        How messages call each declared file that was handed in.

    Returns
    -------
    dict
        Per name that was found a clause: "the 2nd cell of ann.ipynb, a Markdown cell, holds `def
        predict`; ...". It holds for names that are not there after loading.
    """
    certain: set[str] = set()
    branches: dict[str, str] = {}
    for title, content in files.items():
        for where, text in _parts(title, content):
            for name, clause in _names_bound(where, text):
                if clause:
                    branches.setdefault(name, clause)
                else:
                    certain.add(name)
    missing = {name for name in asked if name not in certain}
    if not missing:
        return {}
    clauses = {name: branches[name] for name in missing if name in branches}
    for name, clause in (*_elsewhere(files, others), *_imports_of_own_files(asked, files, titles)):
        if name in missing:
            clauses.setdefault(name, clause)
    return clauses


def _names_bound(where: str, text: str) -> Iterator[tuple[str, str]]:
    """Find the names that a source binds at its top level.

    They are found by its lines where it is no Python.

    A definition in a branch comes with its place.
    """
    try:
        tree = parse_python(text, "")
    except (SyntaxError, Refusal):
        yield from ((name, "") for name in bound_names_by_lines(text))
        return
    for name, line, branch in _bindings(tree.body):
        what = (
            f"{where}, line {line}: `{name}` stands {branch}; let it begin at the start of a line"
        )
        yield name, what if branch else ""


def bound_names_by_lines(text: str) -> Iterator[str]:
    """Find the names that a text seems to bind at top level."""
    yield from (
        found["name"] for pattern in (_TOP_LEVEL, _ASSIGNMENT) for found in pattern.finditer(text)
    )


def bound_names(statements: Iterable[ast.AST]) -> Iterator[str]:
    """Find the names that statements bind, those of their branches included."""
    yield from (name for name, _, _ in _bindings(statements))


def _bindings(statements: Iterable[ast.AST]) -> Iterator[tuple[str, int, str]]:
    """Find the names that statements bind.

    A definition in a branch comes with its line and its branch.
    """
    waiting = [(node, "") for node in statements]
    while waiting:
        node, branch = waiting.pop()
        if isinstance(node, _DEFINITIONS):
            yield node.name, node.lineno, branch
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, 0, ""
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0], 0, ""
        inner = _branch(node) or branch
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]


def _branch(node: ast.AST) -> str:
    """Describe the conditional statement around a node's children.

    It is empty for other nodes, whose children all run.
    """
    if isinstance(node, ast.If) and is_main_test(node.test):
        return (
            f"below the `if __name__ == '__main__'` of line {node.lineno}, which runs in a "
            "program only, not in a module"
        )
    if not isinstance(node, ast.stmt):
        return ""
    keyword = next((word for kind, word in _BRANCHES.items() if isinstance(node, kind)), "")
    return f"in the `{keyword}` of line {node.lineno} and was not reached" if keyword else ""


_BRANCHES = {
    ast.If: "if", ast.For: "for", ast.While: "while", ast.With: "with", ast.Try: "try",
    ast.TryStar: "try", ast.Match: "match",
}  # fmt: skip


def _imports_of_own_files(
    asked: Mapping[str, str], files: Mapping[str, Content], titles: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Find imports from a missing file of the assignment.

    It was not handed in, or the importing file takes its place.
    """
    declared_files = {file for file in asked.values() if file}
    absent = {
        file for file in declared_files if file not in titles or _stem(titles[file]) != _stem(file)
    }
    texts = (
        [part for title, content in files.items() for part in _parts(title, content)]
        if absent
        else []
    )
    for where, text in texts:
        lines = _lines_of_imports(text)
        for name, declared in asked.items():
            stem = _stem(declared)
            if declared in absent and stem in lines:
                what = (
                    f"{where}, line {lines[stem]}, imports `{stem}`, but {declared} was not "
                    "handed in"
                )
                yield name, what


def _lines_of_imports(text: str) -> dict[str, int]:
    """Find the first line on which each module is imported.

    The keys are the last parts of the modules' names.
    """
    found: dict[str, int] = {}
    try:
        tree = parse_python(text, "")
    except (SyntaxError, Refusal):
        return found
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        else:
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in modules:
            found.setdefault(name.rpartition(".")[2], node.lineno)
    return found


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


_TOP_LEVEL = re.compile(
    r"^(?:async[ \t]+)?(?P<kind>def|class)[ \t]+(?P<name>[^\W\d]\w*)", re.MULTILINE
)


def _elsewhere(
    files: Mapping[str, Content], others: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    for title, data in others.items():
        for cell in notebook_cells(data):
            yield from _in_cell(title, cell)
    for title, content in files.items():
        yield from _in_comments(title, content)
        yield from _inside_others(title, content)
    for title, data in others.items():
        if title not in files and not notebook_cells(data):
            for found in _TOP_LEVEL.finditer(data.decode("utf-8", "replace")):
                yield (
                    found["name"],
                    f"{title}, which is not used, holds `{found['kind']} {found['name']}`",
                )


def _in_cell(title: str, cell: CellLines) -> Iterator[tuple[str, str]]:
    first = cell.text.lstrip().partition("\n")[0].strip()
    if cell.kind in _KINDS:
        what, remedy = _KINDS[cell.kind], "make it a code cell"
    elif cell.kind == "code" and first.startswith("%%"):
        what, remedy = f"which begins with {quoted(first[:40])}", "take that line away"
    else:
        return
    for found in _DEFINITION.finditer(cell.text):
        where = f"the {ordinal(cell.place)} cell of {title}, {what},"
        yield found["name"], f"{where} holds `{found['kind']} {found['name']}`; {remedy}"


def _in_comments(title: str, content: Content) -> Iterator[tuple[str, str]]:
    for where, text in _parts(title, content):
        for found in _COMMENTED.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            what = f"`{found['kind']} {found['name']}` is commented out"
            yield found["name"], f"{where}, line {line}: {what}; take the # away from its lines"


def _inside_others(title: str, content: Content) -> Iterator[tuple[str, str]]:
    """Find functions inside other functions, classes or texts.

    Their indentation has put them there.
    """
    for where, text in _parts(title, content):
        try:
            tree = parse_python(text, title)
        except (SyntaxError, Refusal):
            continue
        waiting: list[tuple[ast.AST, str]] = [(tree, "")]
        while waiting:
            node, outer = waiting.pop()
            if isinstance(node, _DEFINITIONS):
                if outer:
                    what = f"`{_keyword(node)} {node.name}` stands inside `{outer}`"
                    yield (
                        node.name,
                        f"{where}, line {node.lineno}: {what}; let it begin at the start of a line",
                    )
                outer = node.name  # what the children stand in
            elif (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and type(node.value.value) is str
            ):
                for found in _DEFINITION.finditer(node.value.value):
                    what = f"`{found['kind']} {found['name']}` stands in a text"
                    yield (
                        found["name"],
                        f"{where}, line {node.lineno}: {what}; take the quotes around it away",
                    )
            waiting += [(child, outer) for child in ast.iter_child_nodes(node)]


def _keyword(node: ast.AST) -> str:
    return "class" if isinstance(node, ast.ClassDef) else "def"


def _parts(title: str, content: Content) -> Iterator[tuple[str, str]]:
    if isinstance(content, str):
        yield title, content
    else:
        for number, cell in enumerate(content, start=1):
            yield f"{title}, code cell {number}", cell


def ordinal(number: int) -> str:
    """Write 1st, 2nd, 3rd, 4th."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


# names that are there twice -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    cell: int
    line: int
    digest: str


def repeat_notes(
    files: Mapping[str, Content], titles: Mapping[str, str], asked: Mapping[str, str]
) -> list[str]:
    """Return notes of asked names with several definitions.

    A note says which definition counts.

    Parameters
    ----------
    files
        Source, or cells of a notebook, by declared name.
    titles
        How messages call a file, by declared name.
    asked
        The declared file that should define each name; empty where that is not known.
    """
    places: dict[str, list[_Place]] = defaultdict(list)
    for file, content in files.items():
        for name, place in _definitions(file, content):
            if name.partition(".")[0] in asked:
                places[name].append(place)
    notes = [_repeat_note(name, found, titles, asked) for name, found in places.items()]
    return few([note for note in notes if note], "names are defined more than once")


def _definitions(file: str, content: Content) -> Iterator[tuple[str, _Place]]:
    """Find the definitions of a file's and its classes' statements.

    Definitions in branches are variants.
    """
    cells = [content] if isinstance(content, str) else content
    for number, text in enumerate(cells, start=1):
        try:
            tree = parse_python(text, file)
        except (SyntaxError, Refusal):
            continue
        cell = 0 if isinstance(content, str) else number
        for name, node in _defined_in(tree.body):
            yield name, _Place(file, cell, node.lineno, _digest(node))


def _defined_in(body: Sequence[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    for node in body:
        if isinstance(node, _DEFINITIONS) and not _adds(node):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef) and not prefix:
                methods = list(_defined_in(node.body, f"{node.name}."))
                names = [name for name, _ in methods]
                yield from ((name, inner) for name, inner in methods if names.count(name) > 1)


def _adds(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    names = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    last = {
        one.attr if isinstance(one, ast.Attribute) else one.id if isinstance(one, ast.Name) else ""
        for one in names
    }
    return bool(last & _ADDING_DECORATORS)


def _digest(node: ast.stmt) -> str:
    try:
        return ast.dump(node)
    except RecursionError:
        return f"{node.lineno}:{node.end_lineno}"


def _repeat_note(
    name: str, found: Sequence[_Place], titles: Mapping[str, str], asked: Mapping[str, str]
) -> str | None:
    if len({place.digest for place in found}) < 2:
        return None
    home = asked.get(name.partition(".")[0])
    files = list(dict.fromkeys(place.file for place in found))
    counting = home if home in files else files[0]
    counts = [place for place in found if place.file == counting][-1]
    listed = " and ".join(
        f"in {_places([place for place in found if place.file == file])} of "
        f"{titles.get(file, file)}"
        for file in files
    )
    times = {2: "twice"}.get(len(found), f"{len(found)} times")
    which = "the last one" if len(files) == 1 else f"that of {titles.get(counting, counting)}"
    is_in_cells = _are_in_cells_of_their_own([place for place in found if place.file == counting])
    where = f"cell {counts.cell}" if is_in_cells else _places([counts], needs_lines=True)
    return f"`{name}` is defined {times}, {listed}: {which}, {where}, counts."


def _are_in_cells_of_their_own(places: Sequence[_Place]) -> bool:
    return bool(places[0].cell) and len({place.cell for place in places}) == len(places)


MAX_PLACES = 10  # named in one note


def _places(places: Sequence[_Place], *, needs_lines: bool = False) -> str:
    """Name places of one file.

    Examples are "cells 2 and 5", "lines 3 and 20", "cell 2, lines 1 and 7".
    """
    if _are_in_cells_of_their_own(places) and not needs_lines:
        return _numbers("cell", [place.cell for place in places])
    if len({place.cell for place in places}) == 1:
        lines = _numbers("line", [place.line for place in places])
        return f"cell {places[0].cell}, {lines}" if places[0].cell else lines
    return " and ".join(f"cell {place.cell}, line {place.line}" for place in places[:MAX_PLACES])


def _numbers(noun: str, numbers: Sequence[int]) -> str:
    texts = [str(number) for number in numbers[:10]]
    if len(texts) == 1:
        return f"{noun} {texts[0]}"
    return f"{noun}s {', '.join(texts[:-1])} and {texts[-1]}"
