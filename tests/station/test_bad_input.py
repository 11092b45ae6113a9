"""A batch of everything that is handed in by mistake: a clear message each, nothing lost, and the right exit code."""

import csv
import json
import os
import zipfile

import pytest

from autograder.grading.run import GradeRequest, RunListener, grade_batch
from autograder.records.report import Report
from tests.writing import ONE, write_course, write_criterion

REFERENCE = "def f(x):\n    return x * 2.0\n"
HONEST = REFERENCE + ONE


def notebook(kernel, *cells):
    body = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": body, "metadata": {"kernelspec": {"language": kernel, "name": kernel}}, "nbformat": 4})


def write_batch(folder):
    """Hand in one of everything."""
    folder.mkdir()
    texts = {
        "honest.py": HONEST,
        "empty.py": "",
        "syntax.py": "def f(x):\n    return (x\n",
        "tabs.py": "def f(x):\n\treturn 1\n        return 2\n",
        "picture.png": "PNG",
        "damaged.ipynb": '{"cells": [',
        "no_cells.ipynb": "[1, 2]",
        "julia.ipynb": notebook("julia", "f(x) = 2x"),
        "good.ipynb": notebook("python", "%matplotlib inline\n!pip install numpy", "1/0", HONEST),
        "not_a.zip": "hello",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "latin.py").write_bytes("# coding: latin-1\n# Größe\n".encode("latin-1") + HONEST.encode())
    (folder / "utf16.py").write_bytes(HONEST.encode("utf-16"))
    (folder / "bytes.py").write_bytes(b"\xff\xfe\x00\x00def")
    (folder / "nulls.py").write_bytes(b"def f(x):\n    return 1\x00\n")
    (folder / "folder_empty").mkdir()
    (folder / "folder_deep" / "my work").mkdir(parents=True)
    (folder / "folder_deep" / "my work" / "submission.py").write_text(HONEST)
    (folder / "folder_of_folder" / "submission.py").mkdir(parents=True)
    (folder / "link.py").symlink_to(folder / "honest.py")
    (folder / "link_folder").symlink_to("/etc")
    os.mkfifo(folder / "pipe.py")
    with zipfile.ZipFile(folder / "zipped.zip", "w") as archive:
        archive.writestr("zipped/submission.py", HONEST)
    with zipfile.ZipFile(folder / "outside.zip", "w") as archive:
        archive.writestr("../../submission.py", HONEST)


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """The batch graded: rows of the gradebook, reports, and what the run came to."""
    folder = tmp_path_factory.mktemp("batch")
    settings = write_course(folder / "course", REFERENCE, {"f": "assert submission.f(1.5) == 3.0"})
    write_batch(folder / "in")
    request = GradeRequest(settings.course, "small", [folder / "in"], folder / "out", jobs=2)
    result = grade_batch(request, RunListener())
    with (folder / "out/gradebook.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    paths = (folder / "out/reports").glob("*.json")
    reports = {
        report.submission.student: report
        for report in (Report.model_validate_json(path.read_bytes()) for path in paths)
    }
    return rows, reports, result


def test_batch_of_bad_input_has_a_row_and_a_report_for_each(batch):
    """Nothing is lost, and a submission that is wrong is no error."""
    rows, reports, result = batch
    assert len(rows) == len(reports) == 22
    assert (result.exit_code, result.errors) == (0, ())


@pytest.mark.parametrize("student", ["honest", "good", "latin", "folder_deep", "zipped"])
def test_batch_of_bad_input_grades_what_can_be_read(batch, student):
    """Notebooks, other encodings, folders in folders and archives have full marks."""
    assert (batch[0][student]["status"], batch[0][student]["score"]) == ("graded", batch[0][student]["max_score"])


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("picture", "is a picture; hand in the file with your code"),
        ("damaged", "no notebook, or a damaged one"),
        ("no_cells", "no_cells.ipynb is no notebook: it has no cells."),
        ("julia", "julia"),
        ("not_a", "zip"),
        ("folder_empty", "holds no .py or .ipynb file. It is empty."),
        ("folder_of_folder", "holds no .py or .ipynb file."),
        ("link", "is a link; only files, folders and archives are read."),
        ("link_folder", "is a link; only files, folders and archives are read."),
        ("pipe", "is not a regular file."),
        ("outside", "submission.py"),
    ],
)
def test_batch_of_bad_input_rejects_with_a_reason(batch, student, said):
    """The reason stands in the report; there are no points, and no criterion looks as if it had been tried."""
    report = batch[1][student]
    told = " ".join((*report.problems, *report.notes, *(one.message for one in report.criteria)))
    assert said in told
    assert report.score == 0


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("empty", "empty"),
        ("syntax", "syntax.py could not be loaded: SyntaxError: '(' was never closed (line 2)"),
        ("tabs", "tabs.py could not be loaded: "),
        ("bytes", "bytes.py"),
        ("utf16", "utf16.py is UTF-16, not UTF-8; save it as UTF-8."),
        ("nulls", "nulls.py"),
    ],
)
def test_batch_of_bad_input_says_why_a_file_is_not_loaded(batch, student, said):
    """File, and line where there is one."""
    report = batch[1][student]
    told = " ".join((*report.problems, *report.notes, *(one.message for one in report.criteria)))
    assert said in told
    assert report.score == 0


def test_batch_with_a_faulty_rubric_ends_with_4_and_grades_everything_else(tmp_path):
    """Whoever met the mistake of the author is to be tried again; everybody else is graded."""
    odd = "if rng.random() < 0.4:\n    raise KeyError('a mistake of the author')\nassert submission.f(1.0) == 2.0"
    rubric = write_criterion("odd", odd) + write_criterion("sound", "assert submission.f(1.5) == 3.0")
    settings = write_course(tmp_path / "course", REFERENCE, rubric)
    secret = tmp_path / "secret"
    secret.write_text("5" * 64)
    secret.chmod(0o600)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(6):
        (folder / f"student{number}.py").write_text(HONEST)
    result = grade_batch(
        GradeRequest(settings.course, "small", [folder], tmp_path / "out", jobs=2, secret_file=secret), RunListener()
    )
    with (tmp_path / "out/gradebook.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["status"] for row in rows} == {"graded", "partly_graded"}
    assert {row["x_sound"] for row in rows} == {"4"}
    assert (result.exit_code, result.has_rubric_fault) == (4, True)
