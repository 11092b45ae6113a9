"""Reading the bytes of an upload: no link followed, regular files only, within limits, nothing lost in silence."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from autograder.uploads import read as reading
from autograder.uploads.find import find_uploads
from autograder.uploads.read import Content, ReadLimits, Upload, UploadKind, read_upload


def read(path: Path, **limits: int) -> Content:
    """What is read of the only upload in a folder."""
    (upload,) = find_uploads([path])
    return read_upload(upload, ReadLimits(**limits))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that alice handed in."""
    (tmp_path / "alice" / "deep").mkdir(parents=True)
    return tmp_path / "alice"


def test_read_file_gives_its_bytes_under_its_name(tmp_path: Path) -> None:
    """A single file keeps its name."""
    (tmp_path / "alice.py").write_bytes(b"x = '\xff'\r\n")
    assert read(tmp_path) == Content({"alice.py": b"x = '\xff'\r\n"})


def test_read_archive_is_not_opened(tmp_path: Path) -> None:
    """An archive is bytes; the reader opens it in the sandbox."""
    (tmp_path / "alice.zip").write_bytes(b"PK\x05\x06 is no zip")
    assert read(tmp_path) == Content({"alice.zip": b"PK\x05\x06 is no zip"})


def test_read_folder_takes_sources_notebooks_and_archives(folder: Path) -> None:
    """Paths have slashes; what is no Python is named in a note."""
    for name in ("layers.py", "deep/net.IPYNB", "old.zip", "net.py.txt", "plot.png", "notes.txt"):
        (folder / name).write_bytes(name.encode())
    content = read(folder.parent)
    assert set(content.files) == {"layers.py", "deep/net.IPYNB", "old.zip", "net.py.txt", "notes.txt"}
    assert content.files["deep/net.IPYNB"] == b"deep/net.IPYNB"
    assert content.notes == ("Not read, since they are no Python: 'plot.png'.",)


def test_read_folder_leaves_hidden_and_generated_files_out(folder: Path) -> None:
    """Debris of tools is neither read nor counted."""
    for name in ("__pycache__", ".git", "venv", "__MACOSX"):
        (folder / name).mkdir()
        (folder / name / "x.py").write_text("")
    (folder / "._layers.py").write_text("")
    (folder / "layers.py").write_text("x = 1")
    content = read(folder.parent)
    assert list(content.files) == ["layers.py"]
    assert content.notes == (
        "Hidden and generated files are not read: '._layers.py', '.git', '__MACOSX', '__pycache__', 'venv'.",
    )


def test_read_folder_follows_no_link(folder: Path) -> None:
    """Neither a linked file nor a linked folder is read, and a note says so."""
    (folder / "layers.py").symlink_to("/etc/passwd")
    (folder / "linked").symlink_to("/etc")
    (folder / "net.py").write_text("x = 1")
    content = read(folder.parent)
    assert list(content.files) == ["net.py"]
    assert content.notes == ("Links are not followed: 'layers.py', 'linked'.",)


def test_read_folder_opens_no_pipe(folder: Path) -> None:
    """A pipe with a source's name is left alone."""
    os.mkfifo(folder / "layers.py")
    (folder / "net.py").write_text("x = 1")
    assert read(folder.parent).notes == ("Not regular files: 'layers.py'.",)


@pytest.mark.parametrize("make", ["link", "pipe", "folder"])
def test_read_file_that_was_swapped_is_refused(tmp_path: Path, make: str) -> None:
    """What was a file when it was found must still be one when it is opened."""
    path = tmp_path / "alice.py"
    (tmp_path / "folder").mkdir()
    {"link": lambda: path.symlink_to("/etc/passwd"), "pipe": lambda: os.mkfifo(path), "folder": path.mkdir}[make]()
    said = {
        "link": "'alice.py' cannot be read: Too many levels of symbolic links.",
        "pipe": "'alice.py' is not a regular file.",
        "folder": "'alice.py' cannot be read: Is a directory.",
    }
    assert read_upload(Upload("alice", path, UploadKind.FILE)) == Content(problem=said[make])


def test_read_upload_with_problem_keeps_it(tmp_path: Path) -> None:
    """What was rejected when it was found is not opened."""
    assert read_upload(Upload("a", tmp_path, UploadKind.FILE, "No.")) == Content(problem="No.")


