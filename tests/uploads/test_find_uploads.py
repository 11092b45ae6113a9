"""Finding what was handed in: ids, kinds, duplicates, and everything that is no submission."""

from __future__ import annotations

import os
import socket
import unicodedata
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.uploads.find import find_uploads
from autograder.uploads.read import Upload, UploadKind


def put(folder: Path, *names: str) -> None:
    """Make empty files."""
    for name in names:
        (folder / name).write_text("x = 1\n")


def problems(uploads: list[Upload]) -> dict[str, str | None]:
    """Problem of each upload by its file name."""
    return {upload.path.name: upload.problem for upload in uploads}


@pytest.mark.parametrize(
    ("name", "student", "kind"),
    [
        ("alice.py", "alice", UploadKind.FILE),
        ("alice.ipynb", "alice", UploadKind.FILE),
        ("alice.py.txt", "alice", UploadKind.FILE),
        ("ALICE.PY", "ALICE", UploadKind.FILE),
        ("alice.zip", "alice", UploadKind.ARCHIVE),
        ("alice.tar.gz", "alice", UploadKind.ARCHIVE),
        ("alice.tgz", "alice", UploadKind.ARCHIVE),
        ("José van der Zée.v2.zip", "José van der Zée.v2", UploadKind.ARCHIVE),
        ("j.r.r. smith.py", "j.r.r. smith", UploadKind.FILE),
        ("alice (1).py", "alice (1)", UploadKind.FILE),
        ("-rf.py", "-rf", UploadKind.FILE),
    ],
)
def test_find_file_takes_its_stem_as_id(tmp_path: Path, name: str, student: str, kind: UploadKind) -> None:
    """Accents, dots and spaces of an id are kept."""
    put(tmp_path, name)
    assert find_uploads([tmp_path]) == [Upload(student, tmp_path / name, kind)]


def test_find_folder_takes_its_whole_name_as_id(tmp_path: Path) -> None:
    """A folder's name has no suffix."""
    (tmp_path / "j.smith.zip").mkdir()
    assert find_uploads([tmp_path]) == [Upload("j.smith.zip", tmp_path / "j.smith.zip", UploadKind.FOLDER)]


def test_find_decomposed_name_composes_the_id(tmp_path: Path) -> None:
    """A name written by macOS and one written by Linux are one student."""
    put(tmp_path, unicodedata.normalize("NFD", "José.py"))
    assert [upload.student for upload in find_uploads([tmp_path])] == ["José"]


def test_find_hidden_entries_are_no_submissions(tmp_path: Path) -> None:
    """What operating systems leave behind was not handed in."""
    put(tmp_path, ".DS_Store", "._alice.py", ".hidden.py", "Thumbs.db", "desktop.ini", "Icon\r", "alice.py")
    (tmp_path / "__MACOSX").mkdir()
    assert [upload.student for upload in find_uploads([tmp_path])] == ["alice"]


def test_find_several_paths_takes_folders_and_files_once(tmp_path: Path) -> None:
    """An entry that is named twice is one submission."""
    put(tmp_path, "bob.py", "alice.py")
    found = find_uploads([tmp_path, tmp_path / "bob.py"])
    assert [upload.student for upload in found] == ["alice", "bob"]


def test_find_in_linked_folder_follows_the_instructors_link(tmp_path: Path) -> None:
    """The folder is the instructor's, so it may be a link."""
    (tmp_path / "real").mkdir()
    put(tmp_path / "real", "alice.py")
    (tmp_path / "link").symlink_to("real")
    assert [upload.problem for upload in find_uploads([tmp_path / "link"])] == [None]


def test_find_two_entries_of_one_student_rejects_both(tmp_path: Path) -> None:
    """Nobody guesses which one counts."""
    put(tmp_path, "alice.py", "alice.zip", "bob.py")
    said = "There are 2 submissions of 'alice': 'alice.py', 'alice.zip'; --latest takes the newest."
    assert problems(find_uploads([tmp_path])) == {"alice.py": said, "alice.zip": said, "bob.py": None}


