"""Submissions as students really hand them in: right functions, with everything that stands around them.

One station, of the course that `autograder init` makes; every submission here is right and earns full marks.
"""

import json

import pytest

from autograder.authoring.init import COURSE
from autograder.course.seeds import Secret
from autograder.records.outcome import CauseKind
from autograder.station import Station, StationSettings
from autograder.uploads.find import upload_of

NUMPY = "import numpy as np\n"
PREDICT = "def predict(x, w, b):\n    return x @ w + b\n"
LOSS = (
    "def loss_and_gradient(x, y, w, b):\n    r = predict(x, w, b) - y\n"
    "    return np.mean(r ** 2), 2 * x.T @ r / len(r), 2 * r.mean()\n"
)
FIT = (
    "def fit(x, y, learning_rate, steps):\n    w, b = np.zeros(x.shape[1]), 0.0\n    for _ in range(steps):\n"
    "        _, dw, db = loss_and_gradient(x, y, w, b)\n"
    "        w, b = w - learning_rate * dw, b - learning_rate * db\n    return w, b\n"
)
RIGHT = f"{NUMPY}\n{PREDICT}\n{LOSS}\n{FIT}"
TRAINS = "import time\nbegan = time.process_time()\nwhile time.process_time() - began < 60: pass"
OWN_CHECK = "assert abs(fit(np.ones((4, 1)), np.ones(4), 0.1, 3)[1] - 1.0) < 1e-3"


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station of the course that there is to start from, with a short limit on loading."""
    course = tmp_path_factory.mktemp("course")
    for folder in ("assignments", "reference"):
        for path in (COURSE / folder).rglob("*"):
            if path.is_file():
                target = course / path.relative_to(COURSE)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    settings = course / "assignments" / "01_linear_regression" / "assignment.toml"
    settings.write_text(settings.read_text().replace("timeout_s = 2", "timeout_s = 2\nload_timeout_s = 2"))
    from autograder.course import load_assignment
    from autograder.course.template import write_template

    write_template(load_assignment(course, "01_linear_regression"))
    with Station(StationSettings(course, "01_linear_regression", Secret(b"s" * 32), "auto")) as station:
        yield station


@pytest.fixture
def hand_in(tmp_path, station):
    """Have a script, the cells of a notebook, or a folder of files graded."""

    def grade(content):
        if isinstance(content, dict):
            path = tmp_path / "ann"
            for name, text in content.items():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                (path / name).write_text(text)
        elif isinstance(content, str):
            path = tmp_path / "ann.py"
            path.write_text(content)
        else:
            path = tmp_path / "ann.ipynb"
            cells = [{"cell_type": "code", "metadata": {}, "source": cell, "outputs": []} for cell in content]
            path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
        return station.grade(upload_of(path)).report

    return grade


SUBMISSIONS = {
    "an unused import of a plotting package": (f"import matplotlib.pyplot as plt\n{RIGHT}", "matplotlib"),
    "an unused import of a package that is not there": (f"import nowhere\n{RIGHT}", "`import nowhere` failed"),
    "an absent package beside numpy": (RIGHT.replace(NUMPY, "import nowhere, numpy as np\n"), "`import nowhere` failed"),
    "Colab's disk mounted in the cell that imports numpy": (
        ["from google.colab import drive\ndrive.mount('/content/drive')\nimport numpy as np", PREDICT, LOSS, FIT],
        "google.colab",
    ),
    "a last cell that trains": ([NUMPY, PREDICT, LOSS, FIT, TRAINS], "ann.ipynb, cell 5, line 3: `while"),
    "a first cell that trains": ([TRAINS, NUMPY, PREDICT, LOSS, FIT], "ann.ipynb, cell 1, line 3: `while"),
    "a check of their own that fails at the end of a script": (RIGHT + OWN_CHECK, "ann.py, line 16: `assert"),
    "the same in a notebook": ([NUMPY, PREDICT, LOSS, FIT, OWN_CHECK], "ann.ipynb, cell 5, line 1: `assert"),
    "a future import in the first cell": (
        ["from __future__ import annotations\n" + NUMPY, PREDICT.replace("(x, w, b)", "(x: Matrix, w, b) -> Vector"), LOSS, FIT],
        "",
    ),
    "a plot in a notebook without its import": ([NUMPY, PREDICT, LOSS, FIT, "plt.plot([1, 2])"], "ann.ipynb, cell 5, line 1"),
    "a progress bar in a right function": (
        RIGHT.replace("range(steps)", "tqdm(range(steps))").replace(NUMPY, NUMPY + "from tqdm import tqdm\n"),
        "tqdm",
    ),
    "a helper file": (
        {
            "regression.py": "from helpers import residual\n" + RIGHT.replace("predict(x, w, b) - y", "residual(x, y, w, b)"),
            "helpers.py": "def residual(x, y, w, b):\n    return x @ w + b - y\n",
        },
        "",
    ),
    "a helper file of a helper file, in a folder": (
        {
            "hw/regression.py": "from tools.maths import *\n" + RIGHT.replace("predict(x, w, b) - y", "residual(x, y, w, b)"),
            "hw/tools/maths.py": "from .basic import times\ndef residual(x, y, w, b): return times(x, w) + b - y\n",
            "hw/tools/basic.py": "def times(x, w): return x @ w\n",
        },
        "",
    ),
    "an exit at the end": (f"{RIGHT}\nimport sys\nif len(sys.argv) < 3:\n    sys.exit('usage: regression.py X Y')\n", "line 18: `if len(sys.argv) < 3:`"),
    "data that is not here": (f"{NUMPY}data = np.loadtxt('housing.csv')\n{RIGHT}", "line 2: `data = np.loadtxt"),
}  # fmt: skip


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_submission_that_is_right_earns_full_marks_whatever_stands_around_it(hand_in, name):
    """Nothing right is lost, and what happened is noted with the student's own file."""
    content, said = SUBMISSIONS[name]
    report = hand_in(content)
    assert report.score == report.max_score, (report.notes, report.reasons)
    assert said in " ".join(report.notes)
    assert not report.reasons
    shown = " ".join((*report.notes, *(file.name for file in report.submission.files)))
    assert "regression.py" not in shown or isinstance(content, dict)


def test_submission_whose_helper_has_the_name_of_a_package_says_so(hand_in):
    """It shadows nothing; the student reads what to do."""
    report = hand_in(
        {"regression.py": f"import pandas\n{RIGHT}", "pandas.py": "raise SystemExit", "json.py": "raise SystemExit"}
    )
    assert report.score == report.max_score
    assert (
        "'pandas.py' cannot be imported, since `pandas` is the name of a package; give it another name, or move it into"
        " the file."
    ) in report.notes


def test_submission_with_a_forbidden_helper_name_is_told_that_it_is_forbidden(hand_in):
    """A file called torch.py is no way around a rule."""
    report = hand_in({"regression.py": f"import torch\nx = torch.y\n{RIGHT}", "torch.py": "y = 1"})
    assert [cause.kind for cause in report.causes] == [CauseKind.FORBIDDEN]


def test_submission_counts_its_causes_for_staff(hand_in):
    """Sort and subject of each, once."""
    report = hand_in(f"import nowhere\nimport nowhere.again\nimport matplotlib.pyplot\n{RIGHT}")
    assert [(cause.kind, cause.subject) for cause in report.causes] == [
        (CauseKind.PACKAGE, "nowhere"), (CauseKind.INERT, "matplotlib")
    ]  # fmt: skip
