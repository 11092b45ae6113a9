"""File names made of students' ids."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.uploads.names import safe_name

IDS = st.text(st.characters(), max_size=30)
WINDOWS = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}


def nfc(text: str) -> str:
    """The composed form of a text."""
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("alice", "alice"),
        ("José van der Zée", "José van der Zée"),
        ("Müller, Anna_123", "Müller, Anna_123"),
        ("山田太郎", "山田太郎"),
        ("j.r.r. smith", "j.r.r. smith"),
        ("alice (1)", "alice (1)"),
        ("", "%"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("...", "%2E.%2E"),
        (".hidden", "%2Ehidden"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("C:\\x", "C%3A%5Cx"),
        ("con", "%63on"),
        ("NUL.txt", "%4EUL.txt"),
        ("console", "console"),
        ("alice ", "alice%20"),
        ("alice.", "alice%2E"),
        ("-rf", "%2Drf"),
        ("50%", "50%25"),
        ("~root", "%7Eroot"),
        ("a\nb\x00c", "a%0Ab%00c"),
        ("\u202egpj.exe", "%E2%80%AEgpj.exe"),
        ("C\u0327", "Ç"),
        ("<\u0327", "%3C%CC%A7"),
        ("\udcff", "%ED%B3%BF"),
    ],
)
def test_safe_name_keeps_what_it_can(student: str, name: str) -> None:
    """Letters of every script stay; what a file system or a shell could misread is escaped."""
    assert safe_name(student) == name


@settings(deadline=None)
@given(IDS, IDS)
@example("a/b", "a%2Fb")
@example("..", "%2E%2E")
@example("", "%")
@example("con", "%63on")
@example("x" * 300, "x" * 301)
@example("x" * 300, safe_name("x" * 300))
def test_safe_name_of_distinct_ids_never_collides(first: str, second: str) -> None:
    """Two students never share a report."""
    assert (safe_name(first) == safe_name(second)) == (nfc(first) == nfc(second))


@settings(deadline=None)
@given(IDS)
def test_safe_name_unquoted_is_the_id(student: str) -> None:
    """The id can be read back from a name that was not cut, so no two ids can share one."""
    assert unquote(safe_name(student), errors="surrogatepass") == (nfc(student) or "%")


@settings(deadline=None)
@given(st.text(st.characters(), max_size=400))
@example("con")
@example("COM1.report")
@example("..")
@example("e" * 179 + "é")
@example(("e" * 10 + " ") * 40)
def test_safe_name_is_fit_for_every_file_system(student: str) -> None:
    """One plain component: not hidden, no device of Windows, no trailing dot or space, short, stable under NFC."""
    name = safe_name(student)
    assert name
    assert not name.startswith((".", " ", "-"))
    assert not name.endswith((".", " "))
    assert not WINDOWS.search(name)
    assert name.partition(".")[0].rstrip().upper() not in DEVICES
    assert len(name.encode("utf-8")) <= 180
    assert nfc(name) == name
