"""Tests of the package's public names.

One name has one meaning, so that a reader who has met it once knows it everywhere.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import autograder

PACKAGE = Path(autograder.__file__).parent
COMMANDS = PACKAGE / "cli"  # a command has the name that its user types
COURSE = PACKAGE / "authoring" / "course"  # what `init` writes, of which nothing is imported
ENTRIES = {"main", "serve"}  # what a process runs, named by its module alone


def homonyms(kinds: tuple[type[ast.stmt], ...]) -> dict[str, list[str]]:
    """Return the public names that several modules define, with these modules."""
    places = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        if not path.is_relative_to(COMMANDS) and not path.is_relative_to(COURSE):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, kinds) and not node.name.startswith("_"):
                    places[node.name].add(path.relative_to(PACKAGE).as_posix())
    return {name: sorted(found) for name, found in places.items() if len(found) > 1 and name not in ENTRIES}


@pytest.mark.parametrize("kinds", [(ast.ClassDef,), (ast.FunctionDef,)], ids=["classes", "functions"])
def test_public_name_has_one_meaning_in_the_package(kinds):
    """No two modules define public classes, or functions, of one name."""
    assert homonyms(kinds) == {}
