"""The reader as a whole: uploads as they arrive, and what it says of them."""

from __future__ import annotations

import io
import json
import socket
import threading
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.facts import UNREADABLE, Reading, SourceFacts, parse_reading
from autograder.inside.reading.filenames import join_drop_notes
from autograder.inside.reading.reader import read, serve
from autograder.wire import Channel

ONE = ("intro.py",)
TWO = ("layers.py", "net.py")
F = b"def f(x):\n    return x\n"
G = b"def g(x):\n    return 2 * x\n"


def make_zip(**entries: bytes) -> bytes:
    """A zip archive; ``__`` in a keyword is a slash, ``_py`` at its end a suffix."""
    return zip_of({name.replace("__", "/").removesuffix("_py") + ".py": data for name, data in entries.items()})


def zip_of(entries: dict[str, bytes]) -> bytes:
    """A zip archive of files by path."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def notebook(*cells: str, language: str = "python") -> bytes:
    """A notebook of code cells."""
    rows = [{"cell_type": "code", "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": language}}, "cells": rows}).encode()


def reading(
    files: dict[str, bytes],
    declared: tuple[str, ...] = ONE,
    support: tuple[str, ...] = (),
    template: dict[str, bytes] | None = None,
) -> Reading:
    """What the station learns of an upload."""
    return parse_reading({"ok": read(files, declared, support, template or {})}, declared)


def content(files: dict[str, bytes], declared: tuple[str, ...] = ONE) -> dict[str, object]:
    """The files of an upload that has no problem."""
    found = reading(files, declared)
    assert found.problems == ()
    return dict(found.files)


def problem(files: dict[str, bytes], declared: tuple[str, ...] = ONE) -> str:
    """Why an upload is rejected."""
    found = reading(files, declared)
    assert found == Reading(notes=found.notes, problems=found.problems, causes=found.causes)
    (text,) = found.problems
    return text


# one file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["intro.py", "alice.py", "Intro.PY", "submission (1).py"])
def test_one_file_of_any_name_is_the_declared_file(name: str) -> None:
    """A single source needs no name."""
    found = reading({name: F})
    assert dict(found.files) == {"intro.py": F.decode()}
    assert found.failed == {}


def test_one_file_with_hidden_suffix_is_taken_with_a_note() -> None:
    """Windows hides suffixes that it knows."""
    assert reading({"alice.py.txt": F}).notes == ("'alice.py.txt' was taken as intro.py.",)


def test_one_file_among_others_is_found_by_its_name() -> None:
    """The declared name wins over any other file."""
    found = reading({"hw/intro.py": F, "hw/other.py": G, "hw/intro (1).py": G})
    assert dict(found.files) == {"intro.py": F.decode()}
    assert found.notes == (
        "Of 'hw/intro (1).py', 'hw/intro.py' the one with the declared name was taken: 'hw/intro.py'.",
        "'hw/intro.py' was taken as intro.py.",
        "Not used: 'hw/other.py'.",
    )


def test_one_file_with_two_candidates_asks() -> None:
    """Nobody guesses."""
    assert problem({"a.py": F, "b/c.py": G}) == "'a.py', 'b/c.py' could each be intro.py; hand in one of them."
    assert problem({"a/intro.py": F, "b/intro.py": G}) == (
        "'a/intro.py', 'b/intro.py' could each be intro.py; hand in one of them."
    )


def test_one_file_with_equal_candidates_takes_one() -> None:
    """Two copies of the same bytes are no question."""
    found = reading({"a/intro.py": F, "intro.py": F})
    assert dict(found.files) == {"intro.py": F.decode()}
    assert found.notes == ("Not used: 'a/intro.py'.",)


def test_one_file_beside_support_modules_is_found() -> None:
    """What the course ships itself is no candidate."""
    found = reading({"alice.py": F, "vis.py": G}, support=("vis.py",))
    assert dict(found.files) == {"intro.py": F.decode()}


def test_one_file_that_is_missing_says_what_was_found() -> None:
    """Nothing to grade."""
    assert problem({"plot.png": b""}) == "intro.py was not handed in: found no .py or .ipynb file."
    assert reading({"plot.png": b""}).notes == ("Not read, since they are no Python: 'plot.png'.",)


# several files ----------------------------------------------------------------------------------------------


def test_several_files_come_in_declared_order() -> None:
    """The order of loading is the assignment's."""
    assert list(content({"net.py": G, "layers.py": F}, TWO)) == ["layers.py", "net.py"]


