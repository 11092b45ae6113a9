"""Gathers the files of a check at home.

These are the files that were named or found, and the files around them.

Where it is graded, one folder is handed in. Here the folder in which a student works stands for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course import Assignment
from autograder.course.facts import Reading
from autograder.course.public import find_sources
from autograder.errors import UsageError
from autograder.home.nearby import Nearby, find_imported, find_nearby
from autograder.inside.reading.bindings import Work
from autograder.inside.reading.selecting import find_for, find_notebooks
from autograder.uploads.find import ReadLimits, UploadKind, read_upload, upload_of

__all__ = ["Given", "find_all", "gather", "helper_notes", "template_of"]

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
    found, limits = find_nearby(folder).without_folders(_course_folders(assignment, folder)), ReadLimits()
    paths = {name: path for name, path in found.paths.items() if path.name not in given}
    is_small = not found.is_cut and len(paths) <= limits.max_files and _size(paths.values()) <= limits.max_bytes
    if is_small:
        return paths, True
    paths = {path.name: path for path in find_sources(assignment, folder) if not path.is_symlink()}
    is_small = len(paths) <= limits.max_files and _size(paths.values()) <= limits.max_bytes
    return (paths if is_small else {}), False


def _course_folders(assignment: Assignment, home: Path) -> list[Path]:
    """Return the course's own folders.

    The folder in which a student works is not among them.
    """
    folders = [assignment.course / name for name in ("assignments", "reference", "student_template")]
    return [folder for folder in folders if not home.resolve().is_relative_to(folder.resolve())]


def _size(paths: Collection[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def gather(assignment: Assignment, files: Sequence[Path], folder: Path | None, asked: Collection[str]) -> Given:
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
    work = Work(given.files, find_notebooks(given.files), assignment.files, template, dict.fromkeys(asked, ""))
    bound = frozenset[str]().union(*(work.bound(path) for path in given.files))
    return bool(names) and names <= bound


def template_of(assignment: Assignment, checked: Sequence[Path]) -> dict[str, bytes]:
    """Return the template's files that exist here.

    A file that the student checks is their own work and is left out.
    """
    own = {path.resolve() for path in checked}
    paths = [assignment.template / name for name in assignment.files]
    return {path.name: path.read_bytes() for path in paths if path.is_file() and path.resolve() not in own}


# around -----------------------------------------------------------------------------------------------------


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
    found = {name: path for name in reading.helpers if (path := _find_helper(name, given)) is not None}
    if not found:
        return ()
    return (
        f"Hand in {', '.join(sorted(found.values()))}, too: your files import {'it' if len(found) == 1 else 'them'}.",
    )


def _find_helper(name: str, given: Given) -> str | None:
    def fits(path: str) -> bool:
        return path == name or path.endswith(f"/{name}")

    if any(map(fits, given.files)):
        return None
    return min(filter(fits, given.around), key=lambda path: (path.count("/"), path), default=None)
