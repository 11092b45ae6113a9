"""Separation of possible sources from debris.

Debris is hidden, generated and compiled files, and the course's own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from autograder.inside.reading.refusal import listed
from autograder.inside.reading.suffixes import is_backup, is_notebook, is_source

HIDDEN = "Hidden and generated files are not read"
COMPILED = "Compiled code is not read"
BACKUP = "Backups that editors and Git keep are not read"
SETTINGS = "Files that change how Python or pytest starts are not read"
OTHER = "Not read, since they are no Python"
RELEASED = "The course's own files in the folder check/ are not read"

_SETTINGS_FILES = frozenset(
    {
        *("conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py"),
        *("pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini", ".coveragerc"),
    }
)
_DEBRIS = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
#: Folders that programs make, by their names.
_GENERATED = frozenset({"__pycache__", "__MACOSX", "venv", "node_modules", "site-packages"})
#: What lies in the folder of an environment, whatever that is called.
_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})
#: The course of what is public that lies in a released folder: its tests and templates are no student's work.
_RELEASED = re.compile(r"(?:^|/)check/(?:(?:assignments|student_template)/[^/]+/|grader\.toml$)")


def drop_debris(paths: Collection[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Separate possible sources from debris, by reason."""
    kept: list[str] = []
    dropped: dict[str, list[str]] = defaultdict(list)
    environments = find_environments(paths)
    for path in sorted(paths):
        reason = HIDDEN if generated_part(path, environments) else reason_to_drop(path)
        if reason is None:
            kept.append(path)
        else:
            dropped[reason].append(generated_part(path, environments) or path)
    return kept, {reason: list(dict.fromkeys(paths)) for reason, paths in dropped.items()}


def drop_notes(dropped: Mapping[str, Sequence[str]]) -> list[str]:
    """Return notes of the dropped files and the reasons.

    The course's own files need no list.
    """
    return [
        f"{reason}." if reason == RELEASED else f"{reason}: {listed(paths)}."
        for reason, paths in sorted(dropped.items())
    ]


def join_drop_notes(notes: Iterable[str]) -> tuple[str, ...]:
    """Join the notes of a folder and its archives, by reason."""
    joined: dict[str, str] = {}
    for note in notes:
        reason, colon, names = note.partition(": ")
        is_list = colon and reason in {HIDDEN, COMPILED, BACKUP, SETTINGS, OTHER}
        key = reason if is_list else note
        if is_list and key in joined:
            joined[key] = f"{joined[key].removesuffix('.')}, {names}"
        else:
            joined[key] = note
    return tuple(joined.values())


def is_systems_file(name: str) -> bool:
    """Return True for the name of a desktop's own file.

    Desktops keep such files in folders.
    """
    return name.startswith(".") or name.lower() in _DEBRIS


def reason_to_drop(path: str) -> str | None:
    """Return the reason that a file is no source, or None.

    None means that it may be a student's source.
    """
    *folders, name = path.split("/")
    lowered = name.lower()
    if is_released(path):
        return RELEASED
    if lowered in _SETTINGS_FILES or lowered.endswith(".pth"):
        return SETTINGS
    if lowered.endswith((".pyc", ".pyo", ".pyd", ".so")):
        return COMPILED
    if any(map(is_generated, folders)) or is_systems_file(name):
        return HIDDEN
    if is_backup(name):
        return BACKUP
    return None if is_source(name) or is_notebook(name) else OTHER


def is_generated(folder: str) -> bool:
    """Return True for a hidden or generated folder's name."""
    return folder.startswith(".") or folder in _GENERATED


def is_environment(names: Iterable[str]) -> bool:
    """Return True for the entries of an environment's folder.

    Such a folder holds an environment with its packages.
    """
    return not _ENVIRONMENT.isdisjoint(names)


def is_released(path: str) -> bool:
    """Return True for a course file in a released folder."""
    return _RELEASED.search(path) is not None


def find_environments(paths: Iterable[str]) -> frozenset[str]:
    """Find the folders of environments, with slashes at their ends."""
    found = set()
    for path in paths:
        parts = path.split("/")
        for place in (place for place, part in enumerate(parts) if part in _ENVIRONMENT):
            found.add("/".join([*parts[:place], ""]))
    return frozenset(found - {""})  # what lies beside the files themselves makes them no environment


def generated_part(path: str, environments: Collection[str] = ()) -> str:
    """Return the outermost hidden or generated folder of a path.

    It is empty if there is none.
    """
    parts = path.split("/")
    for length in range(1, len(parts)):
        folder = "/".join(parts[:length])
        if is_generated(parts[length - 1]) or f"{folder}/" in environments:
            return folder
    return ""
