"""Finds which file of an upload is which declared file, and says what it left out.

A declared name wins over its copies (``layers (1).py``), those win over a notebook of that name, and whatever was worked on wins
over a template that was not; two that are equally good are a question to the student, never a guess.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from autograder.inside.refusal import Refusal, listed, shown

HIDDEN = "Hidden and generated files are not read"
COMPILED = "Compiled code is not read"
SETTINGS = "Files that change how Python or pytest starts are not read"
OTHER = "Not read, since they are no Python"

_SETTINGS_FILES = frozenset(
    {
        *("conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py"),
        *("pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini", ".coveragerc"),
    }
)
_DEBRIS = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
_COPY_MARKS = (
    re.compile(r"\.txt$"),  # Windows hides known suffixes: layers.py.txt
    re.compile(r"^copy of "),
    re.compile(r"[ _]*\(\d+\)(?=\.py$|\.ipynb$)"),
    re.compile(r"( -)? copy( \d+)?(?=\.py$|\.ipynb$)"),
)


@dataclass
class Selection:
    """What stands for what.

    Attributes
    ----------
    chosen
        Path by declared name.
    whole
        A notebook that stands for every declared file.
    notes
        What was left out or renamed, as sentences.
    unused
        Paths that stand for nothing, by what is said of them.
    """

    chosen: dict[str, str] = field(default_factory=dict)
    whole: str | None = None
    notes: list[str] = field(default_factory=list)
    unused: dict[str, set[str]] = field(default_factory=dict)

    def unused_notes(self, helpers: Collection[str]) -> list[str]:
        """Say which files were not used; those that others import were."""
        left = {what: sorted(paths.difference(helpers)) for what, paths in self.unused.items()}
        return [f"{what}: {listed(paths)}." for what, paths in left.items() if paths]


def drop_debris(paths: Collection[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Part what may be a student's source from what never is, by reason."""
    kept: list[str] = []
    dropped: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        reason = _reason_to_drop(path)
        if reason is None:
            kept.append(path)
        else:
            dropped[reason].append(path)
    return kept, dropped


def drop_notes(dropped: Mapping[str, Sequence[str]]) -> list[str]:
    """Say what was dropped and why."""
    return [f"{reason}: {listed(paths)}." for reason, paths in sorted(dropped.items())]


def _reason_to_drop(path: str) -> str | None:
    *folders, name = path.split("/")
    lowered = name.lower()
    if lowered in _SETTINGS_FILES or lowered.endswith(".pth"):
        return SETTINGS
    if "__pycache__" in folders or lowered.endswith((".pyc", ".pyo", ".pyd", ".so")):
        return COMPILED
    if "__MACOSX" in folders or any(part.startswith(".") for part in (*folders, name)) or lowered in _DEBRIS:
        return HIDDEN
    return None if _is_source(lowered) or _is_notebook(lowered) else OTHER


def fingerprint(source: bytes) -> bytes:
    """Digest a source such that an editor's line ends and blanks make no difference."""
    return hashlib.sha256(b"".join(source.split())).digest()


def select(
    files: Mapping[str, bytes],
    declared: Sequence[str],
    support: Collection[str] = (),
    shipped: Mapping[str, bytes] = MappingProxyType({}),
) -> Selection:
    """Choose among an upload's files.

    Parameters
    ----------
    files
        Sources and notebooks by path.
    declared
        File names that the assignment asks for.
    support
        File names that the course ships itself; students' copies of them are not used.
    shipped
        `fingerprint` of the template of each declared file.

    Raises
    ------
    Refusal
        If nothing fits, or several files fit equally well.
    """
    untouched = {path for path, data in files.items() if fingerprint(data) in shipped.values()}
    chosen = {name: path for name in declared if (path := _find_declared(files, name, untouched)) is not None}
    notebooks = {
        path: data for path, data in files.items() if _is_notebook(path.lower()) and _base(path) not in support
    }
    selection = Selection()
    if not chosen:
        _choose_by_kind(files, declared, support, selection)
    elif notebooks and untouched.issuperset(chosen.values()):
        _choose_by_kind(notebooks, declared, support, selection)
    else:
        selection.chosen = chosen
        selection.notes += [f"{shown(path)} was taken as {name}." for name, path in chosen.items() if path != name]
    unused = {*files} - {*selection.chosen.values(), selection.whole}
    selection.unused = {"Unchanged, so not used": unused & untouched, "Not used": unused - untouched}
    return selection


def _find_declared(files: Mapping[str, bytes], name: str, untouched: Collection[str]) -> str | None:
    """The best file for a declared name, the template as it was handed out only where nothing else fits."""
    fitting = [
        [path for path in files if is_match(_base(path), name)]
        for is_match in (_is_named, _is_copy_of, _is_notebook_of)
    ]
    worked_on = [[path for path in found if path not in untouched] for found in fitting]
    best = next(filter(None, (*worked_on, *fitting)), None)
    return None if best is None else _only(files, best, name)


def _only(files: Mapping[str, bytes], found: Sequence[str], name: str) -> str:
    """Take the only candidate; equal copies are one."""
    best = min(found, key=lambda path: (path.count("/"), path))
    if any(files[path] != files[best] for path in found):
        raise Refusal(f"{listed(found)} could each be {name}; hand in one of them")
    return best


def _choose_by_kind(
    files: Mapping[str, bytes], declared: Sequence[str], support: Collection[str], selection: Selection
) -> None:
    own = [path for path in files if _base(path) not in support]
    sources = [path for path in own if _is_source(path.lower())] if len(declared) == 1 else []
    notebooks = [path for path in own if _is_notebook(path.lower())]
    candidates = sources + notebooks
    if not candidates:
        wanted = " or ".join(declared)
        found = f"found {listed(list(files))}" if files else "found no .py or .ipynb file"
        raise Refusal(f"{wanted} was not handed in: {found}")
    path = _only(files, candidates, " and ".join(declared))
    if _is_notebook(path.lower()):
        selection.whole = path
    else:
        selection.chosen[declared[0]] = path
    if len(files) > 1 or "/" in path or path.lower().endswith(".txt"):
        selection.notes.append(f"{shown(path)} was taken as {' and '.join(declared)}.")


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _is_source(name: str) -> bool:
    return name.endswith((".py", ".py.txt"))


def _is_notebook(name: str) -> bool:
    return name.endswith(".ipynb")


def _is_named(base: str, name: str) -> bool:
    return base == name


def _is_copy_of(base: str, name: str) -> bool:
    return _without_copy_marks(base) == name.lower()


def _is_notebook_of(base: str, name: str) -> bool:
    return _without_copy_marks(base) == name.lower().removesuffix(".py") + ".ipynb"


def _without_copy_marks(base: str) -> str:
    text = base.lower()
    for mark in _COPY_MARKS:
        text = mark.sub("", text)
    return text
