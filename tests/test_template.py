"""Templates are made from references: marks, and every way to set them wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course import Assignment, find_assignments, load_assignment
from autograder.course.template import render_template, stale_files, write_template
from autograder.errors import CourseError

HERE = Path(__file__).parent
NAME = "layers.py"


def message(source: str) -> str:
    """Everything that `render_template` says against a source."""
    with pytest.raises(CourseError) as caught:
        render_template(source, NAME)
    return str(caught.value)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the small course, with solutions marked."""
    course = Path(shutil.copytree(HERE / "assignment" / "course", tmp_path / "course"))
    for name in ("layers.py", "net.py"):
        path = course / "reference" / "01_layers" / name
        path.write_text(
            path.read_text().replace("    return ", "    # BEGIN SOLUTION\n    return ") + "    # END SOLUTION\n"
        )
    net = course / "reference" / "01_layers" / "net.py"
    net.write_text(net.read_text().replace("    # BEGIN", "        # BEGIN").replace("    # END", "        # END"))
    net.write_text(
        net.read_text().replace("            # BEGIN SOLUTION\n    return", "        # BEGIN SOLUTION\n        return")
    )
    return course


@pytest.fixture
def assignment(course: Path) -> Assignment:
    """The assignment of that course."""
    return load_assignment(course, "01_layers")


def test_template_of_marked_reference_is_as_written() -> None:
    """Functions, methods, nested functions, texts for students, and what is not marked."""
    folder = HERE / "template_marks"
    assert (
        render_template((folder / "reference.txt").read_text(), "reference.py") == (folder / "template.txt").read_text()
    )


def test_template_of_unmarked_source_is_the_source() -> None:
    """What is not marked stays, to the character."""
    source = 'x = "# BEGIN SOLUTION"\n\n\ndef f():\n\treturn 1  # the solution ends here\n'
    assert render_template(source, NAME) == source


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "def f():\n    # BEGIN SOLUTION\n    return 1\n",
            "layers.py, line 2: the solution that begins here is not closed.\nHint: Add `# END SOLUTION`.",
        ),
        (
            "def f():\n    return 1\n    # END SOLUTION\n",
            (
                "layers.py, line 3: `# END SOLUTION` without `# BEGIN SOLUTION`.\n"
                "Hint: Add `# BEGIN SOLUTION` above the solution."
            ),
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n",
            (
                "layers.py, line 3: `# BEGIN SOLUTION` inside the solution that begins on line 2.\n"
                "Hint: Close that one first with `# END SOLUTION`."
            ),
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    return 1\n        # END SOLUTION\n",
            (
                "layers.py, line 4: `# END SOLUTION` is indented by 8, `# BEGIN SOLUTION` on line 2 by 4.\n"
                "Hint: Indent both as the code between them."
            ),
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    # nothing\n    # END SOLUTION\n    return 1\n",
            "layers.py, line 2: the solution is empty.\nHint: Put the marks around code.",
        ),
        (
            "# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n",
            (
                "layers.py, line 1: a solution outside a function must say what students find instead.\n"
                "Hint: Add lines `# STUDENT: ...` below `# BEGIN SOLUTION`."
            ),
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    return 1\n\n\ndef g():\n    x = 1\n    # END SOLUTION\n    return x\n",
            (
                "layers.py, line 8: the solution that begins on line 2 ends in another function or statement.\n"
                "Hint: Mark the solution of each function by itself."
            ),
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    return [\n    # END SOLUTION\n    ]\n",
            (
                "layers.py, line 4: the solution that begins on line 2 ends in another function or statement.\n"
                "Hint: Mark the solution of each function by itself."
            ),
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    x = 1\n    # STUDENT: x = 0\n    # END SOLUTION\n",
            (
                "layers.py, line 4: `# STUDENT: x = 0` does not stand directly below `# BEGIN SOLUTION`.\n"
                "Hint: Move it there."
            ),
        ),
        (
            "# STUDENT: x = 0\n",
            (
                "layers.py, line 1: `# STUDENT: x = 0` does not stand directly below `# BEGIN SOLUTION`.\n"
                "Hint: Move it there."
            ),
        ),
        (
            "x = 1  # BEGIN SOLUTION\n",
            "layers.py, line 1: `# BEGIN SOLUTION` stands behind code.\nHint: Give it a line of its own.",
        ),
        (
            "def f(:\n",
            "layers.py, line 1: the reference is no Python: invalid syntax.\nHint: Correct the syntax.",
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    # STUDENT: x = = 1\n    return 1\n    # END SOLUTION\n",
            (
                "layers.py, line 2: the template is no Python: invalid syntax.\n"
                "Hint: Correct the lines `# STUDENT:` above it."
            ),
        ),
    ],
)
def test_wrong_marks_are_errors_of_the_course(source: str, text: str) -> None:
    """Nested, unclosed, misplaced, empty: each with file, line and remedy."""
    assert message(source) == text


@pytest.mark.parametrize(
    "mark",
    [
        "# begin solution",
        "#BEGIN SOLUTION",
        "# BEGIN SOLUTIONS",
        "# BEGIN_SOLUTION",
        "## END SOLUTION",
        "# END SOLUTION.",
    ],
)
def test_misspelt_mark_is_an_error(mark: str) -> None:
    """A mark that is not recognised would hand the solution out."""
    assert message(f"def f():\n    {mark}\n    return 1\n") == (
        f"layers.py, line 2: `{mark}` is no mark.\n"
        "Hint: Write `# BEGIN SOLUTION`, `# END SOLUTION` or `# STUDENT: ...`."
    )


def test_write_template_brings_it_up_to_date(assignment: Assignment) -> None:
    """Missing, changed and strange files are put right; a second time there is nothing to do."""
    names = [path.name for path in write_template(assignment)]
    assert names == ["layers.py", "net.py"]
    (assignment.template / "net.py").write_text("x = 1\n")
    (assignment.template / "old.py").write_text("x = 1\n")
    assert [path.name for path in stale_files(assignment)] == ["net.py", "old.py"]
    assert [path.name for path in write_template(assignment)] == ["net.py", "old.py"]
    assert sorted(path.name for path in assignment.template.iterdir()) == ["layers.py", "net.py"]
    assert write_template(assignment) == []
    assert 'NotImplementedError("Net.loss: not written yet")' in assignment.template_sources()["net.py"]


def test_reference_without_marks_would_hand_out_the_solution(assignment: Assignment) -> None:
    """A declared file in which nothing is marked is an error."""
    (assignment.reference / "net.py").write_text("x = 1\n")
    with pytest.raises(CourseError) as caught:
        write_template(assignment)
    assert str(caught.value) == (
        "reference/01_layers/net.py: no solution is marked, so students would get the reference.\n"
        "Hint: Put `# BEGIN SOLUTION` and `# END SOLUTION` around what they shall write."
    )


@pytest.mark.parametrize("assignment_id", find_assignments(HERE.parent))
def test_templates_of_this_course_are_up_to_date(assignment_id: str) -> None:
    """What students get is what the reference says; `autograder release` brings it up to date."""
    assert stale_files(load_assignment(HERE.parent, assignment_id)) == []
