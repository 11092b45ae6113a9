"""Cleaning of foreign text, one function per sink."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.records.text import (
    csv_cell,
    json_text,
    log_line,
    page_line,
    page_text,
    stored_text,
    terminal_text,
)

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=300)
DANGEROUS = {"Cc", "Cs", "Zl", "Zp"}
REORDERING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(ANY_TEXT)
def test_terminal_text_any_input_has_no_control_character(text):
    """Whatever a submission prints, no control sequence reaches a terminal."""
    cleaned = terminal_text(text)
    assert not [letter for letter in cleaned if letter not in "\n\t" and unicodedata.category(letter) in DANGEROUS]
    assert not set(cleaned) & set(REORDERING)


@pytest.mark.parametrize("clean", [page_line, log_line])
@given(text=ANY_TEXT)
def test_line_any_input_stays_one_line(clean, text):
    """A record of a log and a line of a page cannot be ended early."""
    assert len(clean(text).splitlines()) <= 1


@given(ANY_TEXT, st.integers(100, 200))
def test_stored_text_any_input_is_bounded_encodable_and_stable(text, limit):
    """A stored text fits its limit, can be written as UTF-8, and storing it again changes nothing."""
    stored = stored_text(text, limit)
    assert len(stored) <= limit
    assert stored.encode("utf-8").decode("utf-8") == stored_text(stored, limit)


def test_stored_text_beyond_its_limit_says_what_is_left_out():
    """The beginning and the end of a long text are kept, and a line between counts the rest."""
    stored = stored_text("a" * 500 + "b" * 500, 148)
    assert stored == "a" * 50 + "\n... 900 characters left out ...\n" + "b" * 50


@pytest.mark.parametrize(
    ("foreign", "visible"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x1b]8;;http://x\x07", "\\x1b]8;;http://x\\x07"),
        ("a\x00b", "a\\x00b"),
        ("a\u202eb", "a\\u202eb"),
        ("a\x9b31m", "a\\x9b31m"),
        ("12 %\r13 %\r\n", "12 %\\r13 %\n"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("Zoë 王小明 नमस्ते 👩‍💻\t.", "Zoë 王小明 नमस्ते 👩‍💻\t."),
    ],
)
def test_page_text_unsafe_characters_become_visible(foreign, visible):
    """Nothing is dropped silently, and names and emoji of all scripts stay as they are."""
    assert page_text(foreign) == visible


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "'=", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_csv_cell_that_looks_like_a_formula_begins_with_an_apostrophe(first):
    """A spreadsheet shows the cell as text and computes nothing."""
    (cell,) = next(csv.reader([csv_cell(f"{first}HYPERLINK(1)")]))
    assert cell.startswith("'")


@given(ANY_TEXT)
def test_csv_cell_any_input_is_one_cell_in_every_dialect(text):
    """Commas, semicolons, tabs, quotes and line feeds of a text do not make more cells or lines, nor a formula."""
    line = csv_cell(text)
    for delimiter in ",;\t":
        rows = list(csv.reader(io.StringIO(f"{line}{delimiter}end\n"), delimiter=delimiter))
        assert [len(row) for row in rows] == [2]
        assert rows[0][0][:1] not in set("=+-@\t\r")


@given(ANY_TEXT.map(lambda text: stored_text(text, 300)))
def test_json_text_any_string_means_the_same_and_is_safe_to_look_at(text):
    """A JSON document keeps its meaning when what is unsafe to look at becomes escapes."""
    document = json_text(json.dumps({"key": text}, ensure_ascii=False))
    assert json.loads(document) == {"key": text}
    assert document == page_text(document)
