"""A small course that is right, for tests to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

COURSE = Path(__file__).parent / "course"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the small course."""
    return Path(shutil.copytree(COURSE, tmp_path / "course"))


@pytest.fixture
def toml(course: Path) -> Path:
    """The settings of its only assignment."""
    return course / "assignments" / "01_layers" / "assignment.toml"