def test_several_files_with_one_missing_say_so() -> None:
    """The others are graded."""
    found = reading({"layers.py": F}, TWO)
    assert (dict(found.files), found.notes) == ({"layers.py": F.decode()}, ("Not handed in: net.py.",))


@pytest.mark.parametrize(
    "name",
    [
        "Layers.py",
        "layers (1).py",
        "layers(2).py",
        "hw/LAYERS (3).PY",
        "Copy of layers.py",
        "layers - Copy.py",
        "layers.py.txt",
    ],
)
def test_several_files_with_a_copys_name_are_taken_with_a_note(name: str) -> None:
    """Wrong case, browsers' numbers, and copies, as long as there is one only."""
    found = reading({name: F, "net.py": G}, TWO)
    assert list(found.files) == ["layers.py", "net.py"]
    assert found.notes == (f"{name!r} was taken as layers.py.",)


def test_several_files_with_two_copies_ask() -> None:
    """Nobody knows which download was the last."""
    files = {"layers (1).py": F, "layers (2).py": G, "net.py": G}
    assert problem(files, TWO) == "'layers (1).py', 'layers (2).py' could each be layers.py; hand in one of them."


def test_several_files_under_other_names_are_a_problem() -> None:
    """One file of another name is not several."""
    assert problem({"alice.py": F}, TWO) == "layers.py or net.py was not handed in: found 'alice.py'."


def test_several_files_with_one_unreadable_grade_the_others() -> None:
    """A file that is no text costs its own criteria alone."""
    found = reading({"layers.py": b"x = 1\ny = '\xe9'\n", "net.py": G}, TWO)
    assert dict(found.files) == {"net.py": G.decode()}
    assert found.failed == {"layers.py": "layers.py, line 2: not UTF-8 (byte 0xe9); save the file as UTF-8."}


def test_file_with_syntax_error_is_passed_on() -> None:
    """Loading it says what is wrong, with the line."""
    found = reading({"intro.py": b"x = 1\ndef f(:\n"})
    assert dict(found.files) == {"intro.py": "x = 1\ndef f(:\n"}
    assert found.facts.errors == {"intro.py": "intro.py, line 2: invalid syntax"}


@pytest.mark.parametrize(
    "source",
    [
        b"-" * 100_000 + b"1",
        b"if x:\n  pass\n" + b"elif x:\n  pass\n" * 20_000,
        b"x = " + b"+".join([b"1"] * 100_000),
        b"lambda: " * 50_000 + b"1",
        b"a;" * 400_000,
    ],
    ids=["minus", "elif", "sum", "lambda", "names"],
)
def test_file_that_exhausts_the_parser_fails_alone(source: bytes) -> None:
    """MemoryError and RecursionError of the parser are facts about the file."""
    found = reading({"layers.py": source, "net.py": G}, TWO)
    assert found.failed == {"layers.py": "layers.py: the source is too complex to read."}
    assert list(found.files) == ["net.py"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "alice.py is empty; save your work and hand in the file again."),
        (
            b"x = '\x00'",
            (
                "alice.py, line 1: a NUL byte, which Python source cannot hold; open the file in an editor and save it as"
                " plain text."
            ),
        ),
        (b"#" * ((1 << 20) + 1), "alice.py has 1.0 MiB; at most 1 MiB of source is read."),
    ],
    ids=["empty", "nul", "large"],
)
def test_file_that_cannot_be_decoded_says_why(data: bytes, text: str) -> None:
    """The sentence that the student reads."""
    assert reading({"alice.py": data}).failed == {"intro.py": text}