def test_find_two_entries_with_latest_takes_the_newest(tmp_path: Path) -> None:
    """`--latest` goes by the time of the last change."""
    put(tmp_path, "alice.py", "alice.zip")
    os.utime(tmp_path / "alice.py", ns=(2, 2))
    os.utime(tmp_path / "alice.zip", ns=(1, 1))
    assert problems(find_uploads([tmp_path], latest=True)) == {"alice.py": None}


def test_find_two_spellings_of_one_name_rejects_both(tmp_path: Path) -> None:
    """Composed and decomposed accents are the same letter."""
    names = [unicodedata.normalize(form, "José.py") for form in ("NFC", "NFD")]
    put(tmp_path, *names)
    assert all(problems(find_uploads([tmp_path])).values())


def test_find_other_file_says_what_is_accepted(tmp_path: Path) -> None:
    """A word processor's file is listed, not lost."""
    put(tmp_path, "alice.docx", "bob.7z", "cleo.strange")
    assert problems(find_uploads([tmp_path])) == {
        "alice.docx": (
            "'alice.docx' is a Word document; save the code as a plain text file with the suffix .py and hand in that."
        ),
        "bob.7z": "'bob.7z' is a 7-Zip archive; hand in a .zip.",
        "cleo.strange": "'cleo.strange' is neither a .py or .ipynb file nor a folder, .zip or .tar.gz.",
    }
    assert [upload.student for upload in find_uploads([tmp_path])] == ["alice", "bob", "cleo"]


def test_find_link_is_a_problem(tmp_path: Path) -> None:
    """A link may point at anything of the grader's machine."""
    (tmp_path / "alice.py").symlink_to("/etc/passwd")
    (tmp_path / "bob").symlink_to("/etc")
    (tmp_path / "carol.zip").symlink_to("nowhere")
    assert problems(find_uploads([tmp_path])) == {
        name: f"{name!r} is a link; only files, folders and archives are read."
        for name in ("alice.py", "bob", "carol.zip")
    }


def test_find_pipe_or_socket_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a pipe would wait for ever."""
    os.mkfifo(tmp_path / "alice.py")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(tmp_path)  # the whole path may be longer than a socket's may be
        listener.bind("bob.py")
        found = problems(find_uploads([tmp_path]))
    assert found == {name: f"{name!r} is not a regular file." for name in ("alice.py", "bob.py")}


def test_find_hostile_name_is_shown_escaped(tmp_path: Path) -> None:
    """A name is data: control sequences and bytes that are no text are escaped in messages."""
    put(tmp_path, "a\x1b[31m.odd", os.fsdecode(b"b\xff.odd"))
    said = [upload.problem for upload in find_uploads([tmp_path])]
    assert said[0].startswith("'a\\x1b[31m.odd' is neither")
    assert said[1].startswith("'b\\udcff.odd' is neither")


def test_find_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    """A path that does not exist was mistyped."""
    with pytest.raises(UsageError) as caught:
        find_uploads([tmp_path / "nowhere"])
    assert str(caught.value) == (
        f"{str(tmp_path / 'nowhere')!r} does not exist.\nHint: Name a folder of submissions, or one submission."
    )


def test_find_empty_folder_is_a_usage_error(tmp_path: Path) -> None:
    """A batch of nothing is a mistake."""
    with pytest.raises(UsageError) as caught:
        find_uploads([tmp_path])
    assert str(caught.value) == (
        f"No submissions in {str(tmp_path)!r}.\nHint: Name a folder with one file, folder or archive per student."
    )


def test_find_unreadable_folder_is_a_usage_error(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A folder that this user may not read."""
    (tmp_path / "closed").mkdir(mode=0)
    request.getfixturevalue("ordinary_user")
    with pytest.raises(UsageError) as caught:
        find_uploads([tmp_path / "closed"])
    assert str(caught.value) == (
        f"{str(tmp_path / 'closed')!r} cannot be read: Permission denied.\n"
        "Hint: Check its permissions (folders need r and x)."
    )
