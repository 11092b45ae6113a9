"""Second copies among the uploads of a folder, and what is no submission beside one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.uploads.find import find_uploads
from autograder.uploads.read import Upload, read_upload


def put(folder: Path, *names: str) -> None:
    """Make files, each changed later than the one before."""
    for age, name in enumerate(names):
        (folder / name).write_text(f"x = {age}\n")
        os.utime(folder / name, (age + 1, age + 1))


def students(uploads: list[Upload]) -> dict[str, str]:
    """Student of each upload by its file's name."""
    return {one.path.name: one.student for one in uploads}


@pytest.mark.parametrize(
    "copy", ["ann (1).py", "ann - Copy.zip", "Kopie von ann.py", "ann(1).tar.gz", "ann のコピー.ipynb"]
)
def test_copy_beside_an_upload_is_of_the_same_student(tmp_path, copy):
    """The message names both, and --latest takes the newest."""
    put(tmp_path, "ann.py", copy)
    said = f"There are 2 submissions of 'ann': {', '.join(sorted([repr('ann.py'), repr(copy)]))}; --latest takes the newest."
    assert {one.problem for one in find_uploads([tmp_path])} == {said}
    (newest,) = find_uploads([tmp_path], latest=True)
    assert (newest.path.name, newest.student) == (copy, "ann")
    assert newest.notes == (
        f"{copy!r} was taken as a submission of 'ann'.",
        f"{copy!r} is the newest of 2 submissions; not used: 'ann.py'.",
    )


def test_copies_of_one_age_are_settled_by_their_number(tmp_path):
    """A download that keeps no times leaves the number."""
    put(tmp_path, "ann.py", "ann (2).py", "ann (1).py")
    for path in tmp_path.iterdir():
        os.utime(path, (5, 5))
    assert [one.path.name for one in find_uploads([tmp_path], latest=True)] == ["ann (2).py"]


def test_copy_that_says_so_needs_no_original_beside_it(tmp_path):
    """No student's id holds " - Copy"."""
    put(tmp_path, "ann - Copy.py", "Copie de bob.py")
    assert students(find_uploads([tmp_path])) == {"ann - Copy.py": "ann", "Copie de bob.py": "bob"}


@pytest.mark.parametrize(
    "names", [("ann.py", "ann-1.py", "ann-2.py"), ("Kim (1).py", "Kim (2).py"), ("li.py", "li_2.py")]
)
def test_ids_that_end_in_a_number_stay_different_students(tmp_path, names):
    """They are told to staff, since they may be copies."""
    put(tmp_path, *names)
    told: list[str] = []
    uploads = find_uploads([tmp_path], tell=told.append)
    assert students(uploads) == {name: name.removesuffix(".py") for name in names}
    assert {one.problem for one in uploads} == {None}
    listed = ", ".join(repr(name) for name in sorted(names))
    assert told == [f"{listed} are graded as different students, though their names look like copies of one file."]


def test_ids_that_differ_are_told_of_nobody(tmp_path):
    """A course of ordinary names leads to no word."""
    put(tmp_path, "ann.py", "anna.py", "j.smith2.py", "j.smith3.py", "li-wei.py")
    told: list[str] = []
    assert len(find_uploads([tmp_path], tell=told.append)) == 5
    assert told == []


def test_report_beside_the_code_is_no_submission(tmp_path):
    """Whatever changed last, the code is graded, and a note names the rest."""
    put(tmp_path, "ann.zip", "ann.pdf", "ann.txt", "ann.png")
    for latest in (False, True):
        (upload,) = find_uploads([tmp_path], latest=latest)
        assert (upload.path.name, upload.problem) == ("ann.zip", None)
        assert upload.notes == (
            "Not used: 'ann.pdf' is a PDF document.",
            "Not used: 'ann.png' is a picture.",
            "Not used: 'ann.txt' is a text.",
        )


def test_report_alone_is_rejected_with_what_to_hand_in(tmp_path):
    """Then it is all there is."""
    put(tmp_path, "ann.pdf", "bob.rar")
    assert [one.problem for one in find_uploads([tmp_path])] == [
        "'ann.pdf' is a PDF document; save the code as a plain text file with the suffix .py and hand in that.",
        "'bob.rar' is a RAR archive; hand in a .zip.",
    ]


def test_latest_gives_the_times_of_files_and_nothing_else_does(tmp_path):
    """The reader needs them to choose among copies in one upload."""
    (tmp_path / "ann").mkdir()
    put(tmp_path / "ann", "layers-1.py", "layers-2.py")
    (upload,) = find_uploads([tmp_path], latest=True)
    assert read_upload(upload).times == {"layers-1.py": 1.0, "layers-2.py": 2.0}
    (upload,) = find_uploads([tmp_path])
    assert read_upload(upload).times is None


def test_bulk_name_belongs_to_the_student_before_the_first_attempt():
    """What stands behind it is a name that the student chose."""
    from autograder.inside.reading.filenames import find_bulk_student

    forged = "hw1_mallory_attempt_2026-01-02-03-04-05_x_jdoe_attempt_2026-01-02-03-04-06_work.py"
    assert find_bulk_student(forged) == "mallory"
