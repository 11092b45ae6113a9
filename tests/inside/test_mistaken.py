"""Files that are no source and no notebook, and what does not belong into a source: what each is, and what to do."""

from __future__ import annotations

import ast
import base64
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.facts import Reading, parse_reading
from autograder.inside.reading.mistaken import (
    OTHER_FILES,
    find_leftover,
    leftover_kind,
    recognise_content,
    recognise_suffix,
)
from autograder.inside.reading.reader import read

SOURCE = b"import numpy as np\n\n\ndef predict(x, w, b):\n    return x @ w + b\n"
PAGE = b"<!DOCTYPE html>\n<html></html>\n"
ASKED = {"predict": "regression.py", "fit": ""}


def reading(files: dict[str, bytes], declared: tuple[str, ...] = ("regression.py",)) -> Reading:
    """What the station learns of an upload to an assignment that asks for `predict` and `fit`."""
    return parse_reading({"ok": read(files, declared, asked=ASKED)}, declared)


def packed(*names: str) -> bytes:
    """An archive with empty entries, as office programs write their documents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PAGE, "a web page"),
        (b"\n\n<html><head></head>", "a web page"),
        (b'<?xml version="1.0"?>\n<html xmlns="x">', "a web page"),
        (b'<!DOCTYPE html><html><link href="https://github.githubassets.com/a.css">', "a web page of GitHub"),
        (
            b"<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title>",
            "Google Drive's warning that it cannot scan a large file",
        ),
        (b"<html><head><title>404 Not Found</title>", "a web page that says that something was not found"),
        (b'<!doctype html><form><input type="password">', "the log-in page of a web site"),
        (b'<!DOCTYPE html><html><body class="jp-Notebook">', "a notebook that was saved as a web page"),
        (b"404: Not Found", "a web server's message that something was not found"),
        (b'{"message": "Not Found", "status": "404"}', "a web server's error message"),
        (b'{"errors": [{"message": "user not authorised"}]}', "a web server's error message"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "a pointer of Git LFS to a file that is not in it",
        ),
        (b'{"": "WARNING!", "doc_id": "1", "email": "a@b"}', "a link to a document of Google"),
        (b"[InternetShortcut]\r\nURL=https://x\r\n", "a shortcut to a file or page"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "x">', "a shortcut to a file or page"),
        (b"L\x00\x00\x00\x01\x14\x02\x00\x00", "a shortcut to a file or page"),
        (b"\x00\x05\x16\x07\x00", "what macOS keeps beside a file"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (packed("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\xa7\r\r\n\x00\x00\x00\x00\x00", "compiled Python"),
        (b"diff --git a/x.py b/x.py\n", "a patch that Git has made"),
        (b"--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,3 @@\n", "a patch that Git has made"),
        (base64.encodebytes(SOURCE * 9), "a file in Base64"),
        (base64.b64encode(SOURCE * 9), "a file in Base64"),
        (b"Rar!\x1a\x07\x01", "a RAR archive"),
        (b'<?xml version="1.0"?><a/>', "an XML document"),
    ],
)
def test_other_file_is_recognised_by_its_bytes(data, kind):
    """What web servers, office programs, Git and desktops leave under a source's name."""
    assert recognise_content(data).kind == kind
    assert recognise_content(b"\xef\xbb\xbf" + data).kind == kind


@pytest.mark.parametrize(
    "data", [SOURCE, b"", b"x", b'{"a": 1}\n', b"x" * 500, b'{"cells": [], "nbformat": 4, "status": 1}', b"<", b"-1\n"]
)
def test_source_is_no_other_file(data):
    """What may be Python or a notebook is not taken for anything else."""
    assert recognise_content(data) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.docx", "a Word document"), ("a.7z", "a 7-Zip archive"), ("a.URL", "a shortcut to a file or page")],
)
def test_other_file_is_recognised_by_its_suffix(name, kind):
    """Where nobody looks into a file, its name says what it is."""
    assert recognise_suffix(name).kind == kind
    assert recognise_suffix("a.strange") is None


def test_other_files_say_what_to_do():
    """Every row of the table is a noun phrase with a remedy."""
    for row in OTHER_FILES:
        assert row.remedy
        assert not row.kind.endswith(".")
        assert row.sentence("a.ipynb").startswith(f"a.ipynb is {row.kind}, not a notebook; ")


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"{", b"<html", b"<?xml", b"PK\x03\x04", b'{"error":']))
def test_any_bytes_are_recognised_or_not_never_raised(data, start):
    """Hostile bytes end nothing."""
    recognise_content(start + data)


