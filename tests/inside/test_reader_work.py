"""Which file of an upload was worked on: beside a template, under any name, and of any kind."""

from __future__ import annotations

import json

import pytest

from autograder.course.facts import Reading, parse_reading
from autograder.inside.reading.reader import read

TEMPLATE = '''"""Regression."""

import numpy as np


def predict(x: np.ndarray, w):
    """Return the prediction."""
    # TODO: write predict.
    raise NotImplementedError("predict: not written yet")


def fit(x):
    """Return the weights."""
    raise NotImplementedError("fit: not written yet")
'''
#: The same with a name on top, other texts and no annotation: nothing of it is work.
REFORMATTED = '''# Ann Lee, 1234567
import numpy as np
def predict( x, w ):
    """My prediction."""

    raise NotImplementedError('predict: not written yet')
def fit(x):
    raise NotImplementedError("fit: not written yet")
'''
PREDICT = "def predict(x, w):\n    return x @ w\n"
FIT = "def fit(x):\n    return x\n"
WORK = f"import numpy as np\n\n\n{PREDICT}\n\n{FIT}"
OTHER_WORK = WORK.replace("return x\n", "return 2 * x\n")
ONE, TWO = ("regression.py",), ("layers.py", "net.py")
LAYERS, NET = TEMPLATE[: TEMPLATE.index("def fit")], TEMPLATE[TEMPLATE.index("def fit") :]


def reading(
    files: dict[str, bytes | str], declared: tuple[str, ...] = ONE, times: dict[str, float] | None = None
) -> Reading:
    """What the station learns of an upload."""
    data = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    asked = {"predict": declared[0], "fit": declared[-1]}
    template = {"regression.py": TEMPLATE} if declared == ONE else {"layers.py": LAYERS, "net.py": NET}
    given = {name: text.encode() for name, text in template.items()}
    return parse_reading({"ok": read(data, declared, template=given, asked=asked, times=times)}, declared)


def notebook(*cells: str) -> bytes:
    """A notebook that was run."""
    rows = [
        {"cell_type": "code", "source": cell, "execution_count": 7, "outputs": [], "metadata": {}} for cell in cells
    ]
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "py"}}, "cells": rows}
    ).encode()


TEMPLATE_NOTEBOOK = notebook(TEMPLATE[: TEMPLATE.index("def fit")], NET)


@pytest.mark.parametrize(
    ("idle", "data", "state"),
    [
        ("regression.py", TEMPLATE, "unchanged"),
        ("regression.py", TEMPLATE.replace("\n", "\r\n"), "unchanged"),
        ("regression.py", REFORMATTED, "unchanged"),
        ("hw/regression.py", REFORMATTED, "unchanged"),
        ("regression.ipynb", TEMPLATE_NOTEBOOK, "unchanged"),
        ("regression.py", "", "without anything that is asked for"),
        ("regression.py", "# my solution is in the other file\n", "without anything that is asked for"),
        ("regression.py", "print('hello')\n", "without anything that is asked for"),
        ("regression.ipynb", notebook("# nothing"), "without anything that is asked for"),
    ],
)
@pytest.mark.parametrize(("work", "content"), [("hw1.ipynb", notebook(PREDICT, FIT)), ("solution.py", WORK)])
def test_work_beside_an_idle_file_of_the_declared_name_is_taken_with_a_note(idle, data, state, work, content):
    """The file that was worked on is graded, whatever it is called and of whatever kind."""
    found = reading({idle: data, work: content})
    text = found.files["regression.py"]
    assert ("".join(text) if isinstance(text, tuple) else text).count("return x @ w") == 1
    assert found.notes == (f"{work!r} was taken as regression.py, since {idle!r} is {state}.",)
    assert found.titles == {"regression.py": work}


def test_work_in_both_keeps_the_declared_name():
    """A single changed function makes the file the student's own."""
    found = reading(
        {
            "regression.py": TEMPLATE.replace('raise NotImplementedError("fit', 'return ("fit'),
            "hw1.ipynb": notebook(WORK),
        }
    )
    assert found.titles == {"regression.py": "regression.py"}
    assert found.notes == ("Not used: 'hw1.ipynb'.",)


def test_work_in_a_notebook_of_the_same_name_is_named_unless_it_is_alike():
    """Where Jupyter keeps a script in step with a notebook, nothing need be said."""
    found = reading({"regression.py": WORK, "regression.ipynb": notebook(OTHER_WORK)})
    rivals = "Of 'regression.ipynb', 'regression.py' the one with the declared name was taken: 'regression.py'."
    assert found.notes == (rivals,)
    found = reading({"regression.py": WORK, "regression.ipynb": notebook(PREDICT, FIT)})
    assert found.notes == ("Not used: 'regression.ipynb'.",)


