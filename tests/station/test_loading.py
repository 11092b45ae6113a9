"""How a submission loads is in its report: what it printed, which cells raised, when it was handed in."""

import json
import os
from datetime import UTC, datetime

import pytest

from autograder.records.outcome import CauseKind, Outcome, Status
from autograder.records.report import Cause
from autograder.report.feedback import feedback
from autograder.report.html import render_feedback_html
from autograder.report.terminal import render_text
from autograder.station import Station
from autograder.uploads.find import upload_of
from tests.writing import ONE, write_course, write_criterion

FIRST = "def f(x):\n    return x * 2.0\n"
SECOND = "from first import f\n\n\ndef g(x):\n    return f(x) + 1.0\n"


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station of an assignment of two files."""
    rubric = write_criterion("f", "assert submission.f(1.0) == 2.0") + write_criterion(
        "g", "print('of the rubric')\nassert submission.g(1.0) == 3.0", tests=["g"]
    )
    files = {"first.py": FIRST, "second.py": SECOND}
    with Station(write_course(tmp_path_factory.mktemp("course"), files, rubric)) as station:
        yield station


@pytest.fixture
def hand_in(tmp_path, station):
    """Hand a folder, or one file, in and have it graded."""

    def grade(**files):
        if len(files) == 1:
            ((name, text),) = files.items()
            path = tmp_path / name.replace("_ipynb", ".ipynb").replace("_py", ".py")
            path.write_text(text)
        else:
            path = tmp_path / "ada"
            path.mkdir()
            for name, text in files.items():
                (path / name.replace("_ipynb", ".ipynb").replace("_py", ".py")).write_text(text)
        return station.grade(upload_of(path)).report

    return grade


def notebook(*cells, kernel="python"):
    body = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None} for cell in cells
    ]
    metadata = {
        "kernelspec": {"language": kernel, "name": kernel, "display_name": kernel},
        "language_info": {"name": kernel},
    }
    return json.dumps({"cells": body, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def outcomes(report):
    return {one.id.removeprefix("x_"): one.outcome for one in report.criteria}


def test_loading_output_is_the_reports_and_ends_before_the_first_call(hand_in):
    """What is printed while loading stands there once; what a call prints stands with its criterion."""
    report = hand_in(
        first_py="import sys\nprint('loading first')\nprint('careful', file=sys.stderr)\n"
        + FIRST.replace("return", "print('called'); return"),
        second_py=f"print('loading second')\n{SECOND}{ONE}",
    )
    assert (report.stdout, report.stderr) == ("loading first\nloading second\n", "careful\n")
    assert [one.output.stdout for one in report.criteria] == ["", "called\n", "called\n"]
    assert report.score == report.max_score


def test_loading_output_of_a_submission_that_ends_while_loading_is_kept(hand_in):
    """The statement that ended it is left out, and what was printed before it is kept."""
    report = hand_in(first_py=f"import os\nprint('so far', flush=True)\nos._exit(3)\n{FIRST}", second_py=SECOND + ONE)
    assert report.stdout == "so far\n"
    assert report.notes == ("first.py, line 3: `os._exit(3)` was left out: it ended the process (exit status 3).",)
    assert report.score == report.max_score


def test_loading_loss_that_a_hidden_criterion_meets_is_named_to_its_student(hand_in):
    """As for a public one, and without anything that was said while it ran."""
    report = hand_in(
        first_py="import absent\nhidden = 'canary'\ndef f(x):\n    return absent.double(x)\n",
        second_py=f"def g(x):\n    if x == 1.0:\n        raise NameError('canary')\n{ONE}",
    )
    told = {one.id: one for one in feedback(report, show_lines=True).criteria}
    cause = (
        "It uses `absent`, which was not loaded: first.py, line 1: `import absent` failed: not installed where this is"
        " graded, and no absent.py was handed in."
    )
    assert (told["x_f"].outcome, told["x_f"].message, told["x_f"].cause) == (Outcome.RAISED, None, cause)
    assert (told["x_g"].outcome, told["x_g"].message, told["x_g"].cause) == (Outcome.RAISED, None, "")
    assert cause in render_text(feedback(report, show_lines=True), width=400)
    page = render_feedback_html(feedback(report, show_lines=True))
    assert "It uses <code>absent</code>, which was not loaded" in page
    assert "canary" not in page


def test_loading_after_a_hidden_input_was_met_tells_nothing(hand_in, tmp_path):
    """What one candidate leaves in the kernel, here in a file, the next could say while it loads."""
    left = tmp_path / "left-in-the-kernel"
    report = hand_in(
        first_py=f"def f(x):\n    open({str(left)!r}, 'w').write('canary')\n    return x * 2.0\n",
        second_py=f"""