# uploads of such files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["layers.ipynb", "hw1.ipynb", "layers (1).ipynb", "layers.py", "hw1.py", "deep/layers.ipynb"]
)
def test_web_page_under_every_name_is_rejected_with_the_reason(name):
    """Whether the name is asked for makes no difference."""
    found = reading({name: PAGE}, ("layers.py", "net.py"))
    wanted = "a notebook" if name.endswith(".ipynb") else "Python source"
    last = name.rpartition("/")[2]
    assert found.problems == (f"{last} is a web page, not {wanted}; download the file itself and hand in that.",)
    assert found.causes == (("unread file", "a web page"),)


def test_web_page_beside_a_source_is_not_used():
    """It could not be the submission, so nothing is asked."""
    found = reading({"hw.py": SOURCE, "regression.ipynb": PAGE})
    assert list(found.files) == ["regression.py"]
    assert found.notes[-1] == "Not used: 'regression.ipynb' is a web page."


def test_web_page_in_place_of_one_of_two_costs_that_file_alone():
    """The other file is graded, and the criteria of this one say why it is not."""
    found = reading({"layers.ipynb": PAGE, "net.py": SOURCE}, ("layers.py", "net.py"))
    assert list(found.files) == ["net.py"]
    assert found.failed == {
        "layers.py": "layers.ipynb is a web page, not a notebook; download the file itself and hand in that."
    }


def test_damaged_notebooks_under_every_name_are_rejected():
    """A notebook that is none is no submission, also where several files are asked for."""
    for name in ("layers.ipynb", "hw1.ipynb"):
        found = reading({name: b"{"}, ("layers.py", "net.py"))
        assert found.problems == (f"{name} is no notebook, or a damaged one: line 1 is not JSON.",)


@pytest.mark.parametrize("declared", [("layers.py",), ("layers.py", "net.py")])
@pytest.mark.parametrize("stem", ["layers", "hw1"])
def test_empty_notebook_has_the_outcome_of_an_empty_source(stem, declared):
    """Nothing was saved: no upload is rejected for it, and the words are the same."""
    found = reading({f"{stem}.ipynb": b""}, declared)
    assert found.problems == ()
    assert found.failed["layers.py"] == f"{stem}.ipynb is empty; save your work and hand in the file again."
    assert found.causes == (("unread file", "empty"),)


def test_source_that_is_called_a_notebook_is_read_as_a_source():
    """Its bytes say what it is, and a note tells; beside the source itself it stays what it is called."""
    found = reading({"hw/layers.ipynb": SOURCE, "hw/net.py": SOURCE}, ("layers.py", "net.py"))
    assert found.files == {"layers.py": SOURCE.decode(), "net.py": SOURCE.decode()}
    assert found.notes[0] == "'hw/layers.ipynb' is Python source, not a notebook: it was read as 'layers.py'."
    found = reading({"layers.ipynb": SOURCE, "layers.py": SOURCE}, ("layers.py",))
    assert found.files == {"layers.py": SOURCE.decode()}
    assert not any("was read as" in note for note in found.notes)


def test_text_that_is_a_notebook_is_taken_as_one():
    """Browsers save a notebook as .txt or .json; its bytes say what it is."""
    data = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}]}).encode()
    for name in ("layers.ipynb.txt", "layers.ipynb.json", "layers.txt", "layers.json", "hw.txt"):
        found = reading({name: data}, ("layers.py", "net.py"))
        assert found.files == {"layers.py": ("x = 1",)}, name
        assert found.notes[0].startswith(f"{name!r} was taken as layers.py"), name


def test_text_that_defines_what_is_asked_for_is_taken_as_a_source():
    """One that does not is a text."""
    found = reading({"code.txt": SOURCE, "notes.txt": b"hello"})
    assert dict(found.files) == {"regression.py": SOURCE.decode()}
    assert reading({"notes.txt": b"hello"}).problems == (
        "regression.py was not handed in: found no .py or .ipynb file.",
    )


def test_empty_file_says_so_with_one_full_stop():
    """Nothing was parsed, so there is no SyntaxError either."""
    found = reading({"ann.py": b"\xef\xbb\xbf \n"})
    assert found.failed == {"regression.py": "ann.py is empty; save your work and hand in the file again."}
    assert found.causes == (("unread file", "empty"),)


@pytest.mark.parametrize("data", [b"# def predict(x):\n", b'"""Homework."""\n# later\n'])
def test_file_of_comments_alone_says_so(data):
    """There is no code in it to grade."""
    assert reading({"ann.py": data}).failed == {
        "regression.py": "ann.py holds only comments; hand in the file with your code."
    }


