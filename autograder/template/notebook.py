"""Templates as notebooks, for those who prefer them: made of the same source, and paired with it by jupytext.

Who has jupytext in Jupyter has ``layers.py`` written whenever ``layers.ipynb`` is saved, so that ``net.ipynb`` can import it.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence

from autograder.assignment import Assignment
from autograder.assignment.notebooks import COMMAND, Cell, notebook_name
from autograder.template.cells import cells_of
from autograder.template.files import template_cells, templates_of

__all__ = ["has_jupytext", "notebooks_of", "render_notebook"]

_METADATA = {
    "jupytext": {"formats": "ipynb,py:percent"},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_INTRODUCTION = """*Write what is missing below, and run `autograder check {notebook}` in a terminal whenever you want to know how far you \
are (`CHECK.md` says how to set it up). Hand in this notebook **or** `{file}`, not both.*"""


def has_jupytext() -> bool:
    """Whether notebooks can be made here."""
    return importlib.util.find_spec("jupytext") is not None


def notebooks_of(assignment: Assignment) -> dict[str, str]:
    """The template of each declared file as a notebook, by the notebook's name.

    Raises
    ------
    CourseError
        As `templates_of`.
    """
    rendered = templates_of(assignment)
    made: dict[str, str] = {}
    for name, path in assignment.reference_files().items():
        is_notebook = path.suffix == ".ipynb"
        cells = template_cells(path, assignment.relative(path)) if is_notebook else cells_of(rendered[name])
        made[notebook_name(name)] = render_notebook(cells, name)
    return made


def render_notebook(cells: Sequence[Cell], file: str) -> str:
    """Write cells as a notebook; the same cells make the same text.

    Parameters
    ----------
    file
        The declared file that the notebook stands for.
    """
    import jupytext  # noqa: PLC0415 - optional, and slow to import

    introduction = Cell(0, _INTRODUCTION.format(notebook=notebook_name(file), file=file))
    notebook = jupytext.reads(_percent([introduction, *cells]), fmt="py:percent")
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # jupytext draws them by chance
        cell["metadata"] = {}
    notebook.metadata = dict(_METADATA)
    return str(jupytext.writes(notebook, fmt="ipynb")).rstrip("\n") + "\n"


def _percent(cells: Sequence[Cell]) -> str:
    """Cells in jupytext's percent format, notebook commands as they were written."""
    parts = []
    for cell in cells:
        if cell.code:
            parts.append("# %%\n" + re.sub(f"^{re.escape(COMMAND)}", "# ", cell.text, flags=re.MULTILINE))
        else:
            parts.append("# %% [markdown]\n" + "\n".join(f"# {line}".rstrip() for line in cell.text.split("\n")))
    return "\n\n".join(parts) + "\n"
