"""Gathers the files of a check at home.

These are the files that were named or found, and the files around them.

Where it is graded, one folder is handed in. Here the folder in which a student works stands for it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course import Assignment
from autograder.course.facts import Reading
from autograder.course.public import find_sources
from autograder.errors import UsageError
from autograder.inside.reading.bindings import StudentWork
from autograder.inside.reading.decoding import MAX_SOURCE_BYTES
from autograder.inside.reading.filenames import is_environment, is_generated, reason_to_drop
from autograder.inside.reading.selecting import find_for, find_notebooks
from autograder.uploads.find import upload_of
from autograder.uploads.read import ReadLimits, UploadKind, read_upload

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
        own = {
            place
            for place in places
            if any(place.resolve().is_relative_to(one) for one in left_out)
        }
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


def find_imported(
    folder: Path, sources: Iterable[bytes], limits: WalkLimits | None = None
) -> Nearby:
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


_MANY = "Too many files lie below {folder}, so only those in it were looked at."


@dataclass(frozen=True, slots=True)
class Given:
    """Files to check.

    Attributes
    ----------
    files
        Bytes by the path under which each is handed in.
    paths
        Where they lie.
    around
        Python files that these may import.
    notes
        What was left out, as sentences.
    """

    files: Mapping[str, bytes]
    paths: Sequence[Path]
    around: Nearby
    notes: tuple[str, ...] = ()


def find_all(assignment: Assignment, folder: Path) -> list[Path]:
    """Find all files below a folder that may be work.

    A student may have made them. They lie in the folder or below it. In a large folder, only its
    own files are looked at.
    """
    return list(_find_all(assignment, folder)[0].values())


def _find_all(assignment: Assignment, folder: Path) -> tuple[dict[str, Path], bool]:
    given = {path.name for path in (*assignment.support_files, *assignment.data_files)}
    found, limits = (
        find_nearby(folder).without_folders(_course_folders(assignment, folder)),
        ReadLimits(),
    )
    paths = {name: path for name, path in found.paths.items() if path.name not in given}
    is_small = (
        not found.is_cut
        and len(paths) <= limits.max_files
        and _size(paths.values()) <= limits.max_bytes
    )
    if is_small:
        return paths, True
    paths = {path.name: path for path in find_sources(assignment, folder) if not path.is_symlink()}
    is_small = len(paths) <= limits.max_files and _size(paths.values()) <= limits.max_bytes
    return (paths if is_small else {}), False


def _course_folders(assignment: Assignment, home: Path) -> list[Path]:
    """Return the course's own folders.

    The folder in which a student works is not among them.
    """
    folders = [
        assignment.course / name for name in ("assignments", "reference", "student_template")
    ]
    return [folder for folder in folders if not home.resolve().is_relative_to(folder.resolve())]


def _size(paths: Collection[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def gather(
    assignment: Assignment, files: Sequence[Path], folder: Path | None, asked: Collection[str]
) -> Given:
    """Read the files to check.

    Files that were named are all that is checked. Of those that were found, everything in the
    folder is read where the declared ones do not hold all the work, as it would be where the folder
    is handed in.

    Parameters
    ----------
    folder
        Where the files were found; None where they were named.
    asked
        Functions and classes that are graded.

    Raises
    ------
    UsageError
        A file cannot be read.
    """
    home = folder or _home_of(assignment, files)
    given = _read_all(files, home)
    if folder is not None and not _is_done(assignment, given, asked):
        paths, is_whole = _find_all(assignment, folder)
        known = {path.absolute() for path in files}
        more = [path for path in paths.values() if path.absolute() not in known]
        given = _read_all([*files, *more], home)
        if not is_whole:
            notes = (*given.notes, _MANY.format(folder=repr(str(folder.absolute()))))
            given = replace(given, notes=notes)
    return replace(given, around=_find_around(assignment, home, given))


def _home_of(assignment: Assignment, files: Sequence[Path]) -> Path:
    """Return the folder of the declared files.

    Without a declared file, it is the folder of the first file that was named.
    """
    for path in files:
        if path.is_dir():
            return path
        if any(find_for([path.name], name) for name in assignment.files):
            return path.parent
    return files[0].parent


def _read_all(paths: Sequence[Path], home: Path) -> Given:
    files: dict[str, bytes] = {}
    own: list[Path] = []
    notes: tuple[str, ...] = ()
    for path in paths:
        upload = upload_of(path)
        content = read_upload(upload)
        if content.problem is not None:
            raise UsageError(content.problem)
        if upload.kind is UploadKind.FOLDER:
            files |= content.files
            own += [path / name for name in content.files]
        else:
            files |= {_name_in(home, path): data for data in content.files.values()}
            own.append(path)
        notes += content.notes
    return Given(files, own, Nearby(), notes)


def _name_in(home: Path, path: Path) -> str:
    """Return a path relative to the home or current folder.

    The home folder stands for the upload. A path in neither folder becomes its bare name.
    """
    place = path.absolute()
    for folder in (home.absolute(), Path.cwd()):
        if place.is_relative_to(folder) and ".." not in place.relative_to(folder).parts:
            return place.relative_to(folder).as_posix()
    return path.name


def _is_done(assignment: Assignment, given: Given, asked: Collection[str]) -> bool:
    """Return True if the declared files bind every name asked for.

    A name that is still as in the template does not count.
    """
    template = template_of(assignment, given.paths)
    names = {name.partition(".")[0] for name in asked}
    work = StudentWork(
        given.files,
        find_notebooks(given.files),
        assignment.files,
        template,
        dict.fromkeys(asked, ""),
    )
    bound = frozenset[str]().union(*(work.bound(path) for path in given.files))
    return bool(names) and names <= bound


def template_of(assignment: Assignment, checked: Sequence[Path]) -> dict[str, bytes]:
    """Return the template's files that exist here.

    A file that the student checks is their own work and is left out.
    """
    own = {path.resolve() for path in checked}
    paths = [assignment.template / name for name in assignment.files]
    return {
        path.name: path.read_bytes()
        for path in paths
        if path.is_file() and path.resolve() not in own
    }


# around -------------------------------------------------------------------------------------------


def _find_around(assignment: Assignment, home: Path, given: Given) -> Nearby:
    """Find the files that the student's files may import.

    These lie below their folder, or have an imported name where the student works or where their
    code looks.
    """
    sources = list(given.files.values())
    below = find_nearby(home, (".py",))
    around = find_imported(home, sources)
    if not below.is_cut:
        around = around.beside(below)
    here = Path.cwd()
    if home.absolute() != here and home.absolute().is_relative_to(here):
        around = around.beside(find_imported(here, sources))
    if any(b"sys.path" in one for one in sources):
        around = around.beside(find_imported(home.absolute().parent, sources))
    return around.without(given.paths).without_folders(_course_folders(assignment, home))


def helper_notes(given: Given, reading: Reading) -> tuple[str, ...]:
    """Return a note about imported files that must be handed in."""
    found = {
        name: path for name in reading.helpers if (path := _find_helper(name, given)) is not None
    }
    if not found:
        return ()
    return (
        (
            f"Hand in {', '.join(sorted(found.values()))}, too: your files import "
            f"{'it' if len(found) == 1 else 'them'}."
        ),
    )


def _find_helper(name: str, given: Given) -> str | None:
    def fits(path: str) -> bool:
        return path == name or path.endswith(f"/{name}")

    if any(map(fits, given.files)):
        return None
    return min(filter(fits, given.around), key=lambda path: (path.count("/"), path), default=None)
