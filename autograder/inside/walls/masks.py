"""Packages that candidates cannot see.

In the view of the file system, packages that cannot be imported cover them.
"""

from __future__ import annotations

import importlib.machinery
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.inside.walls import syscalls as walls

if TYPE_CHECKING:
    from collections.abc import Iterable

_FLAGS = walls.NO_SETUID | walls.NO_DEVICES
_SIZE, _INODES = "size=64k,mode=0755", ",nr_inodes=4"
_TEXT = 'raise ModuleNotFoundError("No module named {name!r}", name={name!r})\n'


def find_package(name: str) -> list[str]:
    """Find the folders or the file of a top-level package.

    It is not imported. The list is empty if it is not installed.
    """
    spec = importlib.machinery.PathFinder.find_spec(name)
    if spec is None:
        return []
    return list(spec.submodule_search_locations or ([spec.origin] if spec.origin else []))


def mask(packages: Iterable[str], *, can_remount: bool = True) -> None:
    """Cover packages by ones that cannot be imported.

    They are covered in the mount namespace of this process.

    Where mounts cannot be made read-only afterwards, the covers belong to this user, which is no
    candidate's.
    """
    for name in packages:
        text = _TEXT.format(name=name)
        for place in map(Path, find_package(name)):
            if place.is_dir():
                _cover(place, text, can_remount=can_remount)
            else:  # a module in one file; as an extension, this is no library and raises ImportError too
                cover = Path("/tmp", f"mask-{name}")  # noqa: S108 - the wardens' own
                cover.write_text(text)
                walls.mount(str(cover), str(place), "", walls.BIND)


def _cover(place: Path, text: str, *, can_remount: bool) -> None:
    size = _SIZE + _INODES if can_remount else _SIZE
    walls.mount("tmpfs", str(place), "tmpfs", _FLAGS, size)
    (place / "__init__.py").write_text(text)  # an empty folder could be imported
    (place / "__init__.py").chmod(0o644)
    if can_remount:
        walls.mount("tmpfs", str(place), "tmpfs", _FLAGS | walls.REMOUNT | walls.READ_ONLY, size)
