"""The template of an assignment.

It is every declared file of the reference without the solutions.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.course import Assignment
from autograder.course.notebooks import NotebookCell, load_cells, module_of
from autograder.course.template.marks import BEGIN, END, render_template
from autograder.errors import CourseError

__all__ = ["render_cells", "stale_files", "template_cells", "templates_of", "write_template"]


def templates_of(assignment: Assignment) -> dict[str, str]:
    """Render every declared file.

    Raises
    ------
    CourseError
        As `render_template`, or a file marks no solution, so that the template would be the
        reference.
    """
    rendered: dict[str, str] = {}
    for name, path in assignment.reference_files().items():
        where = assignment.relative(path)
        source = assignment.reference_sources()[name]
        rendered[name] = (
            render_cells(path, where) if path.suffix == ".ipynb" else render_template(source, where)
        )
        if rendered[name] == source:
            raise CourseError(
                f"{where}: no solution is marked, so students would get the reference.",
                hint=f"Put `{BEGIN}` and `{END}` around what they shall write.",
            )
    return rendered


def render_cells(path: Path, where: str) -> str:
    """Return a notebook reference as a module without solutions.

    Raises
    ------
    CourseError
        As `template_cells`.
    """
    return module_of(template_cells(path, where))


def template_cells(path: Path, where: str) -> tuple[NotebookCell, ...]:
    """Return a notebook reference's cells without solutions.

    Raises
    ------
    CourseError
        As `render_template`, or a solution does not end in the cell in which it begins.
    """
    return tuple(
        replace(cell, text=render_template(cell.text, f"{where}, code cell {cell.code}"))
        if cell.code
        else cell
        for cell in load_cells(path, where)
    )


def stale_files(assignment: Assignment) -> list[Path]:
    """Return the template's stale files.

    They are missing, are not as `templates_of` makes them, or are too many.
    """
    rendered = templates_of(assignment)
    made = [
        assignment.template / name
        for name, text in rendered.items()
        if _text_of(assignment.template / name) != text
    ]
    return made + _strangers(assignment)


def write_template(assignment: Assignment) -> list[Path]:
    """Bring the template up to date.

    Return the files that were written or removed.
    """
    rendered = templates_of(assignment)
    stale = stale_files(assignment)
    assignment.template.mkdir(parents=True, exist_ok=True)
    for path in stale:
        if path.name in rendered:
            path.write_text(rendered[path.name], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return stale


def _text_of(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None


def _strangers(assignment: Assignment) -> list[Path]:
    return [
        path
        for path in sorted(assignment.template.glob("*.py"))
        if path.name not in assignment.files
    ]
