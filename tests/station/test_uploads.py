"""Uploads as they really come, through the command as a person runs it: names, archives, mistakes, and what is said of them."""

from __future__ import annotations

import bz2
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograder.course import load_assignment
from autograder.course.template.notebook import notebooks_of
from tests.writing import write_course, write_criterion

PREDICT = "import numpy as np\n\n\ndef predict(x, w, b):\n    return x @ w + b\n"
LOSS = """
def loss_and_gradient(x, y, w, b):
    r = predict(x, w, b) - y
    return np.mean(r ** 2), 2 * x.T @ r / len(r), 2 * r.mean()
"""
FIT = """
def fit(x, y, learning_rate, steps):
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        _, dw, db = loss_and_gradient(x, y, w, b)
        w, b = w - learning_rate * dw, b - learning_rate * db
    return w, b
"""
SOURCE = (PREDICT + LOSS + FIT).encode()
PAGE = b"<!DOCTYPE html>\n<html></html>\n"


def notebook(*cells: str | tuple[str, str]) -> bytes:
    """A notebook; a pair is a cell's kind and text."""
    rows = [cell if isinstance(cell, tuple) else ("code", cell) for cell in cells]
    body = [{"cell_type": kind, "source": text, "metadata": {}} for kind, text in rows]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": body}).encode()


def tar(packing: str) -> bytes:
    """An archive that holds the right file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{packing}") as archive:
        info = tarfile.TarInfo("regression.py")
        info.size = len(SOURCE)
        archive.addfile(info, io.BytesIO(SOURCE))
    return out.getvalue()


def zipped() -> bytes:
    """The same as a .zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("regression.py", SOURCE)
    return out.getvalue()


UPLOADS = {
    "empty.py": b"",
    "twice.ipynb": notebook(
        "import numpy as np", PREDICT, LOSS, FIT, "# scratch\ndef predict(x, w, b):\n    return 0\n"
    ),
    "markdown.ipynb": notebook("import numpy as np", ("markdown", PREDICT), LOSS, FIT),
    "raw.ipynb": notebook("import numpy as np", PREDICT, ("raw", LOSS), FIT),
    "ann.tar": tar(""),
    "bob.tar.xz": lzma.compress(tar("")),
    "cleo.tar-1.gz": tar("gz"),
    "dan.tar.bz2": bz2.compress(tar("")),
    "eve.zip": zipped(),
    "eve.pdf": b"%PDF-1.7",
    "finn.7z": b"7z\xbc\xaf\x27\x1c",
    "gil\nmor.py": SOURCE,
    "merge.py": b"<<<<<<< HEAD\n" + SOURCE + b"=======\n>>>>>>> theirs\n",
}


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-m", "autograder", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def reports(out: Path) -> dict[str, dict[str, Any]]:
    """Reports by student."""
    found = [json.loads(path.read_bytes()) for path in (out / "reports").glob("*.json")]
    return {one["submission"]["student"]: one for one in found}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """What the command says of all these uploads, and its reports."""
    folder = tmp_path_factory.mktemp("uploads")
    run("init", folder / "course")
    (folder / "subs").mkdir()
    for name, data in UPLOADS.items():
        (folder / "subs" / name).write_bytes(data)
    os.utime(folder / "subs" / "eve.pdf", (4_000_000_000, 4_000_000_000))  # the newest
    done = run(
        "grade",
        "--course",
        folder / "course",
        "01_linear_regression",
        folder / "subs",
        "--out",
        folder / "out",
        "--latest",
    )
    assert done.returncode == 0, done.stderr
    return done, reports(folder / "out")


def score(report):
    return sum(one["points"] for one in report["criteria"])


def messages(report):
    return {one["message"] for one in report["criteria"] if one["outcome"] != "passed"}


