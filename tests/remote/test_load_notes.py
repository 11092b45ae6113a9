"""What is said of how a submission loaded: once, grouped, and true."""

from __future__ import annotations

import pytest

from autograder.examiner.load_notes import loading_record
from autograder.home.inline import InlineSpawner
from autograder.records.outcome import CauseKind
from autograder.remote import LoadRequest, Submission
from autograder.report.assemble import join_notes

ABSENT = "not installed where this is graded, and no absent.py was handed in"
DEFINES = {"f": "layers.py"}


def notes(submission):
    """Give the notes on loading."""
    return list(loading_record(submission).notes)


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
    assert loading_record(submission).reasons == ()


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
    assert record.settled == tuple(settled)
    assert (said in join_notes([said, "Not handed in: net.py."], record)) is not bool(settled)
    assert "Not handed in: net.py." in join_notes([said, "Not handed in: net.py."], record)


def test_reason_of_a_file_that_cannot_be_parsed_has_one_wording(load, caught_end):
    """The report and its criteria say the same sentence."""
    submission = load("def f(): return 1\nx = [1,", defines=DEFINES)
    (reason,) = loading_record(submission).reasons
    assert caught_end(lambda: submission.f).message == reason.removesuffix(".")


def test_reason_of_an_import_of_a_file_that_was_not_handed_in_is_one(load):
    """One line of five names has one cause; another statement has its own."""
    source = "from net import a, b as c, d\nfrom absent import x, y\ndef f(): return a() + x()\nf = f()"
    submission = load(source, aliases=("net",), defines=DEFINES)
    record = loading_record(submission)
    told = [*record.reasons, *record.notes]
    assert sum("`from net import a, b as c, d` failed" in one for one in told) == 1
    assert sum("`from absent import x, y` failed" in one for one in told) == 1
    assert len(record.causes) == 2


def test_notes_on_names_that_a_module_of_python_lacks_are_one_line_without_a_path(load):
    """A file of that name would not have been found, and a path is nobody's business."""
    record = loading_record(load("from random import lin, quad\ndef f(): return 1", defines=DEFINES))
    said = (
        "ImportError: cannot import the names 'lin' and 'quad' from 'random', which is a module of Python itself;"
        " a random.py of your own cannot be imported"
    )
    assert record.notes == (f"layers.py, line 1: `from random import lin, quad` failed: {said}.",)
    assert record.causes == (("raised while loading", said),)


def test_notes_on_names_that_a_package_lacks_for_several_causes_are_several(load):
    """Names that exist are loaded, and each module is named for itself."""
    source = "from os.path import joyn, join\nfrom os.path import splitt\ndef f(): return join('a', 'b')"
    submission = load(source, defines=DEFINES)
    first, second = notes(submission)
    assert "`from os.path import joyn` failed: ImportError: cannot import name 'joyn' from 'posixpath', which" in first
    assert "line 2: `from os.path import splitt` failed" in second
    assert submission.f() == "a/b"


def test_lost_name_of_a_joined_import_is_said_in_the_words_of_the_reason(load, caught_end):
    """A page leaves out of a criterion what stands at the top."""
    submission = load("from absent import a, b\nf = a\ng = b", defines={"f": "layers.py", "g": "layers.py"})
    (reason,) = loading_record(submission).reasons
    assert reason.startswith("layers.py, line 1: `from absent import a, b` failed: ")
    for name in ("f", "g"):
        assert reason.removesuffix(".") in caught_end(lambda name=name: getattr(submission, name)).message


def test_cause_that_was_cut_is_told_in_full(load):
    """Pages cut it, at a word, once no path is left in it."""
    text = "a long text about everything that went wrong here " * 3
    (cause,) = loading_record(load(f"raise ValueError({text!r})\ndef f(): return 1", defines=DEFINES)).causes
    assert cause == (CauseKind.RAISED, f"ValueError: {text}")


def test_reason_of_a_file_that_cannot_be_read_names_it_once(opened):
    """And its importers are named, instead of counted statements."""
    why = "layers.py is empty; save your work and hand in the file again."
    source = "from layers import a, b\nfrom layers import c\ndef g(): return a()"
    request = LoadRequest(
        {"net.py": source},
        ["layers.py", "net.py"],
        unread={"layers.py": why},
        defines={"a": "layers.py", "g": "net.py"},
    )
    opened.append(Submission(InlineSpawner(), request))
    record = loading_record(opened[-1])
    assert record.reasons == (why,)
    assert record.notes == ("net.py needs layers.py, and was not loaded whole either.",)


@pytest.mark.parametrize(
    ("cell", "kind", "said"),
    [
        ("y = “a”", "typographic quotes", "'“' is a typographic quotation mark"),
        ("<<<<<<< HEAD\ny = 1\n=======", "a merge in Git", "'<<<<<<< HEAD' is left from a merge in Git"),
        ("print 'x'", "Python 2", "`print` without parentheses is Python 2"),
    ],
)
def test_notes_on_a_cell_with_what_does_not_belong_there_are_one_with_one_cause(load, cell, kind, said):
    """The note says that the cell was not run, why, and what to do."""
    record = loading_record(load(["def f(): return 1", cell], defines=DEFINES))
    (note,) = record.notes
    assert note.startswith("layers.py, cell 2 was not run: SyntaxError: ")
    assert said in note
    assert record.causes == (("syntax error", kind),)
