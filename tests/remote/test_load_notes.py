"""What is said of how a submission loaded: once, grouped, and true."""

from __future__ import annotations

import pytest

from autograder.examiner.load_notes import loading_record
from autograder.report.assemble import join_notes

ABSENT = "not installed where this is graded, and no absent.py was handed in"
DEFINES = {"f": "layers.py"}


def notes(submission):
    """Give the notes on loading."""
    return loading_record(submission)["notes"]


def test_notes_on_imports_of_one_package_are_one_line(load):
    """Three statements in three places lost nothing: the package is named once, with all of them counted."""
    source = "import absent\nfrom absent import a, b\ndef f(): return 1\nimport absent.part as part"
    assert notes(load(source, defines=DEFINES)) == [
        f"layers.py, line 1: `import absent` and 2 more imports of absent (lines 2 and 4) failed: {ABSENT}."
    ]


def test_notes_on_imports_in_several_cells_name_each_place(load):
    """A cell is named without its file again; more than a few are counted."""
    cells = ["import absent", "x = 1", "y = 1\nimport absent", "import absent", "def f(): return 1"]
    (note,) = notes(load(cells, defines=DEFINES))
    assert note == (
        "layers.py, cell 1, line 1: `import absent` and 2 more imports of absent (cell 3, line 2; cell 4, line 1)"
        f" failed: {ABSENT}."
    )
    (note,) = notes(load(["import absent"] * 20 + ["def f(): return 1"], defines=DEFINES))
    assert "19 more imports of absent (cell 2, line 1; " in note
    assert "; cell 9, line 1; and 11 more) failed" in note


def test_notes_on_imports_in_two_files_name_the_other_file(load):
    """A line number alone would be taken for one of the first file."""
    submission = load("import absent\ndef f(): return 1", "x = 1\nimport absent", defines={"f": "layers.py"})
    assert notes(submission) == [
        f"layers.py, line 1: `import absent` and 1 more import of absent (net.py, line 2) failed: {ABSENT}."
    ]


def test_notes_on_names_of_one_import_are_one_statement(load):
    """Each name is a loss of its own, and the student wrote one line."""
    source = "from absent import a, b, c\ndef f(): return 1"
    assert notes(load(source, defines=DEFINES)) == [
        f"layers.py, line 1: `from absent import a, b, c` failed: {ABSENT}."
    ]


def test_notes_on_several_decorators_of_one_import_are_one_line(load):
    """What was loaded without them is named with the import that failed."""
    source = "from absent import jit\n@jit\ndef f(): return 1\n@jit\ndef g(): return 2"
    (note,) = notes(load(source, defines={"f": "layers.py", "g": "layers.py"}))
    assert note == (
        f"layers.py, line 1: `from absent import jit` failed: {ABSENT}."
        " `f` (line 2) and `g` (line 4) were loaded without their decorator `@jit`."
    )


def test_notes_on_packages_for_looking_are_one_line(load):
    """However many there are: none costs anything."""
    submission = load(
        "import nosuchplot\nimport nosuchbar\nnosuchplot.plot(1)\ndef f(): return 1",
        inert=["nosuchplot", "nosuchbar"],
        defines=DEFINES,
    )
    (note,) = notes(submission)
    assert note == (
        "nosuchplot and nosuchbar are not installed where this is graded: what they would show is left out, which"
        " costs nothing."
    )


def test_reasons_of_a_circular_import_that_costs_nothing_are_none(load):
    """Declared files that import each other lose a name for a moment, and nothing that was asked for."""
    submission = load(
        "from net import g\ndef f(): return 1",
        "from layers import f\ndef g(): return 2",
        defines={"f": "layers.py", "g": "net.py"},
    )
    assert (submission.f(), submission.g()) == (1, 2)
    assert loading_record(submission)["reasons"] == []


@pytest.mark.parametrize(
    ("source", "settled"),
    [
        ("def f(x=1): return 1\ndef f(x=absent): return 2", ["f"]),
        ("def f(): return 1\nimport sys\nsys.exit()\ndef f(): return 2", ["f"]),
        ("import absent\n@absent.one\ndef f(): return 1\nf = absent.two", ["f"]),
        ("def f(): return 1\ndef f(): return 2", []),
        ("def f(x=absent): return 1\ndef f(): return 2", []),
    ],
)
def test_notes_on_two_definitions_do_not_contradict_each_other(load, source, settled):
    """Where loading knows better which one counts, what the source says is left out."""
    record = loading_record(load(source, defines=DEFINES))
    said = "`f` is defined twice, in lines 1 and 2 of layers.py: the last one, line 2, counts."
    assert record["settled"] == settled
    assert (said in join_notes([said, "Not handed in: net.py."], record)) is not bool(settled)
    assert "Not handed in: net.py." in join_notes([said, "Not handed in: net.py."], record)


def test_reason_of_a_file_that_cannot_be_parsed_has_one_wording(load, caught_end):
    """The report and its criteria say the same sentence."""
    submission = load("def f(): return 1\nx = [1,", defines=DEFINES)
    (reason,) = loading_record(submission)["reasons"]
    assert caught_end(lambda: submission.f).message == reason.removesuffix(".")