def test_largest_source_passes() -> None:
    """Exactly one MiB goes through the wire."""
    assert len(str(content({"intro.py": b"x = 1 #".ljust(1 << 20, b"#")})["intro.py"])) == 1 << 20


# what is never read -----------------------------------------------------------------------------------------


def test_files_that_change_python_or_pytest_are_dropped_with_a_note() -> None:
    """Nothing of an upload but its sources reaches a candidate."""
    names = ["conftest.py", "pytest.ini", "sitecustomize.py", "x.pth", "__pycache__/intro.cpython-311.pyc", "m.so"]
    debris = [".DS_Store", "__MACOSX/._intro.py", "._intro.py", ".git/x.py"]
    found = reading({"intro.py": F, **dict.fromkeys(names + debris, b"")})
    assert found.notes == (
        "Compiled code is not read: 'm.so'.",
        (
            "Files that change how Python or pytest starts are not read: 'conftest.py', 'pytest.ini', 'sitecustomize.py',"
            " 'x.pth'."
        ),
        "Hidden and generated files are not read: '.DS_Store', '._intro.py', '.git', '__MACOSX', '__pycache__'.",
    )
    assert list(found.files) == ["intro.py"]


# archives ---------------------------------------------------------------------------------------------------


def test_zip_with_folder_inside_is_read() -> None:
    """As macOS makes them."""
    data = zip_of(
        {"hw/layers.py": F, "hw/net.py": G, "__MACOSX/hw/._net.py": b"", "hw/.DS_Store": b"", "hw/a.png": b""}
    )
    found = reading({"alice.zip": data}, TWO)
    assert list(found.files) == ["layers.py", "net.py"]
    assert found.notes == (
        "Hidden and generated files are not read: '__MACOSX', 'hw/.DS_Store'.",
        "Not read, since they are no Python: 'hw/a.png'.",
        "'hw/layers.py' was taken as layers.py.",
        "'hw/net.py' was taken as net.py.",
    )


def test_zip_in_a_folder_is_read() -> None:
    """Learning platforms make a folder per student."""
    assert list(content({"alice_123/hw.zip": make_zip(intro_py=F), "alice_123/note.txt": b""})) == ["intro.py"]


def test_zip_in_a_zip_is_read_once() -> None:
    """One archive inside another is opened, a third is not."""
    inner = make_zip(intro_py=F)
    assert list(content({"a.zip": zip_of({"b.zip": inner})})) == ["intro.py"]
    text = "'c.zip': archives inside archives inside archives are not opened."
    assert problem({"a.zip": zip_of({"b.zip": zip_of({"c.zip": inner})})}) == text


def test_two_archives_ask() -> None:
    """Nobody guesses among archives either."""
    files = {"hw/a.zip": make_zip(intro_py=F), "hw/b.zip": make_zip(intro_py=G)}
    assert problem(files) == "'hw/a.zip', 'hw/b.zip' could each be the submission; hand in one of them."


def test_archive_beside_sources_is_left_alone() -> None:
    """A backup is not what was handed in."""
    found = reading({"intro.py": F, "old.zip": b"no zip"})
    assert (list(found.files), found.notes) == (["intro.py"], ("Archives beside sources are not opened: 'old.zip'.",))


def test_archive_that_is_refused_is_a_problem() -> None:
    """With the archive's own sentence."""
    assert (
        problem({"alice.zip": b"Rar!\x1a\x07"})
        == "'alice.zip' is a RAR archive, whatever its name says; hand in a .zip."
    )


# notebooks --------------------------------------------------------------------------------------------------


def test_notebook_of_any_name_is_the_declared_file() -> None:
    """Its cells are loaded one by one; numbers are those of code cells."""
    assert content({"alice.ipynb": notebook("x = 1", "%%bash\nls", "y = 2")}) == {"intro.py": ("x = 1", "", "y = 2")}


