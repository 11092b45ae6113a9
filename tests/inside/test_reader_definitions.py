"""Functions that are asked for: which files define any, which are defined twice, and which stand where no code runs."""

from __future__ import annotations

import json

import pytest

from autograder.course.facts import Reading, parse_reading
from autograder.inside.reading.reader import read

PREDICT = "def predict(x, w, b):\n    return x @ w + b\n"
OTHER = "def predict(x, w, b):\n    return 0\n"
FIT = "def fit(x):\n    return x\n"
ASKED = {"predict": "layers.py", "fit": "net.py", "Net": ""}
ONE, TWO = ("regression.py",), ("layers.py", "net.py")


def reading(
    files: dict[str, bytes | str], declared: tuple[str, ...] = ONE, times: dict[str, float] | None = None
) -> Reading:
    """What the station learns of an upload."""
    data = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    return parse_reading({"ok": read(data, declared, asked=ASKED, times=times)}, declared)


def notebook(*cells: str | tuple[str, str]) -> bytes:
    """A notebook; a pair is a cell's kind and text."""
    rows = [cell if isinstance(cell, tuple) else ("code", cell) for cell in cells]
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": kind, "source": text} for kind, text in rows]}).encode()


# bystanders -------------------------------------------------------------------------------------------------


def test_notebook_that_defines_nothing_asked_for_is_not_used():
    """`plots.ipynb` beside `hw1.ipynb` is no question."""
    found = reading({"hw1.ipynb": notebook(PREDICT), "plots.ipynb": notebook("import numpy as np\nplot(1)")}, TWO)
    assert found.files == {"layers.py": (PREDICT,)}
    assert found.notes == ("'hw1.ipynb' was taken as layers.py and net.py.", "Not used: 'plots.ipynb'.")


def test_source_that_defines_nothing_asked_for_is_not_used():
    """The same for a script beside the only file."""
    found = reading({"ann.py": PREDICT, "try_it.py": "import ann\nprint(ann.predict(1, 2, 3))\n"})
    assert dict(found.files) == {"regression.py": PREDICT}


def test_two_files_that_define_what_is_asked_for_are_a_question():
    """Nobody guesses between two that could each be a part of it."""
    found = reading({"a.ipynb": notebook(PREDICT), "b.ipynb": notebook(FIT)})
    assert found.problems == (
        "'a.ipynb', 'b.ipynb' could each be regression.py; put your work together in one of them and hand in that.",
    )


def test_checkpoint_of_jupyter_beside_its_notebook_is_not_used():
    """Platforms that flatten folders put it beside the real one."""
    found = reading({"hw.ipynb": notebook(PREDICT), "hw-checkpoint.ipynb": notebook(OTHER)})
    assert found.files == {"regression.py": (PREDICT,)}


# the newest -------------------------------------------------------------------------------------------------

TWO_COPIES = {"layers-1.py": PREDICT, "layers-2.py": OTHER, "net.py": FIT}


def test_two_copies_are_a_question_that_names_both():
    """Without --latest nobody guesses."""
    found = reading(TWO_COPIES, TWO)
    assert found.problems == ("'layers-1.py', 'layers-2.py' could each be layers.py; hand in one of them.",)


@pytest.mark.parametrize(
    ("times", "taken"),
    [
        ({"layers-1.py": 5.0, "layers-2.py": 4.0}, "layers-1.py"),
        ({"layers-1.py": 4.0, "layers-2.py": 5.0}, "layers-2.py"),
        ({}, "layers-2.py"),
    ],
    ids=["first changed last", "second changed last", "no times: the number"],
)
def test_newest_of_two_copies_is_taken_where_it_is_asked_for(times, taken):
    """By the time of the last change, then by the number of the copy."""
    found = reading(TWO_COPIES, TWO, times)
    assert found.files["layers.py"] == TWO_COPIES[taken]
    assert f"Of 'layers-1.py', 'layers-2.py' the newest was taken: {taken!r}." in found.notes


def test_newest_may_win_over_the_declared_name():
    """Canvas names the second upload layers-1.py."""
    files = {"layers.py": PREDICT, "layers-1.py": OTHER, "net.py": FIT}
    times = {"layers.py": 1.0, "layers-1.py": 2.0}
    assert reading(files, TWO, times).files["layers.py"] == OTHER
    found = reading(files, TWO)
    assert found.files["layers.py"] == PREDICT
    assert found.notes == ("Of 'layers-1.py', 'layers.py' the one with the declared name was taken: 'layers.py'.",)


def test_equal_copies_are_no_question():
    """The same bytes twice."""
    found = reading({"layers (1).py": PREDICT, "layers (2).py": PREDICT, "net.py": FIT}, TWO)
    assert found.files["layers.py"] == PREDICT
    assert ("renamed file", "layers.py") in found.causes


