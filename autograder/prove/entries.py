"""Files of entries with reasons.

An author keeps them beside an assignment.
"""

from __future__ import annotations

import tomllib
from typing import Any

from autograder.course import Assignment
from autograder.course.problems import Problem, raise_problems


def load_entries(assignment: Assignment, file: str, table: str) -> tuple[list[dict[str, Any]], str]:
    """Load an array of tables, and the file's text.

    Both are empty if there is no such file.

    Raises
    ------
    CourseError
        The file is not TOML.
    """
    path = assignment.folder / file
    if not path.is_file():
        return [], ""
    text = path.read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = []
    try:
        entries = tomllib.loads(text).get(table, [])
    except tomllib.TOMLDecodeError as error:
        where = assignment.relative(path)
        raise_problems(assignment.id, [Problem(where, "", f"not TOML: {error}", "Write it as TOML: https://toml.io.")])
    return entries, text
