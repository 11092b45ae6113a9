"""Templates as notebooks.

They are for students who prefer notebooks, and are written from the same source.

Where a student's Jupyter has jupytext, the metadata pair the two: saving ``layers.ipynb`` writes
``layers.py``, so that ``net.ipynb`` can import it. Nothing here, and nothing in a notebook, needs
it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from autograder.course import Assignment
from autograder.course.notebooks import COMMAND, NotebookCell, notebook_name
from autograder.course.template.cells import cells_of
from autograder.course.template.files import template_cells, templates_of

__all__ = ["notebooks_of", "render_notebook"]

_METADATA = {
    "jupytext": {"formats": "ipynb,py:percent"},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_INTRODUCTION = """*Write what is missing below, and run `autograder check {notebook}` in a \
terminal whenever you want to know how far you are (`CHECK.md` says how to set it up). Hand in \
this notebook **or** `{file}`, not both.*"""


def notebooks_of(assignment: Assignment) -> dict[str, str]:
    """Return each declared file's template as a notebook.

    The key is the notebook's name.

    Raises
    ------
    CourseError
        As `templates_of`.
    """
    rendered = templates_of(assignment)
    made: dict[str, str] = {}
    for name, path in assignment.reference_files().items():
        is_notebook = path.suffix == ".ipynb"
        cells = (
            template_cells(path, assignment.relative(path))
            if is_notebook
            else cells_of(rendered[name])
        )
        made[notebook_name(name)] = render_notebook(cells, name)
    return made


def render_notebook(cells: Sequence[NotebookCell], file: str) -> str:
    """Write cells as a notebook.

    The same cells make the same text.

    Parameters
    ----------
    file
        The declared file that the notebook stands for.
    """
    introduction = NotebookCell(0, _INTRODUCTION.format(notebook=notebook_name(file), file=file))
    document = {
        "cells": [_cell(cell, number) for number, cell in enumerate([introduction, *cells])],
        "metadata": _METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,  # the first in which cells have ids
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _cell(cell: NotebookCell, number: int) -> dict[str, object]:
    """Return a cell in the notebook format 4.5.

    Notebook commands are as they were written.
    """
    text = (
        re.sub(f"^{re.escape(COMMAND)}", "", cell.text, flags=re.MULTILINE)
        if cell.code
        else cell.text
    )
    made: dict[str, object] = {
        "cell_type": "code" if cell.code else "markdown",
        "id": f"cell-{number}",  # the same in every release, so that an editor sees no change
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return made | {"execution_count": None, "outputs": []} if cell.code else made
