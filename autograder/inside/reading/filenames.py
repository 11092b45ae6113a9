"""File names of uploads, with suffixes, copies and debris.

Debris is hidden, generated and compiled files, and the course's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from autograder.inside.reading.refusal import few_of

MAX_MARKS = 4  # on one name: "Copy of layers (1) - Copy (2).py" has three
MAX_NAME_CHARS = 300  # longer names than any file system keeps are not looked at

#: "Copy" as programs say it; the order of the languages is that of the module's tests.
WORDS = {
    "English": ("copy", "duplicate"),
    "German": ("kopie",),
    "French": ("copie",),
    "Spanish": ("copia", "copiar"),
    "Italian": ("copia",),
    "Portuguese": ("cópia", "copia"),
    "Dutch": ("kopie",),
    "Polish": ("kopia",),
    "Scandinavian": ("kopia", "kopi"),
    "Japanese": ("コピー", "複製"),
    "Chinese": ("副本", "复件", "複本", "拷贝", "拷貝", "複製", "复制"),
}
#: "Copy of" as programs say it before the name.
BEFORE = {
    "English": "copy of",
    "German": "kopie von",
    "French": "copie de",
    "Spanish": "copia de",
    "Italian": "copia di",
    "Portuguese": "cópia de",
    "Dutch": "kopie van",
    "Polish": "kopia pliku",
    "Scandinavian": "kopi(?:a)? a[vf]",
}


class Certainty(Enum):
    """The certainty that a mark does not belong to the name."""

    WORD = "it says that it is a copy"
    NUMBER = "a number in brackets, as browsers write it"
    LOOSE = "a bare number, which may belong to the name"
    PREFIX = "the prefix of a learning platform"


@dataclass(frozen=True, slots=True)
class Mark:
    """A way to mark a copy.

    It is a pattern at an end of a name's stem.
    """

    pattern: re.Pattern[str]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Original:
    """A name without marks.

    Attributes
    ----------
    name
        What is left of the name.
    number
        The largest number of its marks, 0 without any: later copies have larger ones.
    certainties
        Those of the marks.
    """

    name: str
    number: int = 0
    certainties: frozenset[Certainty] = frozenset()


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_LATIN = "|".join(
    sorted({word for words in WORDS.values() for word in words if word.isascii() or "ó" in word})
)
_EASTERN = "|".join(
    sorted({word for words in WORDS.values() for word in words} - set(_LATIN.split("|")))
)
_WORD = f"(?:{_LATIN}|{_EASTERN})"
_NUMBER = r"(?P<number>\d{1,3})"
# "3rd copy", "3 番目のコピー", "第 3 个复件"
_ORDINAL = rf"[^()\d]{{0,5}}{_NUMBER}[^()\d]{{0,10}}?"
_OF = "|".join(sorted(set(BEFORE.values())))

_AT_THE_END = (
    Mark(_pattern(rf"[ _+]*\({_NUMBER}\)$"), Certainty.NUMBER),
    Mark(_pattern(rf"[ _+]*\({_ORDINAL}(?:\b(?:{_LATIN})|(?:{_EASTERN}))\)$"), Certainty.WORD),
    Mark(
        _pattern(rf"[ _+]*\([^()]{{0,40}}?(?:\b(?:{_LATIN})|(?:{_EASTERN}))[ _]*{_NUMBER}?\)$"),
        Certainty.WORD,
    ),
    Mark(_pattern(r"[ _+]*\([^()]{0,40} conflicted copy(?: [^()]{0,40})?\)$"), Certainty.WORD),
    Mark(_pattern(rf"[ _]*-+[ _]*{_WORD}[ _]*{_NUMBER}?$"), Certainty.WORD),
    Mark(_pattern(rf"[ _]+{_WORD}(?:[ _]*{_NUMBER})?$"), Certainty.WORD),
    Mark(_pattern(rf"[ _]*(?:の|的)(?:{_EASTERN})[ _]*{_NUMBER}?$"), Certainty.WORD),
    Mark(_pattern(r"-checkpoint$"), Certainty.WORD),
    Mark(_pattern(r"\.sync-conflict-\d{8}-\d{6}(?:-\w+)?$"), Certainty.WORD),
    Mark(_pattern(r"[-_ ](?P<number>\d{1,2})$"), Certainty.LOOSE),
)
_AT_THE_START = (
    Mark(_pattern(rf"^(?:{_OF})(?:[ _]*\({_NUMBER}\))?[ _]+"), Certainty.WORD),
    Mark(
        _pattern(rf"^(?:{_LATIN})[ _]*\({_NUMBER}\)[ _]*(?:of|von|de|di|van|pliku|a[vf])?[ _]+"),
        Certainty.WORD,
    ),
    Mark(_pattern(r"^kopia[ _]+"), Certainty.WORD),
    Mark(_pattern(rf"^(?:{_EASTERN})[ _]*(?:\({_NUMBER}\))?[ _]*[ _~-][ _]*"), Certainty.WORD),
    Mark(_pattern(r"^[^_].{0,120}?_(?:late_)?\d{2,12}_\d{2,12}_(?=.)"), Certainty.PREFIX),
    Mark(_pattern(r"^anon_[a-z0-9]{3,12}_(?:late_)?\d{3,12}_(?=.)"), Certainty.PREFIX),
    Mark(_pattern(r"^.{1,120}?_\d+_assignsubmission_(?:file|onlinetext)_(?=.)"), Certainty.PREFIX),
    Mark(_pattern(r"^.{1,160}?_attempt_\d{4}(?:-\d\d){5}_(?=.)"), Certainty.PREFIX),
    Mark(_pattern(r"^\d+-\d+ - .{1,80}? - .{1,40}? - (?=.)"), Certainty.PREFIX),
)
_ALIKE = str.maketrans("（）［］－–—−～\u00a0\u3000０１２３４５６７８９", "()[]----~  0123456789")
_QUOTES = ("“”", "‘’", "「」", "『』", "«»", '""', "''")


def find_originals(name: str) -> list[Original]:
    """Find every possible original of a file's name, itself first.

    Parameters
    ----------
    name
        A file's name, or the stem of one; with a suffix that programs have added, too
        (``layers.py.txt``).
    """
    found = {plain: Original(plain) for plain in (_plain(name),)}
    fresh = list(found.values())
    for _ in range(MAX_MARKS):
        fresh = [two for one in fresh for two in _without_a_mark(one) if two.name not in found]
        found |= {one.name: one for one in reversed(fresh)}
    return list(found.values())


def find_student(stem: str) -> Original | None:
    """Find the student of a second copy, or None.

    None means that the name has no mark that only copies have.

    A bare number (``ann-2``) may tell two students apart, so it is no such mark.
    """
    sure = {Certainty.WORD, Certainty.NUMBER}
    found = [one for one in find_originals(stem)[1:] if one.certainties and one.certainties <= sure]
    return found[-1] if found else None


def without_end_mark(stem: str) -> str | None:
    """Remove one mark from the end of a stem, or return None."""
    text = _plain(stem)
    return next(
        (text[: found.start()] for mark in _AT_THE_END if (found := mark.pattern.search(text))),
        None,
    )


def case_folded(name: str) -> str:
    """Write a name such that case and compatible characters make no difference."""
    return unicodedata.normalize("NFKC", name).casefold()


def _plain(name: str) -> str:
    """Normalise accents and wide characters of a name.

    Accents are composed. Brackets, dashes, blanks and digits of any width are written as in ASCII.
    """
    return unicodedata.normalize("NFC", name[:MAX_NAME_CHARS]).translate(_ALIKE).replace("%20", " ")


def _without_a_mark(one: Original) -> Iterator[Original]:
    stem, suffix = _split(one.name)
    ends = [(mark, mark.pattern.search(stem)) for mark in (*_AT_THE_END, *_AT_THE_START)]
    for mark, found in ends:
        if found and len(found[0]) < len(stem):
            rest = stem[: found.start()] + stem[found.end() :]
            number = int(found.groupdict().get("number") or 0)
            yield Original(
                _unquoted(rest.rstrip()) + suffix,
                max(one.number, number),
                one.certainties | {mark.certainty},
            )
    inner, added = _split(stem)
    if added.lower() in (".py", ".ipynb") and suffix.lower() in (".txt", ".json", added.lower()):
        yield Original(stem, one.number, one.certainties)
    elif (
        suffix.lower() == ".ipynb"
        and inner != stem
        and _split(_unquoted(stem))[1].lower() == ".ipynb"
    ):
        yield Original(_unquoted(stem), one.number, one.certainties)


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    is_suffix = bool(stem and suffix) and suffix.isascii() and suffix.isalnum()
    return (stem, dot + suffix) if is_suffix else (name, "")


def _unquoted(name: str) -> str:
    for pair in _QUOTES:
        if len(name) > 2 and name[0] == pair[0] and name[-1] == pair[1]:
            return name[1:-1]
    return name


# bulk downloads -----------------------------------------------------------------------------------

_BULK = (
    _pattern(
        r"^(?P<student>.{1,120}?_\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?$"
    ),
    _pattern(
        r"^.{1,160}?_(?P<student>[^_]{1,80})_attempt_\d{4}(?:-\d\d){5}(?:_(?P<file>.+)|\.txt)$"
    ),
    _pattern(r"^(?P<id>\d+)-\d+ - (?P<student>.{1,80}?) - .{1,40}?(?: - (?P<file>.+))?$"),
    _pattern(r"^(?P<student>anon_[a-z0-9]{3,12})(?:_late)?_\d{3,12}_(?P<file>.+)$"),
    _pattern(r"^(?P<student>[^_].{0,120}?)(?:_late)?_(?P<id>\d{2,12})_\d{4,12}_(?P<file>.+)$"),
)


def find_bulk_student(name: str) -> str | None:
    """Find the student in a file's bulk download name.

    A learning platform gives such names to files or folders.

    Numbers that tell students of one name apart belong to the id: ``doejane_12345`` (Canvas),
    ``Jane Doe_123`` (Moodle).
    """
    for pattern in _BULK:
        if found := pattern.match(unicodedata.normalize("NFC", name[:MAX_NAME_CHARS])):
            number = found.groupdict().get("id")
            return f"{found['student']}_{number}" if number else found["student"]
    return None


# Windows and browsers add a suffix where they know better: ``layers.py.txt``,
# ``layers.ipynb.json``.
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
#: The course of what is public that lies in a released folder: its tests and templates are no
#: student's work.
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
        f"{reason}." if reason == RELEASED else f"{reason}: {few_of(paths)}."
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
    # what lies beside the files themselves makes them no environment
    return frozenset(found - {""})


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
