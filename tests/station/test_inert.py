"""Packages for looking, graded where they are not installed."""

import importlib.util
import json

import pytest

from autograder.records.outcome import Outcome
from autograder.station import Station
from autograder.uploads.find import upload_of
from tests.writing import ONE, write_course, write_criterion

REFERENCE = "def f(x):\n    return 2.0 * x\n\n\ndef g(x):\n    return x + 1.0\n"
RIGHT = """
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm


def f(x):
    fig, axes = plt.subplots(1, 2)
    for ax, k in zip(axes, (1, 2)):
        ax.plot(np.arange(k))
    plt.show()
    return 2.0 * x


def g(x):
    total = x
    for _ in tqdm(range(1)):
        total = total + 1.0
    return total
"""
NOTE = "{} is not installed where this is graded: what it would show is left out, which costs nothing."


@pytest.fixture
def grade(tmp_path):
    """Grade a source, or the cells of a notebook; with lines of ``assignment.toml``."""

    def grade_one(source, rest=""):
        rubric = write_criterion("f", "assert submission.f(1.0) == 2.0") + write_criterion(
            "g", "assert_close(submission.g(1.0), reference.g(1.0))", tests=["g"]
        )
        settings = write_course(tmp_path / "course", {"regression.py": REFERENCE}, rubric, rest=rest)
        path = tmp_path / ("ann.py" if isinstance(source, str) else "ann.ipynb")
        if isinstance(source, str):
            path.write_text(source + ONE)
        else:
            cells = [{"cell_type": "code", "source": one, "metadata": {}, "outputs": []} for one in (*source, ONE)]
            language = {"kernelspec": {"language": "python", "name": "python3", "display_name": "Python 3"}}
            path.write_text(json.dumps({"cells": cells, "metadata": language, "nbformat": 4, "nbformat_minor": 5}))
        with Station(settings) as station:
            return station.grade(upload_of(path)).report

    return grade_one


def test_inert_packages_are_absent_here():
    """Otherwise these tests would show nothing."""
    assert not any(importlib.util.find_spec(name) for name in ("matplotlib", "tqdm", "seaborn"))


def test_inert_package_in_right_work_costs_nothing_and_is_noted_once(grade):
    """Full marks, one note for all packages, and a cause for each that staff can count."""
    report = grade(RIGHT)
    assert report.score == report.max_score
    both = "matplotlib and tqdm are not installed where this is graded: what they would show is left out, which costs"
    assert report.notes == (f"{both} nothing.",)
    assert [(one.kind.value, one.subject) for one in report.causes] == [
        ("inert package", "matplotlib"),
        ("inert package", "tqdm"),
    ]
    assert report.reasons == ()


def test_inert_package_that_a_function_imports_is_noted(grade):
    """The import runs when the function is called, and the note is there all the same."""
    report = grade(
        "def f(x):\n    from tqdm.auto import tqdm\n    return sum(2.0 * one for one in tqdm([x]))"
        + RIGHT[RIGHT.index("\n\ndef g") :].replace("in tqdm(range(1))", "in range(1)")
    )
    assert (report.score, report.notes) == (report.max_score, (NOTE.format("tqdm"),))


def test_inert_package_of_colab_beside_numpy_costs_nothing(grade):
    """The cell that mounts the drive imports NumPy, too."""
    first = "from google.colab import drive\nimport numpy as np\ndrive.mount('/content/drive')\n%cd /content/drive"
    report = grade([first, REFERENCE.replace("2.0 * x", "np.multiply(2.0, x)")])
    assert report.score == report.max_score
    assert NOTE.format("google.colab") in report.notes


def test_inert_object_as_an_answer_is_no_answer(grade):
    """The message names the function and the package."""
    report = grade(RIGHT.replace("return total", "return plt.plot(total)"))
    lost = next(one for one in report.criteria if one.id == "x_g")
    assert lost.outcome is Outcome.RAISED
    assert lost.message == (
        "ModuleNotFoundError: `g` returned something of matplotlib, which is not installed where this is graded"
    )


def test_inert_list_of_the_assignment_replaces_the_usual_one(grade):
    """What is not on it fails to import, and what needs it is lost."""
    report = grade(RIGHT, '[imports]\ninert = ["tqdm"]')
    outcomes = {one.id: one.outcome for one in report.criteria}
    assert outcomes["x_f"] is not Outcome.PASSED
    assert outcomes["x_g"] is Outcome.PASSED
    assert ("absent package", "matplotlib") in {(one.kind.value, one.subject) for one in report.causes}


def test_inert_package_that_computes_is_not_among_them(grade):
    """A fallback to NumPy is taken, as where the student wrote it."""
    source = f"try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np\n{REFERENCE}"
    report = grade(source.replace("2.0 * x", "np.multiply(2.0, x)"))
    assert (report.score, report.notes) == (report.max_score, ())
