"""The sources around a student's files at home.

They are found without following a link, and read when asked for.

What is handed in is a folder that a student made for it; at home the files may lie in any folder,
of any size.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.inside.reading.debris import is_environment, is_generated, reason_to_drop
from autograder.inside.reading.decoding import MAX_SOURCE_BYTES

__all__ = ["Nearby", "WalkLimits", "find_imported", "find_nearby"]

_WORD = re.compile(rb"[^\W\d]\w*")
_ROUNDS = 8  # of files that import files


@dataclass(frozen=True, slots=True)
class WalkLimits:
    """The limits of a walk.

    Attributes
    ----------
    max_entries, max_in_folder
        Files and folders that are looked at: of all folders, and of each.
    max_depth
        Folders inside each other.
    """

    max_entries: int = 20_000
    max_in_folder: int = 5_000
    max_depth: int = 16


class Nearby(Mapping[str, bytes]):
    """Files by their relative paths, read on access.

    The paths are relative to a folder.

    Attributes
    ----------
    paths
        Where each lies.
    is_cut
        True if there is more than was looked at.
    """

    def __init__(self, paths: Mapping[str, Path] | None = None, *, is_cut: bool = False) -> None:
        self.paths = dict(paths or {})
        self.is_cut = is_cut

    def __getitem__(self, name: str) -> bytes:
        """Read a file.

        A file that cannot be read is empty. Of one that is too large, one byte past the limit is
        read, to show it.
        """
        path = self.paths[name]
        try:
            with path.open("rb") as file:
                return file.read(MAX_SOURCE_BYTES + 1)
        except OSError:
            return b""

    def __contains__(self, name: object) -> bool:
        """Return True for a known file, without reading the file."""
        return name in self.paths

    def __iter__(self) -> Iterator[str]:
        """List the files, those of outer folders first."""
        return iter(self.paths)

    def __len__(self) -> int:
        """Count the files."""
        return len(self.paths)

    def without(self, files: Iterable[Path]) -> Nearby:
        """Leave some files out."""
        left_out = {one.absolute() for one in files}
        kept = {name: path for name, path in self.paths.items() if path.absolute() not in left_out}
        return Nearby(kept, is_cut=self.is_cut)

    def without_folders(self, folders: Iterable[Path]) -> Nearby:
        """Leave out the files of some folders."""
        left_out = [one.resolve() for one in folders]
        places = {path.parent for path in self.paths.values()}
        own = {place for place in places if any(place.resolve().is_relative_to(one) for one in left_out)}
        kept = {name: path for name, path in self.paths.items() if path.parent not in own}
        return Nearby(kept, is_cut=self.is_cut)

    def beside(self, others: Nearby) -> Nearby:
        """Add other files under the names that are free."""
        return Nearby(others.paths | self.paths, is_cut=self.is_cut or others.is_cut)


class _Walk:
    """Walks folders, outer ones first, within limits."""

    def __init__(self, suffixes: tuple[str, ...], limits: WalkLimits) -> None:
        self._suffixes = suffixes
        self._limits = limits
        self._left = limits.max_entries
        self.is_cut = False
        self.found: dict[str, Path] = {}

    def walk(self, folder: Path, prefix: str = "") -> None:
        """Find the sources in a folder and below it."""
        waiting = deque([(folder, prefix)])
        while waiting:
            place, within = waiting.popleft()
            entries = self.entries(place)
            if within and is_environment(one.name for one in entries):
                continue
            for entry in entries:
                self.take(entry, within)
                if self.is_walked(entry):
                    waiting.append((Path(entry.path), f"{within}{entry.name}/"))
            if waiting and (self._left <= 0 or waiting[0][1].count("/") >= self._limits.max_depth):
                self.is_cut = True
                return

    def entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """List a folder by name, within the limits.

        A folder that cannot be listed is empty.
        """
        most = max(0, min(self._left, self._limits.max_in_folder))
        try:
            with os.scandir(folder) as listed:
                entries = list(itertools.islice(listed, most + 1))
        except OSError:
            return []
        self._left -= len(entries)
        self.is_cut |= len(entries) > most
        return sorted(entries[:most], key=lambda one: one.name)

    def take(self, entry: os.DirEntry[str], within: str) -> None:
        """Keep an entry that may be a source."""
        path = f"{within}{entry.name}"
        is_wanted = entry.name.lower().endswith(self._suffixes) and reason_to_drop(path) is None
        with contextlib.suppress(OSError):
            if is_wanted and entry.is_file(follow_symlinks=False):
                self.found[path] = Path(entry.path)

    @staticmethod
    def is_walked(entry: os.DirEntry[str]) -> bool:
        """Return True if the entry is a folder to walk.

        Links and folders that a program made are not.
        """
        try:
            return entry.is_dir(follow_symlinks=False) and not is_generated(entry.name)
        except OSError:
            return False


def find_nearby(
    folder: Path, suffixes: tuple[str, ...] = (".py", ".ipynb"), limits: WalkLimits | None = None
) -> Nearby:
    """Find the sources in and below a folder.

    Hidden and generated folders are left out, as in grading.
    """
    walk = _Walk(suffixes, limits or WalkLimits())
    walk.walk(folder)
    return Nearby(walk.found, is_cut=walk.is_cut)


def find_imported(folder: Path, sources: Iterable[bytes], limits: WalkLimits | None = None) -> Nearby:
    """Find a folder's entries that sources name, directly or indirectly.

    The sources that are found may name further files and folders.
    """
    walk = _Walk((".py",), limits or WalkLimits())
    waiting = {word for source in sources for word in _WORD.findall(source)}
    left = {entry.name: entry for entry in walk.entries(folder)}
    for _ in range(_ROUNDS):
        named = [one for one in left if os.fsencode(one.removesuffix(".py")) in waiting]
        known = set(walk.found)
        for name in named:
            entry = left.pop(name)
            walk.take(entry, "")
            if walk.is_walked(entry):
                walk.walk(Path(entry.path), f"{name}/")
        reading = Nearby({name: walk.found[name] for name in walk.found if name not in known})
        waiting = {word for source in reading.values() for word in _WORD.findall(source)}
        if not waiting:
            break
    return Nearby(walk.found, is_cut=walk.is_cut)
