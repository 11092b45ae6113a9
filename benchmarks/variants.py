"""What is measured: one assignment in two variants, in the form that each grader wants, and copies of one submission.

The variant ``numpy`` has 5 checks; ``fit`` has one more, which builds a Keras model, trains it for an epoch and has it predict;
``batch`` has a lighter one, which builds a model and has it predict one batch.
"""

from __future__ import annotations

import inspect
import json
import shutil
import sys
import zipfile
from pathlib import Path
from types import ModuleType

from autograder.course.template import render_template

ASSIGNMENT = "layers"
NUMPY, FIT, BATCH = "numpy", "fit", "batch"
COURSE = Path(__file__).parent / "course"
REFERENCE = COURSE / "reference" / ASSIGNMENT / "layers.py"
_NUMPY_CHECKS = 5


def make_course(variant: str, folder: Path) -> Path:
    """Make a course of this package that holds the assignment."""
    shutil.copytree(
        COURSE, folder, ignore=shutil.ignore_patterns("with_keras", "*.pyc", "__pycache__", "plain_checks.py")
    )
    template = folder / "student_template" / ASSIGNMENT / "layers.py"
    template.parent.mkdir(parents=True)
    template.write_text(render_template(REFERENCE.read_text(), "layers.py"))
    if variant != NUMPY:
        assignment = folder / "assignments" / ASSIGNMENT
        shutil.copy(COURSE / "with_keras" / "assignment.toml", assignment)
        with (assignment / "rubric" / "test_n.py").open("a") as rubric:
            rubric.write("\n\n" + (COURSE / "with_keras" / f"{variant}.py").read_text())
    return folder


def make_submissions(count: int, folder: Path) -> Path:
    """Make a folder of copies of the reference, each from another student."""
    folder.mkdir(parents=True)
    for number in range(count):
        shutil.copy(REFERENCE, folder / f"student-{number:04}.py")
    return folder


def load_checks() -> ModuleType:
    """Import the checks as plain functions."""
    sys.path.insert(0, str(COURSE))
    import plain_checks  # noqa: PLC0415

    return plain_checks


def checks_of(variant: str) -> dict[str, str]:
    """Give the source of each check of a variant by its name."""
    functions = inspect.getmembers(load_checks(), inspect.isfunction)
    ordered = sorted(functions, key=lambda item: item[1].__code__.co_firstlineno)
    sources = {name: inspect.getsource(one) for name, one in ordered}
    return {
        name: source
        for place, (name, source) in enumerate(sources.items())
        if place < _NUMPY_CHECKS or name == f"check_{variant}"
    }


def make_otter_zip(variant: str, path: Path) -> Path:
    """Make a configuration for ``otter run``: a test file per check, no report as PDF, nothing sent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("otter_config.json", json.dumps({"print_summary": False, "show_hidden": True}))
        for name, source in checks_of(variant).items():
            head = f'import numpy as np\nfrom otter.test_files import test_case\n\nOK_FORMAT = False\nname = "{name}"\npoints = 10\n\n\n'
            file.writestr(f"tests/{name}.py", f"{head}@test_case()\n{source}")
    return path


def make_pytest_folder(variant: str, folder: Path) -> Path:
    """Make a folder with one submission and its tests."""
    folder.mkdir(parents=True)
    shutil.copy(REFERENCE, folder / "layers.py")
    tests = ["import numpy as np", "", "import layers"]
    for name, source in checks_of(variant).items():
        names = inspect.getfullargspec(getattr(load_checks(), name)).args
        arguments = ", ".join(f"layers.{one}" for one in names)
        tests += [
            "",
            "",
            source.rstrip(),
            "",
            "",
            f"def test_{name.removeprefix('check_')}():",
            f"    {name}({arguments})",
        ]
    (folder / "test_layers.py").write_text("\n".join(tests) + "\n")
    return folder


def make_nbgrader_course(variant: str, count: int, folder: Path) -> Path:
    """Make a course of nbgrader: the assignment's source, and the work of ``count`` students, as notebooks."""
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "benchmark"\n')
    cells = [_code_cell(REFERENCE.read_text(), "answer", is_solution=True)]
    for name, source in checks_of(variant).items():
        names = ", ".join(inspect.getfullargspec(getattr(load_checks(), name)).args)
        cells.append(_code_cell(f"import numpy as np\n\n\n{source}\n\n{name}({names})", name))
    notebook = json.dumps({"cells": cells, "metadata": _KERNEL, "nbformat": 4, "nbformat_minor": 5})
    _write(folder / "source" / ASSIGNMENT / "layers.ipynb", notebook)
    for number in range(count):
        _write(folder / "submitted" / f"student-{number:04}" / ASSIGNMENT / "layers.ipynb", notebook)
    return folder


_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def _code_cell(source: str, grade_id: str, *, is_solution: bool = False) -> dict[str, object]:
    grading = {
        "schema_version": 3,
        "grade_id": grade_id,
        "cell_type": "code",
        "grade": not is_solution,
        "solution": is_solution,
        "locked": not is_solution,
        "task": False,
    }
    if not is_solution:
        grading["points"] = 10
    return {
        "cell_type": "code",
        "id": grade_id.replace("_", "-"),
        "metadata": {"nbgrader": grading},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
