"""A folder that is one student's own, told from a folder of submissions by the files that are asked for."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.uploads.find import Expected, find_uploads
from autograder.uploads.read import Upload, UploadKind, read_upload

ONE = Expected("01", ("regression.py",))
TWO = Expected("02", ("layers.py", "vision.py"), ("layer_utils.py",))


@pytest.fixture
def ann(tmp_path: Path) -> Path:
    """The folder of ann."""
    (tmp_path / "ann").mkdir()
    return tmp_path / "ann"


def put(folder: Path, *names: str) -> None:
    """Make files, in folders where their names say so."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x = 1\n")


def found(folder: Path, expected: Expected) -> tuple[list[Upload], list[str]]:
    """The uploads in a folder, and what staff are told."""
    told: list[str] = []
    return find_uploads([folder], expected, tell=told.append), told


@pytest.mark.parametrize(
    ("expected", "names"),
    [
        (TWO, ["layers.py", "vision.py"]),
        (TWO, ["layers.py"]),
        (TWO, ["layers.ipynb", "vision.py"]),
        (TWO, ["layers (1).py", "vision - Kopie.py"]),
        (TWO, ["layers-1.py", "layers-2.py", "vision.py"]),
        (TWO, ["layers.py", "vision.py", "layer_utils.py", "data.csv", "report.pdf", "notes.txt", "conftest.py"]),
        (TWO, ["layers.py", "vision.py", "helper.py"]),
        (TWO, ["layers.py", "vision.py", "__pycache__/layers.py", "data/x.npz", ".git/x.py", "layers.py~"]),
        (ONE, ["regression.py"]),
        (ONE, ["regression.ipynb", "data.csv"]),
        (ONE, ["regression.py", "regression (1).py"]),
        (ONE, ["regression.py", "main.py", "test_regression.py", "data.csv"]),
        (ONE, ["regression.py", "utils.py", "plot.py", "train.py", "regression_test.py"]),
        (ONE, ["regression.py", "check/grader.toml", "check/student_template/01/regression.py", "README.md"]),
    ],
    ids=str,
)
def test_folder_of_the_declared_files_is_one_submission(ann, expected, names):
    """The student is called as the folder, and a note says that it was taken so."""
    put(ann, *names)
    note = "The folder 'ann' was taken as one submission: it holds the files that are asked for."
    assert found(ann, expected) == ([Upload("ann", ann, UploadKind.FOLDER, notes=(note,))], [note])
    assert read_upload(found(ann, expected)[0][0]).notes[0] == note


@pytest.mark.parametrize("more", ["ann.zip", "bob/layers.py", "cleo.ipynb", "dan.tar.xz"])
def test_folder_that_could_be_both_is_an_error_with_the_command(ann, more):
    """Neither two students of one nor one of many is guessed; the command that is shown works."""
    put(ann, "layers.py", "vision.py", more)
    with pytest.raises(UsageError) as caught:
        found(ann, TWO)
    other = more.partition("/")[0]
    command = f"autograder grade 02 {ann}/layers.py {ann}/vision.py"
    assert str(caught.value) == (
        f"{str(ann)!r} could be one student's folder, since it holds 'layers.py', 'vision.py', or one of submissions, "
        f"since it holds {other!r}.\n"
        f"Hint: For one student: {command}. For several, move these files into a folder of their own."
    )
    paths = [Path(word) for word in shlex.split(command)[3:]]
    (upload,) = find_uploads(paths, TWO)
    assert (upload.student, upload.kind, sorted(read_upload(upload).files)) == (
        "ann",
        UploadKind.FILES,
        ["layers.py", "vision.py"],
    )


@pytest.mark.parametrize(("expected", "name"), [(ONE, "regression.py"), (TWO, "layers.py")])
def test_folder_of_submissions_may_hold_one_named_as_declared(ann, expected, name):
    """Staff are told which student it makes."""
    put(ann, name, "bob.zip", "cleo.ipynb")
    uploads, told = found(ann, expected)
    assert [one.student for one in uploads] == ["bob", "cleo", name.removesuffix(".py")]
    assert told == [
        (
            f"{str(ann)!r} was taken as a folder of submissions, so {name!r} is one of them. "
            "If the folder is one student's, give it alone, in a folder of its own."
        )
    ]