def test_work_in_a_file_that_imports_the_rest_keeps_the_declared_name():
    """Names that are imported are bound, too."""
    for source in ("from solution import predict, fit\n", "from solution import *\n"):
        found = reading({"regression.py": source, "solution.py": WORK})
        assert found.titles["regression.py"] == "regression.py"
        assert dict(found.helpers) == {"solution.py": WORK}


def test_work_in_two_files_beside_a_template_asks():
    """Nobody guesses, unless the newest is to be taken."""
    files = {"regression.py": TEMPLATE, "a.py": WORK, "b.ipynb": notebook(OTHER_WORK)}
    assert reading(files).problems == ("'a.py', 'b.ipynb' could each be regression.py; hand in one of them.",)
    found = reading(files, times={"a.py": 1.0, "b.ipynb": 2.0, "regression.py": 3.0})
    assert found.titles == {"regression.py": "b.ipynb"}


def test_work_that_is_alike_in_two_files_is_no_question():
    """A notebook and the script that was exported from it hold the same functions."""
    found = reading({"regression.py": TEMPLATE, "a.py": WORK, "a.ipynb": notebook(PREDICT, FIT)})
    assert found.titles == {"regression.py": "a.py"}


def test_work_that_holds_more_of_what_is_asked_for_surpasses_a_part():
    """`predict.py` is an earlier step, or a helper of the other."""
    found = reading({"regression.py": TEMPLATE, "all.py": WORK, "predict.py": PREDICT})
    assert found.titles == {"regression.py": "all.py"}
    found = reading({"main.py": f"from predict import predict\n{FIT}", "predict.py": PREDICT})
    assert found.titles["regression.py"] == "main.py"
    assert dict(found.helpers) == {"predict.py": PREDICT}


def test_test_of_the_functions_is_no_work():
    """It imports what is asked for, and defines nothing of it."""
    found = reading({"regression.py": TEMPLATE, "test_regression.py": "from regression import predict, fit\n"})
    assert found.titles == {"regression.py": "regression.py"}


# several files ----------------------------------------------------------------------------------------------


def test_work_of_one_file_elsewhere_is_taken_for_that_one():
    """The other file is as good as it was."""
    found = reading(
        {"layers.py": LAYERS, "net.py": FIT, "hw1.ipynb": notebook(PREDICT, "def fit(x):\n    return 3\n")}, TWO
    )
    assert found.titles == {"layers.py": "hw1.ipynb", "net.py": "net.py"}
    assert found.notes[0] == "'hw1.ipynb' was taken as layers.py, since 'layers.py' is unchanged."


@pytest.mark.parametrize(("name", "data"), [("hw1.ipynb", notebook(PREDICT, FIT)), ("solution.py", WORK)])
@pytest.mark.parametrize("others", [{"layers.py": LAYERS, "net.py": NET}, {"layers.py": "", "net.py": NET}])
def test_work_for_all_files_in_one_is_taken_for_all(name, data, others):
    """No template is loaded in whose name the functions would be looked for."""
    found = reading({**others, name: data}, TWO)
    assert (list(found.files), found.failed) == (["layers.py"], {})
    assert found.notes[0].startswith(f"{name!r} was taken as layers.py and net.py, since 'layers.py', 'net.py' are ")
    assert not any("Not handed in" in note for note in found.notes)


def test_one_stand_in_for_a_missing_file_is_taken_with_a_note():
    """`network.py` beside `layers.py` can only be `net.py`."""
    found = reading({"layers.py": PREDICT, "network.py": FIT, "plots.py": "x = 1\n"}, TWO)
    assert found.titles == {"layers.py": "layers.py", "net.py": "network.py"}
    assert found.notes == (
        "'network.py' was taken as net.py, since it defines what is asked for there.",
        "Not used: 'plots.py'.",
    )


def test_two_stand_ins_for_a_missing_file_are_named():
    """What was handed in under its name is graded all the same."""
    found = reading({"layers.py": PREDICT, "a.py": FIT, "b.py": "def fit(x):\n    return 4\n"}, TWO)
    assert list(found.files) == ["layers.py"]
    assert found.notes[0] == "'a.py', 'b.py' could each be net.py, so none of them was taken; hand in one of them."


