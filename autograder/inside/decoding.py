"""From the bytes of a source to its text, as PEP 263 says, with a sentence for everything that goes wrong."""

from __future__ import annotations

import codecs
import re

from autograder.inside.refusal import MIB, Refusal, shown

MAX_SOURCE_BYTES = 1 * MIB

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_SINGLE_BYTE = ("ascii", "iso8859-1", "iso8859-15", "mac-roman", "koi8-r", "koi8-u", "cp437", "cp850", "cp866")
_MULTI_BYTE = ("utf-8", "gb2312", "gbk", "gb18030", "big5", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949")

#: Text encodings of real editors; others ("rot13", "punycode", "unicode_escape") are puzzles, not text.
CODECS = frozenset(
    {
        *_SINGLE_BYTE,
        *_MULTI_BYTE,
        *(f"iso8859-{n}" for n in range(1, 17) if n != 12),
        *(f"cp{n}" for n in range(1250, 1259)),
    }
)

_NOT_TEXT = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"\x7fELF": "a program",
    b"MZ\x90\x00": "a program",
}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode_source(data: bytes, name: str) -> str:
    """Decode a Python source; line ends become line feeds and a byte order mark goes away.

    Raises
    ------
    Refusal
        If it is empty, too large, no text, or not in the encoding that it names (UTF-8 if it names none).
    """
    if not data.strip():
        raise Refusal(f"{name} is empty")
    if len(data) > MAX_SOURCE_BYTES:
        raise _too_large(len(data), name)
    _require_text(data, name)
    text = _decode(data.removeprefix(codecs.BOM_UTF8), *_encoding_of(data, name), name)
    if len(text.encode("utf-8")) > MAX_SOURCE_BYTES:
        raise _too_large(len(text.encode("utf-8")), name)
    return re.sub(r"\r\n?", "\n", text)


def _too_large(size: int, name: str) -> Refusal:
    return Refusal(f"{name} has {size / MIB:.1f} MiB; at most {MAX_SOURCE_BYTES // MIB} MiB of source is read")


def _require_text(data: bytes, name: str) -> None:
    for magic, kind in _NOT_TEXT.items():
        if data.startswith(magic):
            raise Refusal(f"{name} is {kind}, not Python source")
    if data.startswith(_UTF16):
        raise Refusal(f"{name} is UTF-16, not UTF-8; save it as UTF-8")
    if b"\x00" in data:
        line = _line_of(data, data.index(b"\x00"))
        raise Refusal(f"{name}, line {line}: a NUL byte, which Python source cannot hold")


def _encoding_of(data: bytes, name: str) -> tuple[str, bool]:
    """Find the encoding of a source, and whether the source names it."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8", False
    for number, line in enumerate(re.split(rb"\r\n?|\n", data, maxsplit=2)[:2], start=1):
        if cookie := _COOKIE.match(line):
            return _known_codec(cookie[1].decode("ascii", "replace"), f"{name}, line {number}"), True
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
        raise Refusal(f"{where}: the encoding {shown(label)} is not accepted; save the file as UTF-8")
    return codec


def _decode(data: bytes, codec: str, is_named: bool, name: str) -> str:  # noqa: FBT001  # unpacked from a pair
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
        encoding = f"{codec}, which its first lines name" if is_named and codec != "utf-8" else "UTF-8"
        byte = f"byte 0x{data[error.start]:02x}"
        raise Refusal(f"{name}, line {line}: not {encoding} ({byte}); save the file as UTF-8") from error


def _line_of(data: bytes, place: int) -> int:
    return len(re.findall(rb"\r\n?|\n", data[:place])) + 1
