"""Reads notebooks (nbformat 3 and 4) as JSON: their code cells in order, as Python, each under its number.

Cells keep their numbers, counted from 1 over code cells: one that is skipped becomes an empty one.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.inside.decoding import MAX_SOURCE_BYTES
from autograder.inside.magics import translate
from autograder.inside.refusal import MIB, Refusal, few, shown

MAX_CELLS = 5_000

#: Cell magics whose body is the student's code, run in the notebook's namespace.
_KEEP_THEIR_BODY = frozenset(
    {"capture", "lprun", "memit", "mprun", "notify", "prun", "pyinstrument", "scalene", "snakeviz", "time", "timeit"}
)
_WRITE_A_FILE = frozenset({"writefile", "file"})
_CELL_MAGIC = re.compile(r"%%(?P<name>[^\W\d][\w.]*)[ \t]*(?P<arguments>.*)")
_OTHER_KERNELS = re.compile(
    r"^(ir|julia|javascript|node|iruby|ruby|scala|bash|octave|matlab|xcpp|csharp)\b", re.IGNORECASE
)


@dataclass
class Notebook:
    """What a notebook holds.

    Attributes
    ----------
    cells
        Python of every code cell; empty for one that is skipped or written to a file.
    written
        Text of declared files that cells write with ``%%writefile``.
    notes
        What was skipped or does nothing here, for the student.
    """

    cells: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def has_code(self) -> bool:
        """Whether any cell would run."""
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
        If it is no notebook, its kernel is not Python, or it holds too much.
    """
    document = _parse(data, name)
    _require_python(document, name)
    notebook = Notebook()
    commands: list[str] = []
    for number, source in enumerate(_code_cells(document, name), start=1):
        commands += _add_cell(notebook, number, source, declared)
    if sum(len(cell.encode()) for cell in notebook.cells) > MAX_SOURCE_BYTES or len(notebook.cells) > MAX_CELLS:
        raise Refusal(
            f"{name} holds too much code; at most {MAX_SOURCE_BYTES // MIB} MiB in {MAX_CELLS:,} cells are read"
        )
    if not (notebook.has_code or notebook.written):
        raise Refusal(f"{name} holds no code")
    notebook.notes = few(notebook.notes, "cells were skipped") + inert_note(commands, name)
    return notebook


def inert_note(commands: list[str], name: str) -> list[str]:
    """Say which notebook commands do nothing here; no note without any."""
    if not commands:
        return []
    distinct = list(dict.fromkeys(commands))
    more = f" and {len(distinct) - 3:,} more" if len(distinct) > 3 else ""
    return [f"{name}: notebook commands do nothing here: {', '.join(map(shown, distinct[:3]))}{more}."]


def _parse(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        document = json.loads(data.removeprefix(codecs.BOM_UTF8).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refusal(f"{name} is no notebook: it is not UTF-8 (byte {error.start:,})") from error
    except json.JSONDecodeError as error:
        raise Refusal(f"{name} is no notebook, or a damaged one: line {error.lineno} is not JSON") from error
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
        raise Refusal(f"{name} is a notebook for {shown(language)}, not for Python")
    kernel_name = kernel.get("name")
    if not language and isinstance(kernel_name, str) and _OTHER_KERNELS.match(kernel_name):
        raise Refusal(f"{name} is a notebook for {shown(kernel_name)}, not for Python")


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _code_cells(document: Mapping[str, Any], name: str) -> Iterator[str]:
    """Find the text of each code cell: nbformat 4 has cells, nbformat 3 has worksheets with cells."""
    sheets = [document] if "cells" in document else document["worksheets"]
    for sheet in _items(sheets, name):
        for cell in _items(_table(sheet).get("cells", []), name):
            if not isinstance(cell, dict):
                raise Refusal(f"{name} is a damaged notebook: a cell is no object")
            if cell.get("cell_type") == "code":
                yield _text(cell.get("source", cell.get("input", "")), name)


def _items(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refusal(f"{name} is a damaged notebook: its cells are no list")
    return value


def _text(value: object, name: str) -> str:
    try:
        text = "".join(value if isinstance(value, list) else [value])  # type: ignore[list-item]
        text.encode("utf-8")
    except (TypeError, UnicodeEncodeError) as error:
        raise Refusal(f"{name} is a damaged notebook: the source of a cell is no text") from error
    return re.sub(r"\r\n?", "\n", text)


def _add_cell(notebook: Notebook, number: int, source: str, declared: Collection[str]) -> list[str]:
    """Add a code cell; the commands in it that do nothing."""
    before, magic, body = _split_cell_magic(source)
    if magic is None:
        return _add_code(notebook, source)
    name, arguments = magic["name"], magic["arguments"]
    if name in _KEEP_THEIR_BODY:
        return _add_code(notebook, f"{before}\n{body}")
    target = _written_file(arguments, declared) if name in _WRITE_A_FILE else None
    if target is not None:
        is_appended = re.search(r"(^|\s)(-a|--append)(\s|$)", arguments) is not None
        notebook.written[target] = (notebook.written.get(target, "") if is_appended else "") + body.rstrip("\n") + "\n"
    else:
        notebook.notes.append(f"Code cell {number} was skipped: {shown(magic[0].strip())}.")
    notebook.cells.append("")
    return []


def _add_code(notebook: Notebook, source: str) -> list[str]:
    translation = translate(source)
    notebook.cells.append(translation.source)
    return translation.commands


def _split_cell_magic(source: str) -> tuple[str, re.Match[str] | None, str]:
    """Split a cell at the magic that begins it, which may stand below empty lines and comments."""
    lines = source.split("\n")
    for place, line in enumerate(lines):
        if magic := _CELL_MAGIC.match(line):
            return "\n".join(lines[:place]) + "\n" * (place > 0), magic, "\n".join(lines[place + 1 :])
        if line.strip() and not line.lstrip().startswith("#"):
            break
    return "", None, source


def _written_file(arguments: str, declared: Collection[str]) -> str | None:
    words = [word for word in arguments.split() if not word.startswith("-")]
    name = re.split(r"[/\\]", words[-1].strip("\"'"))[-1] if words else ""
    return name if name in declared else None