def test_stand_ins_for_all_files_are_taken():
    """Two files of other names, each with the functions of one."""
    found = reading({"my_layers.py": PREDICT, "my_net.ipynb": notebook(FIT)}, TWO)
    assert found.titles == {"layers.py": "my_layers.py", "net.py": "my_net.ipynb"}


def test_missing_file_whose_functions_are_in_another_declared_one_needs_no_stand_in():
    """An earlier version of them beside it is not taken."""
    found = reading({"layers.py": WORK, "old.py": "def fit(x):\n    return 5\n"}, TWO)
    assert list(found.files) == ["layers.py"]
    assert found.notes == ("Not handed in: net.py.", "Not used: 'old.py'.")


# released folders -------------------------------------------------------------------------------------------

RELEASED = {
    "hw/regression.py": TEMPLATE,
    "hw/regression.ipynb": TEMPLATE_NOTEBOOK,
    "hw/check/assignments/01/rubric/public/test_r1.py": "def predict(x, w):\n    return 0\n",
    "hw/check/student_template/01/regression.py": TEMPLATE,
    "hw/check/student_template/01/regression.ipynb": TEMPLATE_NOTEBOOK,
}


@pytest.mark.parametrize(
    ("changed", "content"),
    [("hw/regression.py", WORK), ("hw/regression.ipynb", notebook(PREDICT, FIT)), ("hw/my.ipynb", notebook(WORK))],
)
def test_released_folder_is_graded_for_the_file_that_was_worked_on(changed, content):
    """The template is no work as a notebook either, and what lies in check/ is the course's."""
    found = reading({**RELEASED, changed: content})
    assert found.problems == ()
    assert found.titles == {"regression.py": changed.removeprefix("hw/")}
    assert found.notes[0].startswith("The course's own files in the folder check/ are not read.")
    assert not any("check/" in note for note in found.notes[1:])


def test_released_folder_without_any_work_is_graded_as_the_template():
    """Nothing was attempted, and nothing is rejected."""
    assert reading(RELEASED).titles == {"regression.py": "regression.py"}


def test_folder_check_of_a_student_is_read():
    """Only what a release has in it is the course's."""
    assert reading({"check/regression.py": WORK}).titles == {"regression.py": "regression.py"}


# texts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["regression.txt", "hw1.txt"])
@pytest.mark.parametrize("others", [{"notes.py": "x = 1\n"}, {"regression.py": TEMPLATE}, {"regression.py": ""}, {}])
def test_text_with_the_work_is_taken_where_no_source_holds_any(text, others):
    """Beside sources that hold nothing of what is asked for, too."""
    found = reading({text: WORK, **others})
    assert found.titles == {"regression.py": text}
    assert found.notes[0].startswith(f"{text!r} was taken as regression.py")


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (WORK, ()),
        (f"# the same\n{WORK}", ()),
        ("What I have done: see the code.", ("Not read, since they are no Python: 'regression.txt'.",)),
        (
            OTHER_WORK,
            (
                (
                    "'regression.txt' is not read, since 'regression.py' is there; if the text is what you want to hand "
                    "in, save it as regression.py."
                ),
            ),
        ),
    ],
)
def test_text_beside_the_source_of_its_name_is_no_second_candidate(data, notes):
    """It is mentioned only where it defines something else."""
    found = reading({"regression.py": WORK, "regression.txt": data})
    assert (found.titles, found.notes) == ({"regression.py": "regression.py"}, notes)


def test_source_for_windows_is_read_as_any_other():
    """A `.pyw` is Python."""
    assert reading({"regression.pyw": WORK}).notes == ("'regression.pyw' was taken as regression.py.",)
    found = reading({"layers.pyw": PREDICT, "net.py": FIT, "net.pyw": "def fit(x):\n    return 1\n"}, TWO)
    assert found.titles == {"layers.py": "layers.pyw", "net.py": "net.py"}
    assert found.notes[0] == "Of 'net.py', 'net.pyw' the one with the declared name was taken: 'net.py'."


def test_work_that_is_split_over_two_files_is_asked_to_be_put_together():
    """One of them alone would lose the other's part."""
    found = reading({"part1.ipynb": notebook(PREDICT), "part2.ipynb": notebook(FIT)})
    said = "'part1.ipynb', 'part2.ipynb' could each be regression.py; put your work together in one of them and hand in that."
    assert found.problems == (said,)


def test_file_that_cannot_be_imported_is_told_once():
    """That it is not used follows."""
    found = reading({"regression.py": f"from random import lin\n{WORK}", "random.py": "def lin(): return 1\n"})
    (note,) = found.notes
    assert note.startswith("'random.py' cannot be imported, since `random` is a module of Python;")