@pytest.mark.parametrize("student", ["ann", "bob", "cleo", "dan", "eve", "gil\nmor"])
def test_archive_of_any_packing_is_graded_under_the_students_id(graded, student):
    """A .tar, .tar.xz, .tar.bz2, Canvas's .tar-1.gz, and a .zip beside a newer report."""
    assert score(graded[1][student]) == 20


def test_report_beside_the_code_is_named_in_a_note(graded):
    """It is newer, and no submission all the same."""
    assert graded[1]["eve"]["notes"] == ["Not used: 'eve.pdf' is a PDF document."]


def test_archive_that_is_not_opened_is_rejected_with_what_to_do(graded):
    """The suffix says what it is."""
    assert graded[1]["finn"]["problems"] == ["'finn.7z' is a 7-Zip archive; hand in a .zip."]


def test_empty_file_has_a_message_with_one_full_stop(graded):
    """And no SyntaxError, since nothing was parsed."""
    said = messages(graded[1]["empty"])
    assert said == {"empty.py is empty; save your work and hand in the file again."}
    assert graded[1]["empty"]["causes"] == [{"kind": "unread file", "subject": "empty"}]


def test_function_that_is_defined_twice_is_told_in_a_note(graded):
    """With the cell that counts."""
    assert score(graded[1]["twice"]) == 15
    assert graded[1]["twice"]["notes"] == [
        "`predict` is defined twice, in cells 2 and 5 of twice.ipynb: the last one, cell 5, counts."
    ]


@pytest.mark.parametrize(
    ("student", "message"),
    [
        (
            "markdown",
            (
                "function `predict` not found: the 2nd cell of markdown.ipynb, a Markdown cell, holds"
                " `def predict`; make it a code cell"
            ),
        ),
        (
            "raw",
            (
                "function `loss_and_gradient` not found: the 3rd cell of raw.ipynb, a raw cell, holds"
                " `def loss_and_gradient`; make it a code cell"
            ),
        ),
    ],
)
def test_function_in_a_cell_of_text_is_told_where_it_is_missed(graded, student, message):
    """The criterion's own message says where the function is."""
    assert message in messages(graded[1][student])


def test_merge_that_was_not_finished_is_told_by_every_criterion(graded):
    """Instead of "invalid syntax"."""
    assert messages(graded[1]["merge"]) == {
        (
            "merge.py, line 1: '<<<<<<< HEAD' is left from a merge in Git; keep one of the two versions and delete the lines"
            " with <<<<<<<, ======= and >>>>>>>."
        )
    }


def test_id_with_a_newline_breaks_no_progress_line(graded):
    """One line per submission, whatever it is called."""
    lines = [line for line in graded[0].stderr.splitlines() if line.startswith("[")]
    assert len(lines) == len(UPLOADS) - 1
    assert any("gil\\nmor: 20 of 20" in line for line in lines)


# several files ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose assignment asks for two files."""
    folder = tmp_path_factory.mktemp("course")
    rubric = write_criterion("f", "assert submission.f(1.0) == 2.0") + write_criterion(
        "g", "assert submission.g(1.0) == 3.0", tests=["g"]
    )
    files = {"layers.py": "def f(x):\n    return x * 2.0\n", "net.py": "def g(x):\n    return x + 2.0\n"}
    return write_course(folder, files, rubric).course