import os
def look(function):
    if os.path.exists({str(left)!r}):
        print(open({str(left)!r}).read())
        raise ValueError(open({str(left)!r}).read())
    return function
@look
def g(x):
    return 2.0 * x + 1.0
{ONE}""",
    )
    told = {one.id: one for one in feedback(report, show_lines=True).criteria}
    assert told["x_f"].outcome is Outcome.PASSED
    assert told["x_g"].outcome is Outcome.NOT_LOADED
    assert told["x_g"].message == "`g` was not loaded for this criterion, which may not be so for others"
    assert "canary" not in feedback(report, show_lines=True).model_dump_json()


def test_import_in_a_function_that_a_hidden_criterion_meets_is_named_to_its_student(hand_in):
    """The public criterion says so already; a package that only the hidden one's message names stays unsaid."""
    report = hand_in(
        first_py="def f(x):\n    import absent.part\n    return 2.0 * x\n",
        second_py=("def g(x):\n    import canary\n" + ONE.replace("    return", "    import absent\n    return")),
    )
    told = {one.id: one for one in feedback(report, show_lines=True).criteria}
    assert "(`absent` is not installed where this is graded)" in told["x_example"].message
    assert told["x_f"].cause == "It imports `absent`, which is not installed where this is graded."
    assert (told["x_f"].message, told["x_g"].message, told["x_g"].cause) == (None, None, "")
    assert "canary" not in render_text(feedback(report, show_lines=True), width=400)


def test_loading_definition_that_is_lost_is_told_in_one_sentence(hand_in):
    """The source says that the last one counts, and it was not loaded."""
    report = hand_in(first_py=f"{FIRST}def f(x, y=absent):\n    return 0\n", second_py=SECOND + ONE)
    assert report.score == report.max_score
    said = [note for note in report.notes if "`f`" in note]
    assert said == ["`f`, first.py, line 3, was not loaded; the one that was defined before it (line 1) counts."]


