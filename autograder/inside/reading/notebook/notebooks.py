"""The reader of notebooks (nbformat 3 and 4) as JSON.

It keeps each cell's last value.

It finds their code cells in order, as Python, each under its number.

Cells keep their numbers, counted from 1 over code cells: one that is skipped becomes an empty one.
"""

from __future__ import annotations

import ast
import codecs
import json
import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.inside.reading.decoding import MAX_SOURCE_BYTES, require_content, require_utf8
from autograder.inside.reading.notebook.cells import CodeCell, read_cell
from autograder.inside.reading.notebook.effects import effect_notes, name_cells, skipped_notes
from autograder.inside.reading.refusal import MIB, Refusal, few, quoted

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
    names = [
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and _NAMES.fullmatch(node.id)
    ]
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
    first, last, end = (
        node.lineno - 1,
        (node.end_lineno or node.lineno) - 1,
        node.end_col_offset or 0,
    )
    if lines[last][end:].lstrip().startswith(b";"):
        return cell
    lines[last] = lines[last][:end] + f"), {count})".encode() + lines[last][end:]
    lines[first] = (
        lines[first][: node.col_offset] + b"get_ipython().keep((" + lines[first][node.col_offset :]
    )
    return b"\n".join(lines).decode()


def _calls_the_shell(node: ast.expr) -> bool:
    function = node.func if isinstance(node, ast.Call) else None
    shell = function.value if isinstance(function, ast.Attribute) else None
    return (
        isinstance(shell, ast.Call)
        and isinstance(shell.func, ast.Name)
        and shell.func.id == "get_ipython"
    )


MAX_CELLS = 5_000
MAX_COUNT = 1_000_000

_MERGE = re.compile(r"^(?:<{7}|>{7}) .*$", re.MULTILINE)
_SKIP_TAG = "skip-execution"
_DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+def|class|def)\b", re.MULTILINE)
_OTHER_KERNELS = re.compile(
    r"^(ir|julia|javascript|node|iruby|ruby|scala|bash|octave|matlab|xcpp|csharp)\b", re.IGNORECASE
)


@dataclass
class Notebook:
    """The contents of a notebook.

    Attributes
    ----------
    cells
        Python of every code cell; empty for one that is skipped or written to a file.
    written
        Text of declared files that cells write with ``%%writefile``.
    helpers
        Text of other Python files that they write.
    notes
        Cells that are not run and commands that do nothing here, for the student.
    """

    cells: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def has_code(self) -> bool:
        """True if any cell would run."""
        return any(cell.strip() for cell in self.cells)


def read_notebook(data: bytes, name: str, declared: Collection[str]) -> Notebook:
    """Read a notebook.

    Parameters
    ----------
    data
        The file.
    name
        How messages call it.
    declared
        File names that ``%%writefile`` may write.

    Raises
    ------
    Refusal
        The file is no notebook, its kernel is not Python, or it holds too much.
    """
    document = _parse(data, name)
    _require_python(document, name)
    notebook, unread = Notebook(), _Unread()
    cells = [
        (cell, _text(cell.get("source", cell.get("input", "")), name))
        for cell in _code_cells(document, name)
    ]
    _require_small([source for _, source in cells], name)
    for number, (cell, source) in enumerate(cells, start=1):
        _add_cell(
            notebook,
            unread,
            number,
            source if unread.may_run(cell, number, source) else None,
            declared,
        )
    notebook.cells = keep_results(
        notebook.cells, [_count(cell, number) for number, (cell, _) in enumerate(cells, start=1)]
    )
    _require_small(notebook.cells, name)  # some commands are shorter than what they stand for
    if not (notebook.has_code or notebook.written):
        raise Refusal(f"{name} holds no code")
    notebook.notes = unread.notes(name)
    return notebook


def _require_small(cells: Collection[str], name: str) -> None:
    if sum(len(cell.encode()) for cell in cells) > MAX_SOURCE_BYTES or len(cells) > MAX_CELLS:
        raise Refusal(
            f"{name} holds too much code; at most {MAX_SOURCE_BYTES // MIB} MiB in {MAX_CELLS:,} "
            "cells are read"
        )


@dataclass
class _Unread:
    """Commands that do nothing here and cells that are not run.

    Attributes
    ----------
    commands
        As they were written.
    magics
        Numbers of cells by the cell magic that keeps them from running.
    languages
        Numbers of cells by the language that they are marked with.
    tagged
        Numbers of cells with the tag that keeps them from running.
    """

    commands: list[str] = field(default_factory=list)
    magics: dict[str, list[int]] = field(default_factory=dict)
    languages: dict[str, list[int]] = field(default_factory=dict)
    tagged: list[int] = field(default_factory=list)

    def may_run(self, cell: Mapping[str, Any], number: int, source: str) -> bool:
        """Return False for a cell that its notebook excludes from running."""
        language = _language(cell)
        if language:
            self.languages.setdefault(language, []).append(number)
            return False
        tags = _table(cell.get("metadata")).get("tags")
        if isinstance(tags, list) and _SKIP_TAG in tags and not _DEFINES.search(source):
            self.tagged.append(number)
            return False
        return True

    def notes(self, name: str) -> list[str]:
        """Return the notes for the student."""
        marked = [
            f"{name}: {name_cells(numbers)} {'is' if len(numbers) == 1 else 'are'} not run: marked "
            f"as {quoted(language)}."
            for language, numbers in self.languages.items()
        ]
        if self.tagged:
            verb = "is" if len(self.tagged) == 1 else "are"
            marked.append(
                f"{name}: {name_cells(self.tagged)} {verb} not run: tagged {_SKIP_TAG!r}."
            )
        return (
            few(marked, "languages")
            + skipped_notes(self.magics, name)
            + effect_notes(self.commands, name)
        )


