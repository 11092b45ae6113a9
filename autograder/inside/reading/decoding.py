"""Decoding of a source's bytes, as PEP 263 says.

Each failure has a sentence of its own.
"""

from __future__ import annotations

import codecs
import re

from autograder.inside.reading.mistaken import recognise_content
from autograder.inside.reading.refusal import MIB, Refusal, quoted

MAX_SOURCE_BYTES = 1 * MIB
EMPTY = "empty"  # the kind of a refusal: nothing was handed in, so nothing is damaged

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_SINGLE_BYTE = (
    "ascii",
    "iso8859-1",
    "iso8859-15",
    "mac-roman",
    "koi8-r",
    "koi8-u",
    "cp437",
    "cp850",
    "cp866",
)
_MULTI_BYTE = (
    "utf-8",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "shift_jis",
    "cp932",
    "euc_jp",
    "euc_kr",
    "cp949",
)

#: Text encodings of real editors; others ("rot13", "punycode", "unicode_escape") are puzzles, not
#: text.
CODECS = frozenset(
    {
        *_SINGLE_BYTE,
        *_MULTI_BYTE,
        *(f"iso8859-{n}" for n in range(1, 17) if n != 12),
        *(f"cp{n}" for n in range(1250, 1259)),
    }
)

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOOKED_AT_BYTES = 4096  # of a file, to see whether every other byte is NUL


def decode_source(data: bytes, name: str) -> str:
    """Decode a Python source.

    Line ends become line feeds, and a byte order mark goes away.

    Raises
    ------
    Refusal
        The source is empty, too large, no text, or not in the encoding that it names (UTF-8 if it
        names none).
    """
    require_content(data, name)
    if len(data) > MAX_SOURCE_BYTES:
        raise _too_large(len(data), name)
    _require_text(data, name)
    text = _decode(data.removeprefix(codecs.BOM_UTF8), *_encoding_of(data, name), name)
    if len(text.encode("utf-8")) > MAX_SOURCE_BYTES:
        raise _too_large(len(text.encode("utf-8")), name)
    return re.sub(r"\r\n?", "\n", text)


def require_content(data: bytes, name: str) -> None:
    """Refuse a file in which there is nothing."""
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        raise Refusal(f"{name} is empty; save your work and hand in the file again", kind=EMPTY)


def require_utf8(data: bytes, name: str) -> None:
    """Refuse a file in UTF-16."""
    if data.startswith(_UTF16) or _is_utf16(data[:_LOOKED_AT_BYTES]):
        raise Refusal(f"{name} is UTF-16, not UTF-8; save it as UTF-8", kind="UTF-16")


def _too_large(size: int, name: str) -> Refusal:
    return Refusal(
        f"{name} has {size / MIB:.1f} MiB; at most {MAX_SOURCE_BYTES // MIB} MiB of source is read"
    )


def _require_text(data: bytes, name: str) -> None:
    other = recognise_content(data)
    if other is not None:
        raise Refusal(other.sentence(name), kind=other.kind)
    require_utf8(data, name)
    if b"\x00" in data:
        line = _line_of(data, data.index(b"\x00"))
        what = (
            "a NUL byte, which Python source cannot hold; open the file in an editor and save "
            "it as plain text"
        )
        raise Refusal(f"{name}, line {line}: {what}", kind="NUL bytes")


def _is_utf16(data: bytes) -> bool:
    """Return True if every other byte is NUL.

    That is so in UTF-16 without a byte order mark.
    """
    counts = [data[start::2].count(0) for start in (0, 1)]
    return min(counts) == 0 and max(counts) > 0.4 * len(data)


def _encoding_of(data: bytes, name: str) -> tuple[str, bool]:
    """Find the encoding of a source.

    Also returns True if the source names it.
    """
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8", False
    for number, line in enumerate(re.split(rb"\r\n?|\n", data, maxsplit=2)[:2], start=1):
        if cookie := _COOKIE.match(line):
            return _known_codec(
                cookie[1].decode("ascii", "replace"), f"{name}, line {number}"
            ), True
        if not _BLANK.match(line):
            break
    return "utf-8", False


def _known_codec(label: str, where: str) -> str:
    try:
        codec = codecs.lookup(label).name
    except (LookupError, ValueError):
        codec = ""
    codec = "utf-8" if codec == "utf-8-sig" else codec
    if codec not in CODECS:
        raise Refusal(
            f"{where}: the encoding {quoted(label)} is not accepted; save the file as UTF-8",
            "another encoding",
        )
    return codec


# unpacked from a pair
def _decode(data: bytes, codec: str, is_named: bool, name: str) -> str:  # noqa: FBT001
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
        encoding = (
            f"{codec}, which its first lines name" if is_named and codec != "utf-8" else "UTF-8"
        )
        byte = f"byte 0x{data[error.start]:02x}"
        text = f"{name}, line {line}: not {encoding} ({byte}); save the file as UTF-8"
        raise Refusal(text, kind="another encoding") from error


def _line_of(data: bytes, place: int) -> int:
    return len(re.findall(rb"\r\n?|\n", data[:place])) + 1