def test_notebook_stands_for_every_declared_file() -> None:
    """Its cells are loaded as the first of them; nothing is missing then."""
    found = reading({"hw.ipynb": notebook("x = 1")}, TWO)
    assert (dict(found.files), found.notes) == ({"layers.py": ("x = 1",)}, ())


def test_notebook_named_as_a_file_stands_for_that_one() -> None:
    """Beside another source."""
    found = reading({"layers.ipynb": notebook("x = 1"), "net.py": G}, TWO)
    assert dict(found.files) == {"layers.py": ("x = 1",), "net.py": G.decode()}
    assert found.notes == ("'layers.ipynb' was taken as layers.py.",)


def test_notebook_beside_declared_files_is_not_used() -> None:
    """Courses hand out notebooks that try the files."""
    found = reading({"layers.py": F, "net.py": G, "try.ipynb": b"damaged"}, TWO)
    assert (list(found.files), found.notes) == (["layers.py", "net.py"], ("Not used: 'try.ipynb'.",))


TEMPLATE = {"layers.py": b"def f(x):\n    return None\n", "net.py": b"def g(x):\n    return None\n"}
AS_GIVEN = {name: text.replace(b"\n", b"\r\n") for name, text in TEMPLATE.items()}  # an editor of Windows has saved it


@pytest.mark.parametrize(
    ("files", "expected", "notes"),
    [
        (
            {**AS_GIVEN, "layers.ipynb": notebook("f = 1")},
            {"layers.py": ("f = 1",), "net.py": TEMPLATE["net.py"].decode()},
            ("'layers.ipynb' was taken as layers.py.", "Unchanged, so not used: 'layers.py'."),
        ),
        (
            {**AS_GIVEN, "work.ipynb": notebook("f = 1")},
            {"layers.py": ("f = 1",), "net.py": TEMPLATE["net.py"].decode()},
            ("'work.ipynb' was taken as layers.py, since 'layers.py' is unchanged.",),
        ),
        (
            {**AS_GIVEN, "layers (1).py": F},
            {"layers.py": F.decode(), "net.py": TEMPLATE["net.py"].decode()},
            ("'layers (1).py' was taken as layers.py.", "Unchanged, so not used: 'layers.py'."),
        ),
        (
            {**AS_GIVEN, "layers.py": F, "layers.ipynb": notebook("f = 1")},
            {"layers.py": F.decode(), "net.py": TEMPLATE["net.py"].decode()},
            ("Of 'layers.ipynb', 'layers.py' the one with the declared name was taken: 'layers.py'.",),
        ),
        (
            {**AS_GIVEN, "layers.py": F, "work.ipynb": notebook("f = 1")},
            {"layers.py": F.decode(), "net.py": TEMPLATE["net.py"].decode()},
            ("Not used: 'work.ipynb'.",),
        ),
        (AS_GIVEN, {name: text.decode() for name, text in TEMPLATE.items()}, ()),
    ],
    ids=["notebook of its name", "notebook for one", "copy", "both changed", "partly changed", "nothing changed"],
)
def test_reader_template_as_it_was_given_out_stands_back(files, expected, notes):
    """Who worked in the notebook and hands in the whole folder is graded for the notebook."""
    found = reading(files, TWO, template=TEMPLATE)
    texts = {
        name: text if isinstance(text, tuple) else text.replace("\r\n", "\n") for name, text in found.files.items()
    }
    assert (texts, found.notes) == (expected, notes)


def test_reader_template_of_the_only_file_stands_back():
    """A notebook of any name beside an untouched module is the submission."""
    found = reading({"intro.py": F, "ada.ipynb": notebook("f = 1")}, template={"intro.py": F})
    assert (found.files, found.notes) == (
        {"intro.py": ("f = 1",)},
        ("'ada.ipynb' was taken as intro.py, since 'intro.py' is unchanged.",),
    )