def _language(cell: Mapping[str, Any]) -> str:
    """Return the language with which an editor marks a cell.

    It is empty for Python and for none.
    """
    metadata = _table(cell.get("metadata"))
    marks = (
        _table(metadata.get("vscode")).get("languageId"),
        _table(metadata.get("polyglot_notebook")).get("kernelName"),
        _table(metadata.get("dotnet_interactive")).get("language"),
        cell.get("language"),
    )
    language = next((mark for mark in marks if isinstance(mark, str) and mark), "")
    return "" if re.match(r"i?py", language, re.IGNORECASE) else language


def _parse(data: bytes, name: str) -> Mapping[str, Any]:
    require_content(data, name)
    require_utf8(data, name)
    try:
        document = json.loads(data.removeprefix(codecs.BOM_UTF8).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refusal(f"{name} is no notebook: it is not UTF-8 (byte {error.start:,})") from error
    except json.JSONDecodeError as error:
        mark = _MERGE.search(error.doc)
        if mark is not None:
            line = error.doc.count("\n", 0, mark.start()) + 1
            what = f"{quoted(mark[0].rstrip()[:60])} is left from an unfinished merge in Git"
            remedy = "take one of the two versions of the notebook and hand in that"
            raise Refusal(
                f"{name}, line {line:,}: {what}; {remedy}", kind="a merge in Git"
            ) from error
        raise Refusal(
            f"{name} is no notebook, or a damaged one: line {error.lineno} is not JSON"
        ) from error
    except (ValueError, RecursionError) as error:
        raise Refusal(f"{name} is no notebook: its JSON is too complex") from error
    if not isinstance(document, dict) or not ("cells" in document or "worksheets" in document):
        raise Refusal(f"{name} is no notebook: it has no cells")
    return document


def _require_python(document: Mapping[str, Any], name: str) -> None:
    metadata = _table(document.get("metadata"))
    kernel = _table(metadata.get("kernelspec"))
    language = _table(metadata.get("language_info")).get("name") or kernel.get("language")
    if isinstance(language, str) and not re.match(r"i?python", language, re.IGNORECASE):
        raise Refusal(f"{name} is a notebook for {quoted(language)}, not for Python")
    kernel_name = kernel.get("name")
    if not language and isinstance(kernel_name, str) and _OTHER_KERNELS.match(kernel_name):
        raise Refusal(f"{name} is a notebook for {quoted(kernel_name)}, not for Python")


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _code_cells(document: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Find each code cell.

    nbformat 4 has cells, nbformat 3 has worksheets with cells.
    """
    sheets = [document] if "cells" in document else document["worksheets"]
    for sheet in _items(sheets, name):
        for cell in _items(_table(sheet).get("cells", []), name):
            if not isinstance(cell, dict):
                raise Refusal(f"{name} is a damaged notebook: a cell is no object")
            if cell.get("cell_type") == "code":
                yield cell


def _items(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refusal(f"{name} is a damaged notebook: its cells are no list")
    return value


def _count(cell: Mapping[str, Any], number: int) -> int:
    """Return the number that the notebook shows beside a cell.

    For a cell that was never run, it is the cell's place.
    """
    count = cell.get("execution_count", cell.get("prompt_number"))
    return count if isinstance(count, int) and 0 < count < MAX_COUNT else number


def _text(value: object, name: str) -> str:
    try:
        text = "".join(value if isinstance(value, list) else [value])  # type: ignore[list-item]
        text.encode("utf-8")
    except (TypeError, UnicodeEncodeError) as error:
        raise Refusal(f"{name} is a damaged notebook: the source of a cell is no text") from error
    return re.sub(r"\r\n?", "\n", text)


def _add_cell(
    notebook: Notebook, unread: _Unread, number: int, source: str | None, declared: Collection[str]
) -> None:
    """Add a code cell.

    None stands for one that is not run.
    """
    cell = CodeCell("") if source is None else read_cell(source, declared)
    for file, text, is_appended in cell.written:
        texts = notebook.written if file in declared else notebook.helpers
        texts[file] = (texts.get(file, "") if is_appended else "") + text
    if cell.skipped_by:
        unread.magics.setdefault(cell.skipped_by, []).append(number)
    unread.commands += cell.commands
    notebook.cells.append(cell.source)