def test_loading_output_is_not_the_neighbours(hand_in, station, tmp_path):
    """A submission that is rejected, or printed nothing, shows nothing of the one before it."""
    hand_in(first_py=f"print('canary')\n{FIRST}", second_py=SECOND + ONE)
    (tmp_path / "ben.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "cem").mkdir()
    for name in ("ben.py", "cem"):
        report = station.grade(upload_of(tmp_path / name)).report
        assert report.status is Status.REJECTED
        assert "canary" not in report.to_json()


def test_loading_file_that_fails_is_noted_and_the_other_one_is_graded(hand_in):
    """File, line and cause; criteria of the other file are graded."""
    report = hand_in(first_py=f"x = [1,\n{FIRST}", second_py="def g(x):\n    return 2.0 * x + 1.0\n" + ONE)
    assert report.reasons == ("first.py could not be loaded: SyntaxError: '[' was never closed (line 1).",)
    assert report.causes == (Cause(kind=CauseKind.SYNTAX, subject="SyntaxError: '[' was never closed"),)
    assert outcomes(report) == {"example": Outcome.PASSED, "f": Outcome.NOT_LOADED, "g": Outcome.PASSED}


def test_loading_absent_package_that_no_function_needs_costs_nothing(hand_in):
    """It is noted with its line, and counted for staff."""
    report = hand_in(first_py=f"import nowhere\n{FIRST}", second_py=SECOND + ONE)
    assert report.notes == (
        "first.py, line 1: `import nowhere` failed: not installed where this is graded, and no nowhere.py was handed in.",
    )
    assert (report.reasons, report.score) == ((), report.max_score)
    assert report.causes == (Cause(kind=CauseKind.PACKAGE, subject="nowhere"),)


def test_loading_name_that_is_missing_at_a_call_is_explained_by_its_import(hand_in):
    """The student reads which import failed, not only which name is not there."""
    report = hand_in(
        first_py="import nowhere.inside as inside\ndef f(x):\n    return inside.double(x)\n", second_py=SECOND + ONE
    )
    (criterion,) = (one for one in report.criteria if one.id == "x_f")
    assert criterion.exception.text == (
        "name 'inside' is not defined: `import nowhere.inside as inside` (first.py, line 1) failed: "
        "not installed where this is graded, and no nowhere.py was handed in"
    )


def test_loading_notebook_stands_for_both_files_and_its_cells_that_raise_are_noted(hand_in):
    """A cell that raises is recorded with its number; the next ones run."""
    report = hand_in(ada_ipynb=notebook(FIRST, "1 / 0", "def g(x):\n    return f(x) + 1.0", ONE, "undefined"))
    assert outcomes(report) == dict.fromkeys(("example", "f", "g"), Outcome.PASSED)
    assert report.notes[-2:] == (
        "ada.ipynb, cell 2, line 1: `1 / 0` failed: ZeroDivisionError: division by zero.",
        "ada.ipynb, cell 5, line 1: `undefined` failed: NameError: name 'undefined' is not defined.",
    )


def test_loading_notes_are_few_however_many_cells_raise(hand_in):
    """A notebook of a thousand broken cells makes no report of a thousand lines."""
    report = hand_in(ada_ipynb=notebook(FIRST + "\ndef g(x): return f(x) + 1.0" + ONE, *["1 / 0"] * 300))
    cells = [note for note in report.notes if "cell" in note.lower()]
    assert len(cells) <= 25
    assert any("280 more statements were not loaded" in note for note in report.notes)
    assert report.score == report.max_score


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{not json", "not"),
        (notebook(FIRST, kernel="julia"), "julia"),
        (json.dumps({"cells": 3}), "notebook"),
        ("", "is empty"),
        (json.dumps({"nbformat": 4, "cells": []}), ""),
    ],
)
def test_loading_notebook_that_cannot_be_read_is_said_so(hand_in, text, said):
    """The reason is there, whether the submission is rejected or its files are not loaded."""
    report = hand_in(ada_ipynb=text)
    told = " ".join([*report.problems, *report.notes, *(one.message for one in report.criteria)]).lower()
    assert said in told
    assert report.score == 0


def test_received_time_is_when_the_upload_was_changed(hand_in, tmp_path, station):
    """To the second, in UTC."""
    hand_in(first_py=FIRST, second_py=SECOND)
    path = tmp_path / "ada"
    os.utime(path, (1_700_000_000.5, 1_700_000_000.5))
    report = station.grade(upload_of(path)).report
    assert report.submission.received_utc == datetime.fromtimestamp(1_700_000_000, UTC)


def test_loading_notebook_alone_that_imports_its_template_is_graded(hand_in):
    """The template is the assignment's then."""
    cells = ("from first import *\nfrom second import f as given", FIRST, "def g(x):\n    return f(x) + 1.0", ONE)
    report = hand_in(ada_ipynb=notebook(*cells))
    assert report.score == report.max_score
    assert not [note for note in report.notes if "failed" in note]