def test_source_in_utf16_without_a_mark_is_recognised():
    """Every other byte is NUL."""
    assert reading({"ann.py": SOURCE.decode().encode("utf-16-le")}).failed == {
        "regression.py": "ann.py is UTF-16, not UTF-8; save it as UTF-8."
    }


# leftovers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1\n<<<<<<< HEAD\ny = 2\n=======\ny = 3\n>>>>>>> b\n", 2, "is left from a merge in Git; keep one of"),
        ("x = 0\n@@ -1,2 +1,2 @@\n-x = 1\n+x = 2\n", 2, "is a line of a patch, as `git diff` prints it; hand in"),
        ("x = “a”\n", 1, "'“' is a typographic quotation mark"),
        ("x = ‘a’\n", 1, "'‘' is a typographic quotation mark"),
        ("x = 3 – 2\n", 1, "'–' is a typographic dash"),
        ("def f(x):\n\u00a0   return x\n", 2, "a blank is the character U+00A0 (no-break space)"),
        ("x\u200b = 1\n", 1, "an invisible character, U+200B (zero width space)"),
        ("print(1，2)\n", 1, "'，' is the character U+FF0C (fullwidth comma); write ','"),
        (">>> x = 1\n>>> def f(): pass\n", 1, "begins with the prompt of an interactive Python; delete the prompts"),
        ("1 import numpy\n2 def f(x):\n3     return x\n", 1, "the lines begin with their numbers"),
        ("```python\nx = 1\n```\n", 1, "is a mark of Markdown around code"),
        ("if a &lt; b: pass\n", 1, "holds a character as web pages write it"),
        ("Traceback (most recent call last):\n  File x\n", 1, "is what Python printed, not code"),
    ],
)
def test_leftover_in_a_source_says_what_it_is(source, line, words):
    """Line, what it is, and what to do, in place of Python's "invalid syntax"."""
    found = reading({"ann.py": source.encode()})
    said = found.failed["regression.py"]
    assert said.startswith(f"ann.py, line {line}: ")
    assert words in said
    assert [kind for kind, _ in found.causes] == ["syntax error"]


@pytest.mark.parametrize(
    "source",
    [
        'def f(x):\n    """Add.\n\n    >>> f(1)\n    2\n    =======\n    ```\n    """\n    return (x\n',
        "def f(:\n",
        "x = 1 2\n",
        "print 'a'\n",
    ],
)
def test_ordinary_syntax_error_stays_pythons(source):
    """Doctests and headings in docstrings are not blamed for an error elsewhere."""
    with pytest.raises(SyntaxError) as caught:
        ast.parse(source)
    assert find_leftover(source, caught.value.lineno, caught.value.msg) is None
    assert dict(reading({"ann.py": source.encode()}).files) == {"regression.py": source}


def test_leftover_in_a_cell_is_told_when_the_cell_is_loaded():
    """The other cells run all the same, and what does not belong there is said once."""
    cells = [{"cell_type": "code", "source": text} for text in ("x = 1", "y = “a”")]
    found = reading({"ann.ipynb": json.dumps({"nbformat": 4, "cells": cells}).encode()})
    assert list(found.files) == ["regression.py"]
    assert (found.notes, found.causes) == ((), ())
    assert "'“' is a typographic quotation mark" in found.facts.errors["regression.py"]


@pytest.mark.parametrize(
    "source",
    [
        "y = “a”",
        "y = 1 – 2",
        "y\xa0= 1",
        "y\u200b = 1",
        "y = 1；",
        "<<<<<<< HEAD\ny = 1",
        "1. x\n2. y\n3. z\n",
        "y = a &lt; 3 b",
    ],
)
def test_leftover_kind_is_found_in_its_sentence(source):
    """Staff count kinds, whichever part of a report tells the sentence."""
    with pytest.raises(SyntaxError) as caught:
        ast.parse(source)
    found = find_leftover(source, caught.value.lineno, caught.value.msg)
    assert leftover_kind(f"SyntaxError: {found.sentence} (line 1)") == found.kind
    assert leftover_kind("SyntaxError: invalid syntax (line 1)") is None


def test_page_of_endless_comments_is_looked_at_in_a_moment():
    """The pattern of a web page does not try every way to part its comments."""
    import re

    from autograder.inside.reading.mistaken import _PAGE

    assert re.match(_PAGE, b"<!---->" * 2_000, re.DOTALL | re.IGNORECASE) is None
