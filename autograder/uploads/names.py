"""Names of files that are safe in every file system."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

_PLAIN = frozenset(" ._-+@,=()'")
_MAX_NAME_BYTES = 180  # leaves room for suffixes within the 255 bytes of most file systems
_DEVICE = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)", re.IGNORECASE
)


def safe_name(student: str) -> str:
    """Return a safe file name for a student's id.

    Different ids have different names. A name is NFC and fit for Linux, macOS and Windows.

    Letters with their accents, digits, inner dots and spaces stay; everything else becomes ``%XX``
    as in a URL, so that unquoting gives the id back. Names that are too long end in ``~`` and a
    digest. Not hidden, no ``..``, no device.
    """
    name = unicodedata.normalize("NFC", student)
    marked = "".join(_safe_characters(name))
    if _DEVICE.match(marked):
        marked = _escape(marked[0]) + marked[1:]
    if len(marked.encode("utf-8")) <= _MAX_NAME_BYTES:
        return marked or "%"
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{_cut(marked, _MAX_NAME_BYTES - len(digest) - 1)}~{digest}"


def _safe_characters(name: str) -> Iterator[str]:
    is_after_plain = False
    for place, character in enumerate(name):
        is_edge = place in (0, len(name) - 1)
        is_plain = _is_plain(character, is_edge=is_edge, is_after_plain=is_after_plain)
        yield character if is_plain else _escape(character)
        is_after_plain = is_plain


def _is_plain(character: str, *, is_edge: bool, is_after_plain: bool) -> bool:
    category = unicodedata.category(character)
    if category.startswith("M"):  # would combine with the last digit of an escape
        return is_after_plain
    return category.startswith(("L", "N")) or (
        character in _PLAIN and not (is_edge and character in " .-")
    )


def _escape(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _cut(text: str, size_bytes: int) -> str:
    return text.encode("utf-8")[:size_bytes].decode("utf-8", "ignore").rstrip(" .")
