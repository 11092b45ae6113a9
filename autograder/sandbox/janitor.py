"""What killed runs have left on this machine: found by its names, removed at the next start, and nothing else is.

Containers are the engines' to list: see `autograder.sandbox.engine.Engine.remove_orphans`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.sandbox.cgroup import find_orphans, remove_orphans
from autograder.sandbox.owner import find_orphaned_folders

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Things whose process is dead: temporary folders (with sockets in them, some), and control groups."""

    folders: tuple[Path, ...]
    groups: tuple[Path, ...]


def find_leftovers() -> Leftovers:
    """Find them."""
    return Leftovers(tuple(find_orphaned_folders()), tuple(find_orphans()))


def remove_leftovers() -> None:
    """Remove them; what is still in use stays until the next time."""
    for folder in find_orphaned_folders():
        shutil.rmtree(folder, ignore_errors=True)
    remove_orphans()
