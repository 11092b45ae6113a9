"""Candidates without walls, for trusted code: what they can and cannot reach."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.sandbox.driving import open_kind, run_program


@pytest.fixture
def data(tmp_path):
    """A file and a folder of a course."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images/one.txt").write_text("one")
    (tmp_path / "numbers.txt").write_text("1 2 3")
    return tmp_path


def test_plain_data_of_the_course_cannot_be_changed(data):
    """Trusted code that writes into its data, which root always can, writes into a copy."""
    program = """
        import contextlib
        before = open("data/numbers.txt").read(), open("data/images/one.txt").read()
        for name in ("data/numbers.txt", "data/images/one.txt"):
            with contextlib.suppress(PermissionError):
                open(name, "w").write("spoilt")
        with contextlib.suppress(PermissionError):
            open("data/images/two.txt", "w").write("new")
        report(before)
    """
    names = {"data/numbers.txt": str(data / "numbers.txt"), "data/images": str(data / "images")}
    with open_kind("plain", {"data": names}) as sandbox:
        assert run_program(sandbox, dedent(program)).reports == [["1 2 3", "one"]]
    assert {path.name: path.read_text() for path in data.rglob("*.txt")} == {"numbers.txt": "1 2 3", "one.txt": "one"}


def test_plain_copies_of_data_are_removed_with_the_sandbox(data, monkeypatch, tmp_path_factory):
    """Nothing is left, neither after an ordinary end nor after a file that could not be copied."""
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with open_kind("plain", {"data": {"data/images": str(data / "images")}}):
        assert len(list(scratch.iterdir())) == 1
    assert list(scratch.iterdir()) == []
    sandbox = open_kind("plain", {"data": {"numbers.txt": str(data / "absent.txt")}})
    with pytest.raises(FileNotFoundError):
        sandbox.start()
    assert list(scratch.iterdir()) == []
