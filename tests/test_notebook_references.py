"""References that are notebooks: read, marked, graded against, and everything that can be wrong with them."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from autograder.course import load_assignment
from autograder.course.notebooks import load_cells, module_of
from autograder.course.template import templates_of, write_template
from autograder.course.template.notebook import notebooks_of
from autograder.errors import CourseError
from autograder.prove import DRAWS, prove_assignment
from autograder.station import StationSettings
from tests.conftest import COURSE, HONEST

COMMANDS = "%matplotlib inline\n!ls\nimport math"


def notebook(*cells):
    """A notebook of code cells; what begins with a word for it is text."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": [one.removeprefix("text:")]}
                if one.startswith("text:")
                else {"cell_type": "code", "source": one.splitlines(keepends=True), "outputs": [{"text": "42"}]}
                for one in cells
            ],
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


@pytest.fixture
def notebook_course(course):
    """The small course with its reference as a notebook, marks in cells, a text and notebook commands before."""
    path = course / "reference/affine_softmax/submission.py"
    head, *functions = path.read_text().split("\n\n\n")
    path.with_suffix(".ipynb").write_text(notebook("text:# Two layers\nRead this.", COMMANDS, head, *functions))
    path.unlink()
    return course


def error_of(path, text):
    """What is said against a notebook."""
    path.write_text(text)
    with pytest.raises(CourseError) as caught:
        templates_of(load_assignment(path.parents[2], "affine_softmax"))
    return str(caught.value)


def test_notebook_reference_gives_the_template_of_the_module(notebook_course):
    """The same functions without the same solutions; texts are comments, outputs are nowhere."""
    assignment = load_assignment(notebook_course, "affine_softmax")
    template = templates_of(assignment)["submission.py"]
    committed = (COURSE / "student_template/affine_softmax/submission.py").read_text()
    assert template.startswith(
        "# # Two layers\n# Read this.\n\n\n# notebook: %matplotlib inline\n# notebook: !ls\nimport math\n"
    )
    assert template.endswith(committed)
    assert "42" not in template


def test_notebook_reference_gives_students_its_own_cells(notebook_course):
    """The student's notebook is the reference's: its texts and commands as they are, its solutions taken out."""
    document = json.loads(notebooks_of(load_assignment(notebook_course, "affine_softmax"))["submission.ipynb"])
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in document["cells"]]
    assert sources[1:3] == [("markdown", "# Two layers\nRead this."), ("code", COMMANDS)]
    assert any("raise NotImplementedError" in text for _, text in sources)
    assert not any("SOLUTION" in text for _, text in sources)


WITHOUT = """
import importlib.metadata, json, re, sys
from pathlib import Path
names = [re.match(r"[\\w-]+", one)[0] for one in importlib.metadata.requires("warmfork-autograder") if "extra ==" not in one]
for name in ("jupytext", "nbformat", "nbconvert", "IPython", "jupyter_core"):
    assert name not in names
    sys.modules[name] = None  # as if it were not installed
from autograder.course import load_assignment
from autograder.course.template.notebook import notebooks_of
print(json.dumps(notebooks_of(load_assignment(Path(sys.argv[1]), "affine_softmax"))))
"""


def test_notebook_reference_gives_students_a_notebook_without_another_package(notebook_course):
    """The package's own dependencies are enough; ids are unique, and the same every time."""
    command = [sys.executable, "-c", WITHOUT, notebook_course]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made == notebooks_of(load_assignment(notebook_course, "affine_softmax"))
    document = json.loads(made["submission.ipynb"])
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert [cell["id"] for cell in document["cells"]] == [f"cell-{n}" for n in range(len(document["cells"]))]
    keys = {cell["cell_type"]: sorted(cell) for cell in document["cells"]}
    markdown = ["cell_type", "id", "metadata", "source"]
    assert keys == {"markdown": markdown, "code": sorted([*markdown, "execution_count", "outputs"])}