def test_read_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    """One student's file that vanished does not end the batch."""
    content = read_upload(Upload("a", tmp_path / "a.py", UploadKind.FILE))
    assert content == Content(problem="'a.py' cannot be read: No such file or directory.")


def test_read_empty_folder_is_a_problem(folder: Path) -> None:
    """A folder without anything to grade."""
    (folder / "deep").rmdir()
    assert read(folder.parent).problem == "'alice' holds no .py or .ipynb file. It is empty."


def test_read_folder_of_pictures_says_what_was_found(folder: Path) -> None:
    """The student sees what arrived instead."""
    for number in range(7):
        (folder / f"{number}.png").write_bytes(b"")
    assert read(folder.parent).problem == (
        "'alice' holds no .py or .ipynb file. Found: '0.png', '1.png', '2.png', '3.png', '4.png' and 2 more."
    )


def test_read_too_many_bytes_is_a_problem(folder: Path) -> None:
    """The cap counts all files together."""
    for name in ("a.py", "b.py"):
        (folder / name).write_bytes(b"x" * 1000)
    content = read(folder.parent, max_bytes=1 << 20)
    assert content.problem is None
    (folder / "b.py").write_bytes(b"x" * (1 << 20))
    assert read(folder.parent, max_bytes=1 << 20) == Content(
        problem=(
            "The files are too large: a submission may have 1 MiB in all, and the largest file is 'b.py' (1.0 MiB);"
            " leave out what is not your code."
        )
    )


def test_read_too_many_sources_is_a_problem(folder: Path) -> None:
    """The cap on files that are read."""
    for number in range(4):
        (folder / f"{number}.py").write_text("")
    assert read(folder.parent, max_files=3).problem == "'alice' holds more than 3 sources, notebooks and archives."


def test_read_too_many_entries_is_a_problem(folder: Path) -> None:
    """The cap on files that are looked at."""
    for number in range(30):
        (folder / f"{number}.png").write_text("")
    assert read(folder.parent, max_entries=20).problem == (
        "The folder holds too many files; hand in the declared files only."
    )


def test_read_too_deep_is_a_problem(folder: Path) -> None:
    """The cap on folders inside each other."""
    (folder / "deep/deeper").mkdir()
    assert read(folder.parent, max_depth=2).problem == "'deep/deeper' lies more than 2 folders deep."


def test_read_unreadable_file_is_a_problem(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A file that this user may not read."""
    (tmp_path / "alice.py").touch(mode=0)
    (upload,) = find_uploads([tmp_path])
    request.getfixturevalue("ordinary_user")
    assert read_upload(upload) == Content(problem="'alice.py' cannot be read: Permission denied.")


def test_digest_is_of_names_and_bytes() -> None:
    """Moving a boundary between name and bytes, or two files, gives another digest; order does not."""
    digests = [
        Content({"a.py": b"xy"}).digest,
        Content({"a.pyx": b"y"}).digest,
        Content({"a.py": b"x", "b": b"y"}).digest,
        Content({"b.py": b"xy"}).digest,
        Content({"a.py": b"xz"}).digest,
        Content({}).digest,
    ]
    assert len(set(digests)) == len(digests)
    assert Content({"a": b"1", "b": b"2"}).digest == Content({"b": b"2", "a": b"1"}).digest


def test_read_folder_without_sources_reads_short_texts(folder: Path) -> None:
    """A source may have been saved as a text; a text never takes an upload over its limit."""
    (folder / "layers.txt").write_text("x = 1")
    (folder / "data.txt").write_bytes(bytes(2 << 20))
    content = read(folder.parent)
    assert set(content.files) == {"layers.txt"}
    assert content.notes == ("Not read, since they are no Python: 'data.txt'.",)
    (folder / "net.py").write_text("x = 1")
    assert set(read(folder.parent).files) == {"net.py", "layers.txt"}
    full = read(folder.parent, max_bytes=7)
    assert (full.problem, set(full.files)) == (None, {"net.py"})


def test_read_folder_leaves_backups_out(folder: Path) -> None:
    """What editors and Git keep of earlier versions is no copy."""
    for name in ("layers.py~", "layers.py.orig", "#layers.py#", "layers_LOCAL_12.py"):
        (folder / name).write_text("x = 0")
    (folder / "layers.py").write_text("x = 1")
    content = read(folder.parent)
    assert set(content.files) == {"layers.py"}
    assert content.notes == (
        "Backups that editors and Git keep are not read: '#layers.py#', 'layers.py.orig', 'layers.py~', 'layers_LOCAL_12.py'.",
    )


def test_read_folder_with_one_document_says_what_to_hand_in(folder: Path) -> None:
    """A word processor's file, and nothing else."""
    (folder / "layers.docx").write_bytes(b"PK")
    assert read(folder.parent).problem == (
        "'alice' holds no .py or .ipynb file. 'layers.docx' is a Word document; save the code as a plain text file with"
        " the suffix .py and hand in that."
    )


@pytest.mark.parametrize("has_descriptors", [True, False])
def test_read_folder_exchanged_for_a_link_during_the_walk_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_descriptors: bool
) -> None:
    """Entries are opened relative to their folder, which was opened before; by path where the system cannot."""
    monkeypatch.setattr(reading, "_HAS_DESCRIPTORS", has_descriptors)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.py").write_text("KEY = 1")
    (folder / "a.py").write_text("x = 1")
    with reading.open_folder(folder) as opened:
        walk = reading.walk(opened, "alice", ReadLimits())
        assert next(walk).path == "a.py"
        (folder / "deep").rmdir()
        (folder / "deep").symlink_to(tmp_path / "secret")
        with pytest.raises(reading.UnreadableError, match="'deep' cannot be read"):
            list(walk)