def put(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


F, G = "def f(x):\n    return 2.0 * x\n", "def g(x):\n    return 2.0 + x\n"


def grade(course, folder, out, *more):
    done = run("grade", "--course", course, "small", folder, "--out", out, *more)
    return done, reports(out)


def test_uploads_to_an_assignment_of_two_files_are_taken_by_their_names(course, tmp_path):
    """Files that Canvas has renamed, web pages under any name, and two copies, which only --latest settles."""
    subs = put(
        tmp_path / "subs",
        {
            "ann/layers-1.py": F,
            "ann/net-1.py": G,
            "bob/layers.ipynb": PAGE,
            "cleo/hw1.ipynb": PAGE,
            "dan/layers-1.py": "def f(x):\n    return x + 5.0\n",
            "dan/layers-2.py": F,
            "dan/net.py": G,
        },
    )
    os.utime(subs / "dan" / "layers-1.py", (1, 1))
    done, found = grade(course, subs, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert score(found["ann"]) == 8
    assert found["ann"]["notes"] == ["'layers-1.py' was taken as layers.py.", "'net-1.py' was taken as net.py."]
    assert [one["subject"] for one in found["ann"]["causes"]] == ["layers.py", "net.py"]
    page = "is a web page, not a notebook; download the file itself and hand in that."
    assert found["bob"]["problems"] == [f"layers.ipynb {page}"]
    assert found["cleo"]["problems"] == [f"hw1.ipynb {page}"]
    assert found["dan"]["problems"] == ["'layers-1.py', 'layers-2.py' could each be layers.py; hand in one of them."]
    _, found = grade(course, subs, tmp_path / "out", "--latest")
    assert score(found["dan"]) == 8


def test_folder_of_one_student_is_one_submission_on_the_command_line(course, tmp_path):
    """Neither "layers" nor "net" is a student, and the note is on the terminal and in the report."""
    folder = put(tmp_path / "ann", {"layers.py": F, "net.py": G})
    done, found = grade(course, folder, tmp_path / "out")
    note = "The folder 'ann' was taken as one submission: it holds the files that are asked for."
    assert " ".join(done.stderr.split()).count(note) == 1
    assert {student: (score(one), one["notes"]) for student, one in found.items()} == {"ann": (8, [note])}


def test_folder_that_could_be_both_ends_with_the_command_to_use(course, tmp_path):
    """Nothing is graded before it is clear who handed it in."""
    folder = put(tmp_path / "ann", {"layers.py": F, "net.py": G, "bob/layers.py": F})
    done, _ = grade(course, folder, tmp_path / "out")
    assert done.returncode == 2
    assert f"autograder grade small {folder}/layers.py {folder}/net.py" in " ".join(done.stderr.split())


# files that others import -----------------------------------------------------------------------------------

USES = "from utils import two\n\n\ndef f(x):\n    return two * x\n"


def test_helper_files_are_imported_by_the_names_that_code_knows(course, tmp_path):
    """Copies' names, other cases of letters, and paths from the upload's root, from the submission alone."""
    subs = put(
        tmp_path / "subs",
        {
            "copies/layers-1.py": USES,
            "copies/net-1.py": G,
            "copies/utils-1.py": "two = 2.0\n",
            "browser/layers.py": USES,
            "browser/net.py": G,
            "browser/utils (1).py": "two = 2.0\n",
            "browser/utils (2).py": "two = 2.0\n",
            "case/layers.py": USES,
            "case/net.py": G,
            "case/Utils.py": "two = 2.0\n",
            "rivals/layers.py": USES,
            "rivals/net.py": G,
            "rivals/utils (1).py": "two = 2.0\n",
            "rivals/utils (2).py": "two = 3.0\n",
            "exact/layers.py": USES,
            "exact/net.py": G,
            "exact/utils.py": "two = 2.0\n",
            "exact/utils (1).py": "two = 3.0\n",
            "root/hw/src/__init__.py": "",
            "root/hw/src/layers.py": "import src.lib.util\n\n\ndef f(x):\n    return src.lib.util.two * x\n",
            "root/hw/src/lib/util.py": "two = 2.0\n",
            "root/hw/src/net.py": (
                "from src.layers import f\nfrom src import layers\n\n\ndef g(x):\n    return f(1.0) + x + 0 * layers.f(x)\n"
            ),
            "shadow/numpy/layers.py": "from numpy.linalg import norm\n\n\ndef f(x):\n    return 2.0 * norm([x])\n",
            "shadow/numpy/net.py": f"import json\nfrom numpy.layers import f\n{G}",
            "shadow/numpy/linalg.py": "1 / 0\n",
        },
    )
    done, found = grade(course, subs, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    points = {student: score(one) for student, one in found.items()}
    assert points == {"copies": 8, "browser": 8, "case": 8, "rivals": 4, "exact": 8, "root": 8, "shadow": 8}
    assert "'utils-1.py' was taken as utils.py." in found["copies"]["notes"]
    assert "'utils (1).py' was taken as utils.py." in found["browser"]["notes"]
    assert "'Utils.py' was taken as utils.py." in found["case"]["notes"]
    rivals = "'utils (1).py', 'utils (2).py' could each be utils.py, so none of them is imported; hand in one of them."
    assert rivals in found["rivals"]["notes"]
    assert found["exact"]["notes"] == ["Not used: 'utils (1).py'."]
    assert found["root"]["notes"] == [
        "'hw/src/layers.py' was taken as layers.py.",
        "'hw/src/net.py' was taken as net.py.",
    ]


def test_empty_package_file_has_no_note(course, tmp_path):
    """It makes a folder a package, imported or not."""
    files = {
        "layers.py": f"from lib.two import two\n{F}",
        "net.py": G,
        "lib/__init__.py": "\n",
        "lib/two.py": "two = 2\n",
    }
    subs = put(tmp_path / "subs", {f"ann/{name}": text for name, text in files.items()} | {"ann/other/__init__.py": ""})
    _, found = grade(course, subs, tmp_path / "out")
    assert (score(found["ann"]), found["ann"]["notes"]) == (8, [])


def test_work_beside_untouched_templates_is_graded(tmp_path):
    """The template of a real course, as a module and as the notebook of a release, beside files of other names."""
    run("init", tmp_path / "course")
    assignment = load_assignment(tmp_path / "course", "01_linear_regression")
    template = (assignment.template / "regression.py").read_bytes()
    (name, text), *_ = notebooks_of(assignment).items()
    given = {"regression.py": template, name: text}
    subs = put(
        tmp_path / "subs",
        {f"{student}/{file}": data for student in ("ann", "bob", "cleo") for file, data in given.items()}
        | {
            "ann/my work.ipynb": notebook(SOURCE.decode()),
            "bob/solution.py": SOURCE,
            "cleo/regression.ipynb": notebook(PREDICT),
        }
        | {"dan/regression.py": "# see my notebook\n", "dan/hw1.ipynb": notebook(SOURCE.decode())},
    )
    done = run("grade", "--course", tmp_path / "course", "01_linear_regression", subs, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    found = reports(tmp_path / "out")
    assert {student: score(one) > 0 for student, one in found.items()} == dict.fromkeys(
        ("ann", "bob", "cleo", "dan"), True
    )
    assert [score(found[student]) for student in ("ann", "bob", "dan")] == [20, 20, 20]
    assert found["ann"]["notes"][0] == "'my work.ipynb' was taken as regression.py, since 'regression.py' is unchanged."
    assert found["cleo"]["notes"][-1] == "Unchanged, so not used: 'regression.py'."


def test_source_that_is_read_as_a_file_is_told_to_be_imported(course, tmp_path):
    """Only modules are there, and one sentence has one full stop."""
    text = 'exec(open("lib/two.py").read())\nopen("my data.py")\nraise_it = 1 / 0 if True else 0\nassert False, "Ends so."\n'
    subs = put(tmp_path / "subs", {"ann/layers.py": text + F, "ann/net.py": G, "ann/lib/two.py": "two = 2\n"})
    _, found = grade(course, subs, tmp_path / "out")
    assert score(found["ann"]) == 8
    notes = " ".join(found["ann"]["notes"])
    absent = "files of Python are not there to be read where this is graded"
    assert f"No such file or directory: 'lib/two.py' ({absent}; `import lib.two` instead)." in notes
    assert f"No such file or directory: 'my data.py' ({absent}; import it instead)." in notes
    assert "AssertionError: Ends so." in notes
    assert ".." not in notes
