"""Sources in the encodings of real editors, and everything that is no source."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside.reading.decoding import CODECS, decode_source
from autograder.inside.reading.refusal import Refusal

PLAIN_TEXT = "save the code as a plain text file with the suffix .py and hand in that"


def refusal(data: bytes) -> str:
    """What `decode_source` says against a file."""
    with pytest.raises(Refusal) as caught:
        decode_source(data, "layers.py")
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        (codecs.BOM_UTF8 + "# coding: latin-1\nx = 'é'".encode(), "# coding: latin-1\nx = 'é'"),
        (b"x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        (b"x = 1\ry = 2\r", "x = 1\ny = 2\n"),
        ("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        ("#!/usr/bin/python\n# vim: fileencoding=cp1252\nx = '€'\n".encode("cp1252"), None),
        ("# coding: gb18030\nx = '中'\n".encode("gb18030"), None),
        ("# coding: shift_jis\nx = '山'\n".encode("shift_jis"), None),
        ("# coding: utf8\nx = 'é'\n".encode(), None),
        ("# coding: utf-8-sig\nx = 'é'\n".encode(), None),
        (b"x = 1\n# coding: rot13\n", None),
        (b"\x0cx = 1\n", "\x0cx = 1\n"),
    ],
)
def test_decode_reads_what_editors_write(data: bytes, text: str | None) -> None:
    """Byte order marks, line ends and declared encodings of real editors."""
    decoded = decode_source(data, "layers.py")
    assert decoded == text or (text is None and ascii(decoded).isascii() and "x = " in decoded)


def test_decode_knows_every_codec_it_names() -> None:
    """Each accepted codec exists under exactly this name."""
    assert {codecs.lookup(name).name for name in CODECS} == set(CODECS)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "layers.py is empty; save your work and hand in the file again"),
        (b" \r\n\t", "layers.py is empty; save your work and hand in the file again"),
        (b"x = 1\n" * 8 + b"y = '\xe9'\n", "layers.py, line 9: not UTF-8 (byte 0xe9); save the file as UTF-8"),
        (b"a\r\nb\r\n\xe9", "layers.py, line 3: not UTF-8 (byte 0xe9); save the file as UTF-8"),
        (b"# coding: utf-8\n\xe9", "layers.py, line 2: not UTF-8 (byte 0xe9); save the file as UTF-8"),
        (
            b"# coding: ascii\nx = '\xc3\xa9'\n",
            "layers.py, line 2: not ascii, which its first lines name (byte 0xc3); save the file as UTF-8",
        ),
        (
            b"x = 1\ny = '\x00'\n",
            (
                "layers.py, line 2: a NUL byte, which Python source cannot hold; open the file in an editor and save it as"
                " plain text"
            ),
        ),
        ("x = 1".encode("utf-16"), "layers.py is UTF-16, not UTF-8; save it as UTF-8"),
        (
            b"PK\x03\x04...",
            "layers.py is a zip archive, not Python source; give it the suffix .zip, or hand in what is in it",
        ),
        (b"%PDF-1.7", f"layers.py is a PDF document, not Python source; {PLAIN_TEXT}"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", f"layers.py is an Office document, not Python source; {PLAIN_TEXT}"),
        (b"\x89PNG\r\n", "layers.py is a picture, not Python source; hand in the file with your code"),
        (b"x" * (1 << 20) + b"xx", "layers.py has 1.0 MiB; at most 1 MiB of source is read"),
        (
            b"# coding: latin-1\n" + b"\xe9" * (1 << 19) + b"\xe9" * 1000,
            "layers.py has 1.0 MiB; at most 1 MiB of source is read",
        ),
    ],
    ids=range(14),
)
def test_decode_says_what_is_wrong(data: bytes, text: str) -> None:
    """One sentence with the line, and what to do."""
    assert refusal(data) == text


@pytest.mark.parametrize(
    "label", ["rot13", "unicode_escape", "punycode", "utf-7", "undefined", "nonsense", "utf-16", "hex"]
)
def test_decode_with_a_puzzle_for_an_encoding_is_refused(label: str) -> None:
    """Codecs that no editor writes hide what a source says."""
    assert refusal(f"#!python\n# coding: {label}\n".encode()) == (
        f"layers.py, line 2: the encoding {label!r} is not accepted; save the file as UTF-8"
    )


@settings(deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=20).map(lambda tail: b"# coding: " + tail))
def test_decode_of_garbage_is_text_or_a_refusal(data: bytes) -> None:
    """Whatever bytes come, nothing else comes out."""
    try:
        text = decode_source(data, "layers.py")
    except Refusal:
        return
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\r" not in text
