"""Notebooks as references.

They have cells, and the grader sees them as modules.

A reference is code of the course, so what a notebook must be to be read here is narrow, and
everything else is an error that names the cell. Submissions that are notebooks never come here:
their reader is in the sandbox.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError

__all__ = [
    "COMMAND",
    "NotebookCell",
    "find_reference",
    "load_cells",
    "module_of",
    "notebook_name",
    "read_reference",
]

#: Stands before a notebook command (``%matplotlib inline``) in the module that a notebook is made
#: into.
COMMAND = "# notebook: "
_COMMAND_LINE = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """One cell of a notebook.

    Attributes
    ----------
    code
        Its number among the code cells, from 1; 0 for a cell of text.
    text
        What it holds; notebook commands are comments that begin with `COMMAND`.
    """

    code: int
    text: str


def notebook_name(file: str) -> str:
    """Return a declared file's name as a notebook.

    It is ``layers.ipynb`` for ``layers.py``.
    """
    return f"{file.removesuffix('.py')}.ipynb"


def find_reference(folder: Path, file: str) -> Path:
    """Return the path of a declared file's source.

    It is the notebook of its name if there is one and no ``.py``.
    """
    notebook = folder / notebook_name(file)
    return notebook if notebook.is_file() and not (folder / file).is_file() else folder / file


def read_reference(path: Path, where: str) -> str:
    """Read a file of a reference as the text of a module.

    Raises
    ------
    CourseError
        The file is a notebook that cannot be read.
    """
    if path.suffix == ".ipynb":
        return module_of(load_cells(path, where))
    return path.read_text(encoding="utf-8")


def load_cells(path: Path, where: str) -> tuple[NotebookCell, ...]:
    """Read the cells of a notebook (nbformat 4).

    Raises
    ------
    CourseError
        The file is no notebook, or a code cell is no Python.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = [(cell["cell_type"], _text(cell["source"])) for cell in document["cells"]]
    except (ValueError, KeyError, TypeError) as error:
        remedy = "Save it with Jupyter, in the format 4 of notebooks."
        raise CourseError(
            f"{where}: this is no notebook: {type(error).__name__}: {error}.", hint=remedy
        ) from error
    cells: list[NotebookCell] = []
    for kind, text in found:
        number = 1 + sum(cell.code > 0 for cell in cells)
        if kind == "code":
            cells.append(NotebookCell(number, _as_python(text, f"{where}, code cell {number}")))
        elif kind == "markdown":
            cells.append(NotebookCell(0, text))
    return tuple(cells)


def module_of(cells: Sequence[NotebookCell]) -> str:
    """Return the module that cells make in their order.

    Text becomes comments.
    """
    parts = [
        cell.text.strip("\n") if cell.code else _as_comment(cell.text)
        for cell in cells
        if cell.text.strip()
    ]
    return "\n\n\n".join(parts) + "\n"


def _text(source: Any) -> str:
    return "".join(source).replace("\r\n", "\n")


def _as_comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.strip("\n").split("\n"))


def _as_python(text: str, where: str) -> str:
    """Comment out notebook commands in a cell.

    This is done only where the cell is no Python with them.
    """
    error = _syntax_error(text)
    if error is None:
        return text
    commented = _COMMAND_LINE.sub(lambda line: COMMAND + line[0], text)
    error = _syntax_error(commented)
    if error is not None:
        raise CourseError(
            f"{where}, line {error.lineno or 1}: not Python: {error.msg}.",
            hint="Correct the syntax.",
        )
    return commented


def _syntax_error(text: str) -> SyntaxError | None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error
    return None
