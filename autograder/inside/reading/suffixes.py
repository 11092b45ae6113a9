"""The suffixes of sources, notebooks and archives."""

from __future__ import annotations

import re

from autograder.inside.reading.copynames import without_end_mark

# Windows and browsers add a suffix where they know better: ``layers.py.txt``, ``layers.ipynb.json``.
_SOURCE = re.compile(r"\.(?:pyw|py(\.txt|\.py)?)$", re.IGNORECASE)
_NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json|\.ipynb)?$", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(zip|tar|tgz|tbz2?|txz)(\.zip)?$", re.IGNORECASE)
# Canvas puts the number of a second copy before the last suffix: ``ann.tar-1.gz``.
_PACKED_TAR = re.compile(r"\.tar(?P<mark>[^./]{0,40})\.(gz|bz2|xz)$", re.IGNORECASE)
_BACKUP = re.compile(
    r"~$|^#.*#$|\.(bak|orig|rej|sw[a-p]|save|old|backup|autosave|tmp)(\.\d+)?$"
    r"|_(BASE|LOCAL|REMOTE|BACKUP)_\d+\.(py|ipynb)$",
    re.IGNORECASE,
)
_TEXT = re.compile(r"\.(txt|json)$", re.IGNORECASE)


def is_source(name: str) -> bool:
    """Return True for the name of a Python source."""
    return _SOURCE.search(name) is not None


def is_notebook(name: str) -> bool:
    """Return True for the name of a notebook."""
    return _NOTEBOOK.search(name) is not None


def is_archive(name: str) -> bool:
    """Return True for the name of an archive that the reader opens."""
    return _archive(name) is not None


def is_text(name: str) -> bool:
    """Return True for a text or JSON file.

    It may be a source or notebook by mistake.
    """
    return not (is_source(name) or is_notebook(name)) and _TEXT.search(name) is not None


def as_code(name: str) -> str:
    """Return a source's name without a text or Windows suffix."""
    if name.lower().endswith(".pyw"):
        return name[:-1]
    return name[: name.rindex(".")] + ".py" if is_text(name) else name


def is_backup(name: str) -> bool:
    """Return True for an earlier version kept beside a file.

    Editors and Git keep such versions.
    """
    return _BACKUP.search(name) is not None


def is_material(name: str) -> bool:
    """Return True for a source, a notebook or an archive.

    A submission is made of these.
    """
    return is_source(name) or is_notebook(name) or is_archive(name)


def split_name(name: str) -> tuple[str, str]:
    """Split a file's name into its stem and suffix.

    Some suffixes have two parts.
    """
    found = _SOURCE.search(name) or _NOTEBOOK.search(name) or _archive(name)
    if found and found.start():
        return name[: found.start()], found[0]
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem and suffix else (name, "")


def _archive(name: str) -> re.Match[str] | None:
    packed = _PACKED_TAR.search(name)
    if packed and (not packed["mark"] or without_end_mark(packed["mark"]) == ""):
        return packed
    return _ARCHIVE.search(name)
