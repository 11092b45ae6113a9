"""What is bound into a sandbox, as arguments for bubblewrap."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.inside.walls.syscalls import find_package
from autograder.sandbox.view import View


@pytest.fixture
def view():
    """An empty view."""
    return View()


def pairs(view, option):
    """Arguments of each ``option``, two by two."""
    return [tuple(view.arguments[at + 1 : at + 3]) for at, word in enumerate(view.arguments) if word == option]


def test_show_folder_is_bound_at_its_place_below_readable_parents(view, tmp_path):
    """Parents are made so that every user can pass, once each, and the folder is bound read-only."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        view.show(tmp_path / name)
    made = [second for first, second in pairs(view, "--perms")]
    assert pairs(view, "--ro-bind") == [(str(tmp_path / name),) * 2 for name in ("a", "b")]
    assert made.count("--dir") == len(tmp_path.parents)  # all but the root, and the folder itself
    assert not view.shows(tmp_path)
    assert view.shows(tmp_path / "a" / "deep")


def test_show_link_stays_a_link_and_its_target_is_shown(view, tmp_path):
    """A chain of links, relative ones too, ends in the file itself."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "python3.11").write_text("")
    (tmp_path / "bin" / "python3").symlink_to("../base/python3.11")
    (tmp_path / "bin" / "python").symlink_to("python3")
    view.show(tmp_path / "bin" / "python")
    assert pairs(view, "--symlink") == [
        ("python3", str(tmp_path / "bin" / "python")),
        ("../base/python3.11", str(tmp_path / "bin" / "python3")),
    ]
    assert pairs(view, "--ro-bind") == [(str(tmp_path / "base" / "python3.11"),) * 2]


def test_show_what_is_missing_or_shown_adds_nothing(view, tmp_path):
    """Nothing is bound twice, and what does not exist is left out."""
    (tmp_path / "lib" / "python").mkdir(parents=True)
    view.show(tmp_path / "lib")
    before = list(view.arguments)
    view.show(tmp_path / "lib" / "python")
    view.show(tmp_path / "lib64")
    assert view.arguments == before


def test_cover_hides_files_and_folders_that_would_be_visible(view, tmp_path):
    """Below something shown, a folder gets an empty one over it and a file an empty file; elsewhere nothing."""
    (tmp_path / "lib" / "course").mkdir(parents=True)
    (tmp_path / "lib" / "secret").write_text("")
    (tmp_path / "other").mkdir()
    view.show(tmp_path / "lib")
    view.arguments.clear()
    for name in ("lib/course", "lib/secret", "lib/absent", "other"):
        view.cover(tmp_path / name)
    course, secret = (str(tmp_path / "lib" / name) for name in ("course", "secret"))
    assert view.arguments == [
        *("--perms", "0755", "--tmpfs", course, "--remount-ro", course),
        *("--ro-bind", "/dev/null", secret),
    ]


def test_kept_names_the_ways_to_what_lies_below_writable_folders(view, tmp_path):
    """An interpreter below /tmp is reached through folders that each candidate must get back."""
    tree = tmp_path / "venv" / "lib"
    tree.mkdir(parents=True)
    view.show(tree)
    top = Path("/tmp") in tree.parents  # where pytest puts its folders, mostly
    assert view.kept() == ([str(Path("/tmp", tree.parts[2]))] if top else [])


def test_find_package_finds_folders_and_files_without_importing():
    """A package is its folders, a module its file, and what is not installed is nothing."""
    assert [Path(place).name for name in ("numpy", "this", "no_such_package") for place in find_package(name)] == [
        "numpy",
        "this.py",
    ]
