"""The remains of killed runs on this machine.

They are found by their names and removed at the next start. Nothing else is removed.

Containers are the engines' to list: see `autograder.sandbox.engine.command.Engine.remove_orphans`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.sandbox.host.cgroup import find_orphans, remove_orphans
from autograder.sandbox.host.owner import find_orphaned_folders

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Folders and control groups whose process is dead.

    The folders are temporary. Some have sockets in them.
    """

    folders: tuple[Path, ...]
    groups: tuple[Path, ...]


def find_leftovers() -> Leftovers:
    """Find the leftovers of killed runs."""
    return Leftovers(tuple(find_orphaned_folders()), tuple(find_orphans()))


def remove_leftovers() -> None:
    """Remove the leftovers.

    One that is still in use stays until the next time.
    """
    for folder in find_orphaned_folders():
        shutil.rmtree(folder, ignore_errors=True)
    remove_orphans()