# misplaced --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "clause"),
    [
        (
            {"ann.ipynb": notebook("x = 1", ("markdown", PREDICT))},
            "the 2nd cell of ann.ipynb, a Markdown cell, holds `def predict`; make it a code cell",
        ),
        (
            {"ann.ipynb": notebook("x = 1", ("markdown", "# T"), ("raw", PREDICT))},
            "the 3rd cell of ann.ipynb, a raw cell, holds `def predict`; make it a code cell",
        ),
        (
            {"ann.ipynb": notebook("x = 1", f"%%script false\n{PREDICT}")},
            "the 2nd cell of ann.ipynb, which begins with '%%script false', holds `def predict`; take that line away",
        ),
        (
            {"ann.py": "x = 1\n# def predict(x, w, b):\n#     return x\n"},
            "ann.py, line 2: `def predict` is commented out; take the # away from its lines",
        ),
        (
            {"ann.py": f"x = 1\n'''\n{PREDICT}'''\n"},
            "ann.py, line 2: `def predict` stands in a text; take the quotes around it away",
        ),
        (
            {"ann.py": "def fit(x):\n    def predict(x):\n        return x\n    return x\n"},
            "ann.py, line 2: `def predict` stands inside `fit`; let it begin at the start of a line",
        ),
        (
            {"ann.py": "if __name__ == '__main__':\n    def predict(x):\n        return x\n"},
            (
                "ann.py, line 2: `predict` stands below the `if __name__ == '__main__'` of line 1, which runs in a program"
                " only, not in a module; let it begin at the start of a line"
            ),
        ),
        (
            {"ann.py": "try:\n    import nowhere\n    def predict(x): return x\nexcept ImportError:\n    pass\n"},
            (
                "ann.py, line 3: `predict` stands in the `try` of line 1 and was not reached;"
                " let it begin at the start of a line"
            ),
        ),
        (
            {"hw.ipynb": notebook("x = 1", "from layers import *\npredict(1)")},
            "hw.ipynb, code cell 2, line 1, imports `layers`, but layers.py was not handed in",
        ),
    ],
    ids=["markdown", "raw", "magic", "comment", "text", "inside", "main", "branch", "own file"],
)
def test_function_where_no_code_runs_is_found(files, clause):
    """The clause that stands behind "function `predict` not found"."""
    assert reading(files).facts.misplaced["predict"] == clause


def test_function_in_a_file_that_is_not_used_is_found():
    """A helper file is no declared one."""
    found = reading({"layers.py": "class Net: pass\n", "helper.py": PREDICT, "net.py": FIT}, TWO)
    assert found.facts.misplaced == {"predict": "helper.py, which is not used, holds `def predict`"}


@pytest.mark.parametrize(
    "code", [PREDICT, "from net import predict\n", "predict = lambda x: x\n", "if True:\n    x = 1\n"]
)
def test_function_that_is_there_or_nowhere_is_not_misplaced(code):
    """A Markdown cell that quotes what is defined says nothing."""
    text = ("markdown", PREDICT) if "predict" in code else "# nothing"
    assert "predict" not in reading({"ann.ipynb": notebook(code, text)}).facts.misplaced


# twice ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "note"),
    [
        (
            {"ann.ipynb": notebook("x = 1", PREDICT, OTHER)},
            "`predict` is defined twice, in cells 2 and 3 of ann.ipynb: the last one, cell 3, counts.",
        ),
        (
            {"ann.py": f"{PREDICT}\n\n{OTHER}"},
            "`predict` is defined twice, in lines 1 and 5 of ann.py: the last one, line 5, counts.",
        ),
        (
            {"ann.ipynb": notebook("x = 1", f"{PREDICT}{OTHER}")},
            "`predict` is defined twice, in cell 2, lines 1 and 3 of ann.ipynb: the last one, cell 2, line 3, counts.",
        ),
        (
            {"ann.py": "class Net:\n    def f(self):\n        return 1\n    def f(self):\n        return 2\n"},
            "`Net.f` is defined twice, in lines 2 and 4 of ann.py: the last one, line 4, counts.",
        ),
        (
            {"ann.py": f"{PREDICT}{OTHER}{PREDICT}"},
            "`predict` is defined 3 times, in lines 1, 3 and 5 of ann.py: the last one, line 5, counts.",
        ),
    ],
    ids=["cells", "lines", "one cell", "methods", "three"],
)
def test_function_that_is_defined_twice_gets_a_note(files, note):
    """Which definitions there are, and which counts."""
    assert note in reading(files).notes


def test_function_that_two_files_define_gets_a_note():
    """The file in which the reference has it counts."""
    found = reading({"layers.py": PREDICT, "net.py": FIT + OTHER}, TWO)
    assert found.notes == (
        "`predict` is defined twice, in line 1 of layers.py and in line 3 of net.py: that of layers.py, line 1, counts.",
    )


@pytest.mark.parametrize(
    "source",
    [
        f"if x:\n    def predict(a): return 1\nelse:\n    def predict(a): return 2\n{FIT}",
        f"try:\n    import numba\n    def predict(a): return 1\nexcept ImportError:\n    def predict(a): return 2\n{FIT}",
        "@overload\ndef predict(a: int): ...\n@typing.overload\ndef predict(a: str): ...\ndef predict(a): return 2\n",
        "class Net:\n    @property\n    def f(self): return 1\n    @f.setter\n    def f(self, x): pass\n",
        f"{PREDICT}\n{PREDICT}",
        "def helper(): return 1\ndef helper(): return 2\ndef predict(a): return helper()\n",
    ],
    ids=["branches", "fallback", "overload", "property", "the same", "not asked for"],
)
def test_variants_of_a_function_get_no_note(source):
    """Branches, overloads, setters and equal definitions take nothing away."""
    assert reading({"ann.py": source}).notes == ()