def test_notebook_that_writes_files_gives_those_files() -> None:
    """Cells stand for what is not written."""
    data = notebook("%%writefile layers.py\ndef f(x):\n    return x", "class Net: pass")
    assert content({"hw.ipynb": data}, TWO) == {
        "layers.py": "def f(x):\n    return x\n",
        "net.py": ("", "class Net: pass"),
    }


def test_notebook_that_writes_every_file_runs_no_other_cell() -> None:
    """And says so."""
    found = reading({"hw.ipynb": notebook("%%writefile intro.py\nx = 1", "y = 2")})
    assert dict(found.files) == {"intro.py": "x = 1\n"}
    assert found.notes == ("hw.ipynb: other cells are not run, since the notebook writes every declared file.",)


def test_notebook_that_writes_what_was_handed_in_does_not_replace_it() -> None:
    """The file itself wins."""
    files = {"layers.ipynb": notebook("x = 1", "%%writefile net.py\ny = 2"), "net.py": G}
    assert content(files, TWO)["net.py"] == G.decode()


@pytest.mark.parametrize("name", ["alice.ipynb", "intro.ipynb"])
def test_notebook_of_another_language_is_a_problem(name: str) -> None:
    """R is not Python, whatever the notebook is called."""
    assert problem({name: notebook("x", language="R")}) == f"{name} is a notebook for 'R', not for Python."


def test_notebook_with_a_hostile_name_is_shown_escaped() -> None:
    """Control sequences and direction marks of a name reach nobody's screen."""
    text = "'a\\x1b[2J\\u202e.ipynb' is no notebook, or a damaged one: line 1 is not JSON."
    assert problem({"hw/a\x1b[2J\u202e.ipynb": b"x"}) == text


def test_notebook_with_a_sources_name_is_read_as_notebook() -> None:
    """Saved under the declared name by mistake."""
    assert content({"intro.py": notebook("x = 1")}) == {"intro.py": ("x = 1",)}


def test_notebook_that_awaits_is_no_matter_for_a_note() -> None:
    """It is run as a notebook server runs it."""
    found = reading({"a.ipynb": notebook("x = 1", "await f()", "async def g():\n    await h()")})
    assert found.notes == ()


def test_notebook_cell_with_syntax_error_keeps_the_others() -> None:
    """It fails when it is run, and the next ones still run."""
    found = reading({"a.ipynb": notebook("def (", "def f(): pass")})
    assert dict(found.files) == {"intro.py": ("def (", "def f(): pass")}
    assert found.facts.errors == {"intro.py": "intro.py, code cell 1, line 1: invalid syntax"}
    assert found.facts.find("f").cell == 2


def test_script_with_notebook_commands_is_translated() -> None:
    """Scripts that were exported from a notebook, commands and all."""
    found = reading({"intro.py": b"!pip install numpy\n%matplotlib inline\nx = 1\n"})
    assert found.files["intro.py"].split("\n")[2] == "x = 1"
    assert found.notes == (
        "intro.py: `!pip install numpy` would install packages; nothing is installed here.",
        "intro.py: `%matplotlib inline` would show plots in the notebook; it does nothing here.",
    )


def test_script_that_was_exported_gets_the_notes_of_its_notebook():
    """The calls themselves stand there; `name` is what the student called the file."""
    source = (
        "import numpy\nget_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().magic('load_ext x')\n"
        "get_ipython().system('pip install y')\nget_ipython().run_cell_magic('bash', '', 'ls\\n')\n"
        "get_ipython().run_cell_magic('time', '', 'z = 1\\n')\nfiles = get_ipython().getoutput('ls')\n"
    )
    assert read({"ann.py": source.encode()}, ["intro.py"])["notes"] == [
        "ann.py: `%matplotlib inline` would show plots in the notebook; it does nothing here.",
        "ann.py: `%load_ext x` would load an extension of the notebook; it does nothing here.",
        "ann.py: `!pip install y` would install packages; nothing is installed here.",
        "ann.py: `%%bash` would run its cell in a shell; it does nothing here.",
        "ann.py: `!ls` would run in a shell; commands are not run here.",
    ]


