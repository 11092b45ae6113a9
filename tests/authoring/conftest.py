"""A course that `autograder init` makes, and the command."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


def run(*words, cwd=None):
    command = [sys.executable, "-m", "autograder", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def made_course(tmp_path_factory):
    """A course as it was made; no test changes it."""
    folder = tmp_path_factory.mktemp("authors") / "course"
    done = run("init", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def new_course(made_course, tmp_path):
    """A copy of it that a test may change."""
    return Path(shutil.copytree(made_course, tmp_path / "course"))


@pytest.fixture
def any_wheel(tmp_path):
    """A file that passes for a wheel of ours, where what is in it does not matter."""
    path = tmp_path / "warmfork_autograder-0.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("nothing", "")
    return path
