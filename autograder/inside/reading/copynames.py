r"""The names that programs give to a second copy of a file.

==========================  =================================================================
Windows                     ``layers - Copy.py``, ``layers - Kopie (2).py``, ``Kopie von layers.py``
macOS                       ``layers copy 2.py``, ``layers のコピー.py``, ``layers 2.py``
GNOME Files, Nemo, Thunar   ``layers (copy).py``, ``layers (3rd copy).py``, ``layers (Kopie 2).py``
browsers                    ``layers (1).py`` (Chromium), ``layers(1).py`` (Firefox), ``layers-2.py`` (Safari)
Canvas                      ``layers-1.py``, ``doejane_LATE_12345_678910_layers-1.py``
Moodle                      ``Jane Doe_123_assignsubmission_file_layers.py``
Blackboard                  ``hw1_jdoe_attempt_2026-01-02-03-04-05_layers.py``
Brightspace                 ``123-456 - Jane Doe - Jan 2, 2026 304 PM - layers.py``
Jupyter, VS Code            ``layers-Copy1.ipynb``, ``layers-checkpoint.ipynb``, ``layers copy.py``
Google Drive, Colab         ``Copy of layers.ipynb``, ``layers.ipynb のコピー``, ``“layers.ipynb”的副本``
Dropbox, Syncthing          ``layers (Jane's conflicted copy 2026-01-02).py``, ``layers.sync-conflict-...``
==========================  =================================================================

Sources: the translations of GNOME Files, and what the programs write. A name without its marks is
no proof: callers compare it with a name that they expect.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

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


_LATIN = "|".join(sorted({word for words in WORDS.values() for word in words if word.isascii() or "ó" in word}))
_EASTERN = "|".join(sorted({word for words in WORDS.values() for word in words} - set(_LATIN.split("|"))))
_WORD = f"(?:{_LATIN}|{_EASTERN})"
_NUMBER = r"(?P<number>\d{1,3})"
_ORDINAL = rf"[^()\d]{{0,5}}{_NUMBER}[^()\d]{{0,10}}?"  # "3rd copy", "3 番目のコピー", "第 3 个复件"
_OF = "|".join(sorted(set(BEFORE.values())))

_AT_THE_END = (
    Mark(_pattern(rf"[ _+]*\({_NUMBER}\)$"), Certainty.NUMBER),
    Mark(_pattern(rf"[ _+]*\({_ORDINAL}(?:\b(?:{_LATIN})|(?:{_EASTERN}))\)$"), Certainty.WORD),
    Mark(_pattern(rf"[ _+]*\([^()]{{0,40}}?(?:\b(?:{_LATIN})|(?:{_EASTERN}))[ _]*{_NUMBER}?\)$"), Certainty.WORD),
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
    Mark(_pattern(rf"^(?:{_LATIN})[ _]*\({_NUMBER}\)[ _]*(?:of|von|de|di|van|pliku|a[vf])?[ _]+"), Certainty.WORD),
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
    return next((text[: found.start()] for mark in _AT_THE_END if (found := mark.pattern.search(text))), None)


def folded(name: str) -> str:
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
                _unquoted(rest.rstrip()) + suffix, max(one.number, number), one.certainties | {mark.certainty}
            )
    inner, added = _split(stem)
    if added.lower() in (".py", ".ipynb") and suffix.lower() in (".txt", ".json", added.lower()):
        yield Original(stem, one.number, one.certainties)
    elif suffix.lower() == ".ipynb" and inner != stem and _split(_unquoted(stem))[1].lower() == ".ipynb":
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


# bulk downloads ---------------------------------------------------------------------------------------------

_BULK = (
    _pattern(r"^(?P<student>.{1,120}?_\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?$"),
    _pattern(r"^.{1,160}?_(?P<student>[^_]{1,80})_attempt_\d{4}(?:-\d\d){5}(?:_(?P<file>.+)|\.txt)$"),
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