def test_script_without_commands_is_never_translated() -> None:
    """A syntax error stays what it is."""
    assert content({"intro.py": b"x = 1\n!pip install\ndef (:\n"}) == {"intro.py": "x = 1\n!pip install\ndef (:\n"}


# the conversation -------------------------------------------------------------------------------------------


def test_serve_answers_over_a_channel_until_it_is_closed() -> None:
    """Two uploads, one after the other, as the station sends them."""
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=serve, args=(theirs.detach(),))
    thread.start()
    channel = Channel(ours)
    for data in (F, b""):
        channel.send({"op": "read", "files": {"alice.py": data}, "declared": ["intro.py"], "support": []})
        found = parse_reading(channel.recv(), ONE)
        assert bool(found.files) == bool(data)
    channel.close()
    thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"ok": None},
        {"ok": {"files": [], "failed": {}, "notes": [], "problems": [], "facts": {}}},
        {"ok": {"files": {"other.py": ""}, "failed": {}, "notes": [], "problems": [], "facts": {}}},
        {"ok": {"files": {"intro.py": "x" * (1 << 21)}, "failed": {}, "notes": [], "problems": [], "facts": {}}},
        {"ok": {"files": {"intro.py": [1]}, "failed": {}, "notes": [], "problems": [], "facts": {}}},
        {"ok": {"files": {}, "failed": {"intro.py": 1}, "notes": [], "problems": [], "facts": {}}},
        {"ok": {"files": {}, "failed": {}, "notes": [1], "problems": [], "facts": {}}},
        {"ok": {"files": {}, "failed": {}, "notes": [], "problems": "no", "facts": {}}},
        {"ok": {"files": {}, "failed": {}, "notes": [], "problems": [], "facts": {"intro.py": {}}}},
        {"ok": {"files": {}, "failed": {}, "notes": [], "problems": [], "facts": {1: {}}}},
    ],
    ids=range(12),
)
def test_malformed_answer_rejects_the_submission(answer: object) -> None:
    """A reader that was taken over can say nothing but a malformed answer."""
    assert parse_reading(answer, ONE) == Reading(problems=(UNREADABLE,))


def test_digest_of_a_reading_ignores_packing_and_line_ends() -> None:
    """What is loaded is what counts."""
    plain = reading({"intro.py": F})
    assert reading({"a.zip": make_zip(intro_py=F.replace(b"\n", b"\r\n"))}).digest == plain.digest
    assert reading({"intro.py": G}).digest != plain.digest
    assert reading({"a.ipynb": notebook(F.decode())}).digest != plain.digest


def test_facts_of_a_problem_are_empty() -> None:
    """Nothing is known of what was not read."""
    assert reading({}).facts == SourceFacts()


NAMES = st.sampled_from(["intro.py", "a.py", "b/intro.py", "a.ipynb", "a.zip", "b.tgz", ".x", "conftest.py", "../x.py"])


@settings(deadline=None)
@given(
    st.dictionaries(
        NAMES, st.binary(max_size=60) | st.sampled_from([F, notebook("x"), make_zip(intro_py=F)]), max_size=4
    )
)
def test_any_upload_gives_a_reading(files: dict[str, bytes]) -> None:
    """Either files or a sentence; never an exception, never a malformed answer."""
    found = reading(files)
    assert found.problems != (UNREADABLE,)
    assert bool(found.files or found.failed) != bool(found.problems)


def test_notes_on_what_is_not_read_are_one_for_each_reason() -> None:
    """A folder leaves out some files, and the archive in it others."""
    notes = (
        "Not read, since they are no Python: 'a.csv'.",
        "x.",
        "Not read, since they are no Python: 'b.md', 'c.md'.",
        "x: y.",
    )
    assert join_drop_notes(notes) == ("Not read, since they are no Python: 'a.csv', 'b.md', 'c.md'.", "x.", "x: y.")