def test_notebook_reference_is_graded_against(notebook_course):
    """Reference, template and a mutant are what they were with a module."""
    write_template(load_assignment(notebook_course, "affine_softmax"))
    settings = replace(StationSettings(COURSE, "affine_softmax", DRAWS), course=notebook_course)
    proof = prove_assignment(settings, only=["reference", "template", "m99_01_bias_forgotten"])
    assert [str(one) for one in proof.findings] == []
    assert len(proof.trials) == 3


def test_notebook_reference_beside_a_module_is_a_question(notebook_course):
    """Two sources of one file are never chosen from silently."""
    (notebook_course / "reference/affine_softmax/submission.py").write_text(HONEST)
    with pytest.raises(CourseError) as caught:
        load_assignment(notebook_course, "affine_softmax")
    assert str(caught.value) == (
        "reference/affine_softmax/submission.ipynb: the reference has a submission.py, too.\n"
        "Hint: Keep the one that is the source, and delete the other."
    )


SOLUTION = "def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n"
WHERE = "reference/affine_softmax/submission.ipynb"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            ("x = 1", "def f():\n    # BEGIN SOLUTION\n    return 1\n"),
            f"{WHERE}, code cell 2, line 2: the solution that begins here is not closed.\nHint: Add `# END SOLUTION`.",
        ),
        (
            (SOLUTION, "text:Note", "# END SOLUTION"),
            f"{WHERE}, code cell 2, line 1: `# END SOLUTION` without `# BEGIN SOLUTION`.\nHint: Add `# BEGIN SOLUTION` above the solution.",
        ),
        (
            (SOLUTION.replace("BEGIN SOLUTION", "Begin solution"),),
            f"{WHERE}, code cell 1, line 2: `# Begin solution` is no mark.\nHint: Write `# BEGIN SOLUTION`, `# END SOLUTION` or `# STUDENT: ...`.",
        ),
        (
            ("# BEGIN SOLUTION\nx = 1\n# END SOLUTION",),
            (
                f"{WHERE}, code cell 1, line 1: a solution outside a function must say what students find instead.\n"
                "Hint: Add lines `# STUDENT: ...` below `# BEGIN SOLUTION`."
            ),
        ),
        (
            ("x = 1", "def f(:"),
            f"{WHERE}, code cell 2, line 1: not Python: invalid syntax.\nHint: Correct the syntax.",
        ),
        (
            ("def f():\n    return 1",),
            (
                f"{WHERE}: no solution is marked, so students would get the reference.\n"
                "Hint: Put `# BEGIN SOLUTION` and `# END SOLUTION` around what they shall write."
            ),
        ),
    ],
)
def test_notebook_reference_with_wrong_marks_is_an_error_with_cell_and_line(notebook_course, cells, message):
    """Cells count as Jupyter counts them, code cells alone; lines from the top of the cell."""
    assert error_of(notebook_course / WHERE, notebook(*cells)) == message


def test_notebook_reference_may_say_what_students_find_instead(tmp_path):
    """`# STUDENT:` lines work in cells as in modules."""
    path = tmp_path / "n.ipynb"
    path.write_text(notebook("# BEGIN SOLUTION\n# STUDENT: DEPTH = ...  # TODO: choose\nDEPTH = 3\n# END SOLUTION"))
    from autograder.course.template import render_cells

    assert render_cells(path, "n.ipynb") == "DEPTH = ...  # TODO: choose\n"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": 3}', '{"cells": [{}]}', '{"cells": [{"cell_type": "code", "source": 1}]}']
)
def test_notebook_reference_that_is_none_is_an_error_of_the_course(notebook_course, text):
    """Whatever else is in the file, the message names it."""
    assert error_of(notebook_course / WHERE, text).startswith(f"{WHERE}: this is no notebook: ")


def test_notebook_cell_with_a_percent_sign_in_its_code_stays_code(tmp_path):
    """A line that begins with an operator inside of brackets is no notebook command."""
    path = tmp_path / "n.ipynb"
    path.write_text(notebook("x = (7\n% 4)"))
    assert module_of(load_cells(path, "n.ipynb")) == "x = (7\n% 4)\n"