@pytest.mark.skipif(not reading._HAS_DESCRIPTORS, reason="this system opens nothing relative to a folder")
def test_read_folder_exchanged_after_it_was_opened_is_read_as_it_was(folder: Path, tmp_path: Path) -> None:
    """A path that leads elsewhere by now is not followed again."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x.py").write_text("KEY = 1")
    (folder / "deep" / "x.py").write_text("x = 1")
    with reading.open_folder(folder) as opened:
        walk = reading.walk(opened, "alice", ReadLimits())
        entry = next(walk)
        (folder / "deep").rename(tmp_path / "away")
        (folder / "deep").symlink_to(tmp_path / "secret")
        with os.fdopen(entry.open(os.O_RDONLY)) as file:
            assert file.read() == "x = 1"


def test_read_folder_never_gives_what_a_link_leads_to(folder: Path, tmp_path: Path) -> None:
    """A folder that is exchanged for a link and back all the time, while it is read many times."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x.py").write_text("KEY = 1")
    (folder / "deep" / "x.py").write_text("x = 1")
    (folder / "a.py").write_text("x = 1")
    is_over = threading.Event()

    def exchange() -> None:
        while not is_over.is_set():
            (folder / "deep").rename(tmp_path / "away")
            (folder / "deep").symlink_to(tmp_path / "secret")
            (folder / "deep").unlink()
            (tmp_path / "away").rename(folder / "deep")

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        contents = [read_upload(Upload("alice", folder, UploadKind.FOLDER)) for _ in range(2000)]
    finally:
        is_over.set()
        thread.join()
    assert {data for content in contents for data in content.files.values()} == {b"x = 1"}


def test_read_environment_of_any_name_takes_nothing_of_the_limit(folder: Path) -> None:
    """A folder with pyvenv.cfg is one, and so is what lies in site-packages."""
    (folder / "layers.py").write_bytes(b"x = 1")
    for name in ("py312", ".venv", "node_modules", "lib/site-packages"):
        (folder / name).mkdir(parents=True)
        (folder / name / "big.py").write_bytes(bytes(2 << 20))
    (folder / "py312" / "pyvenv.cfg").write_text("home = x")
    content = read(folder.parent, max_bytes=1 << 20)
    assert (content.problem, dict(content.files)) == (None, {"layers.py": b"x = 1"})
    listed = "'.venv', 'lib/site-packages', 'node_modules', 'py312'"
    assert content.notes == (f"Hidden and generated files are not read: {listed}.",)


def test_read_folder_that_is_too_large_names_its_largest_file(folder: Path) -> None:
    """Not the one that happened to be read last."""
    for name, size in {"a.py": 900_000, "b.py": 300_000, "z.py": 3_000_000}.items():
        (folder / name).write_bytes(bytes(size))
    assert "the largest file is 'z.py' (2.9 MiB)" in str(read(folder.parent, max_bytes=1 << 20).problem)