def test_folder_of_other_names_is_one_of_submissions(ann):
    """What is asked for is not there, so nothing is said."""
    put(ann, "ada.ipynb", "ben.zip", "cleo/layers.py", "cleo/vision.py")
    uploads, told = found(ann, TWO)
    assert ([one.student for one in uploads], told) == (["ada", "ben", "cleo"], [])


def test_folder_that_is_a_link_is_followed_for_its_owner(tmp_path, ann):
    """The one who grades may name a link; the student is called as what it leads to."""
    put(ann, "layers.py", "vision.py")
    (tmp_path / "link").symlink_to("ann")
    (upload,), _ = found(tmp_path / "link", TWO)
    assert (upload.student, sorted(read_upload(upload).files)) == ("ann", ["layers.py", "vision.py"])


def test_folder_and_its_parent_named_together_are_one_submission(tmp_path, ann):
    """As with files that are named twice."""
    put(ann, "layers.py", "vision.py")
    assert [one.student for one in find_uploads([tmp_path, ann], TWO)] == ["ann"]


def test_files_named_on_the_command_line_are_one_submission_each(ann):
    """Only declared files of one folder belong together; one alone is told of."""
    put(ann, "ada.py", "ben.zip", "regression.py")
    told: list[str] = []
    uploads = find_uploads([ann / name for name in ("ada.py", "ben.zip", "regression.py")], ONE, tell=told.append)
    assert [one.student for one in uploads] == ["ada", "ben", "regression"]
    assert told == [
        (
            "'regression.py' is named as the assignment's file, so its student is called 'regression'; "
            "name the folder instead to have the student called as the folder is."
        )
    ]


def test_bulk_download_of_single_files_is_grouped_by_student(tmp_path):
    """Canvas puts every file of every student into one folder."""
    put(
        tmp_path,
        *("doejane_12345_678910_layers.py", "doejane_12345_678911_vision-1.py"),
        *("roe_LATE_99_1234_hw.ipynb", "roe_LATE_99_1235_report.pdf"),
    )
    doe, roe = find_uploads([tmp_path], TWO)
    assert (doe.student, doe.kind, [path.name for path in doe.parts]) == (
        "doejane_12345",
        UploadKind.FILES,
        ["doejane_12345_678910_layers.py", "doejane_12345_678911_vision-1.py"],
    )
    assert sorted(read_upload(doe).files) == ["doejane_12345_678910_layers.py", "doejane_12345_678911_vision-1.py"]
    assert (roe.student, roe.path.name) == ("roe_99", "roe_LATE_99_1234_hw.ipynb")
    assert roe.notes == ("Not used: 'roe_LATE_99_1235_report.pdf' is a PDF document.",)


def test_bulk_download_of_moodle_leaves_online_texts_out(tmp_path):
    """A folder without a source is no second submission."""
    put(
        tmp_path,
        "Jane Doe_123_assignsubmission_file_/regression.py",
        "Jane Doe_123_assignsubmission_onlinetext_/onlinetext.html",
    )
    (upload,) = find_uploads([tmp_path], ONE)
    assert (upload.student, upload.problem) == ("Jane Doe_123", None)
    assert upload.notes == ("Not used: 'Jane Doe_123_assignsubmission_onlinetext_' holds no .py or .ipynb file.",)


def test_folder_of_an_earlier_run_is_an_error_that_says_so(ann):
    """Its reports are no students' submissions."""
    put(ann, "run.json", "reports/bob.json", "sources/bob.json", "gradebook.csv")
    with pytest.raises(UsageError) as caught:
        found(ann, ONE)
    assert str(caught.value) == (
        f"{str(ann)!r} holds the results of an earlier run, not submissions.\n"
        "Hint: Name the folder of submissions that was graded then."
    )
