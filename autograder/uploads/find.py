"""The files that students hand in.

They are found, named and read, never parsed.

Nothing here follows a link, opens anything but a regular file, or looks into an archive; that is
the reader's work, in the sandbox. A folder given by the caller is trusted (and may be a link), what
lies in it is not.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import re
import shlex
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from autograder.errors import UsageError
from autograder.inside.reading.filenames import (
    BACKUP,
    HIDDEN,
    OTHER,
    RELEASED,
    Certainty,
    drop_notes,
    find_bulk_student,
    find_originals,
    find_student,
    folded,
    is_archive,
    is_backup,
    is_environment,
    is_generated,
    is_material,
    is_notebook,
    is_released,
    is_source,
    is_systems_file,
    is_text,
    reason_to_drop,
    split_name,
)
from autograder.inside.reading.mistaken import recognise_suffix

__all__ = [
    "Content",
    "Expected",
    "ReadLimits",
    "Upload",
    "UploadKind",
    "find_uploads",
    "read_upload",
    "safe_name",
    "upload_of",
]

MIB = 1 << 20
_SHOWN_NAMES = 5


class UploadKind(StrEnum):
    """The kind of an upload, told by its name."""

    FILE = "file"
    FOLDER = "folder"
    ARCHIVE = "archive"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Upload:
    """One entry of a submissions folder.

    Attributes
    ----------
    student
        The entry's stem in Unicode's composed form (NFC): accents, dots and spaces are kept.
    path
        Where it lies.
    problem
        Why it cannot be graded, as a sentence; None if it can be tried.
    notes
        How it was found, for staff and student.
    parts
        Of an upload of several files, these; `path` is then their folder.
    copy_number
        Of a second copy, the number in its name.
    is_latest
        True if of several files that could be the same one the newest is to be taken.
    """

    student: str
    path: Path
    kind: UploadKind
    problem: str | None = None
    notes: tuple[str, ...] = ()
    parts: tuple[Path, ...] = ()
    copy_number: int = 0
    is_latest: bool = False


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """The limits on reading one upload.

    Attributes
    ----------
    max_bytes
        All files together [bytes].
    max_files, max_entries
        Files that are read; entries that are looked at.
    max_depth
        Folders inside each other.
    """

    max_bytes: int = 64 * MIB
    max_files: int = 500
    max_entries: int = 20_000
    max_depth: int = 16


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one upload.

    Attributes
    ----------
    files
        Bytes by path inside the upload, with slashes; a single file has its own name.
    notes
        What was left out and why, for staff and student.
    problem
        Why it cannot be graded, as a sentence; then `files` is empty.
    times
        When each file was changed last [s], where the newest of several is to be taken; else None.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problem: str | None = None
    times: Mapping[str, float] | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of names and bytes.

        It is the identity of an upload.
        """
        account = hashlib.sha256()
        for name, data in sorted(self.files.items()):
            for part in (name.encode("utf-8", "surrogatepass"), data):
                account.update(len(part).to_bytes(8, "little"))
                account.update(part)
        return account.hexdigest()


class _UnreadableError(Exception):
    """An upload cannot be read.

    The text becomes `Content.problem`.
    """


class _TooLargeError(_UnreadableError):
    """The files are larger than an upload may be."""


# finding ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expected:
    """The names that identify one student's files.

    They tell these files from a folder of submissions.

    Attributes
    ----------
    assignment
        Its id, for the command that is shown.
    declared, support
        File names that the assignment asks for, and those that the course ships itself.
    """

    assignment: str = ""
    declared: Sequence[str] = ()
    support: Collection[str] = ()


def find_uploads(
    paths: Sequence[Path],
    expected: Expected | None = None,
    *,
    latest: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Upload]:
    """Find the uploads.

    Parameters
    ----------
    paths
        A folder holds one submission per entry, or is one student's own folder; a file is one
        submission.
    expected
        What the assignment asks for; without it no folder is taken for a student's own.
    latest
        Of several uploads of one student keep the one that was changed last, instead of rejecting
        all of them.
    tell
        Called with sentences for staff: where a name could be understood in two ways.

    Returns
    -------
    list
        Sorted by student, then path. Hidden entries such as ``.DS_Store`` are not among them.

    Raises
    ------
    UsageError
        A path does not exist or cannot be read, nothing was handed in, or a folder could be one
        student's or many students'.
    """
    finder = _Finder(expected or Expected(), tell)
    found = [
        *finder.uploads_of_files(paths),
        *(one for path in paths if path.is_dir() for one in finder.uploads_in(path)),
    ]
    uploads = sorted(found, key=lambda one: (one.student, str(one.path)))
    if not uploads:
        listed = ", ".join(repr(str(path)) for path in paths)
        hint = "Name a folder with one file, folder or archive per student."
        raise UsageError(f"No submissions in {listed}.", hint=hint)
    uploads = _under_students(_without_repeats(uploads), tell)
    settled = _settle_duplicates(uploads, latest=latest)
    return [replace(one, is_latest=latest) for one in settled]


#: What students call files beside the one that is asked for, and what no student is called.
_COMPANION = re.compile(
    r"(?:__init__|main|run|demo|train(?:ing)?|plots?|plotting|experiments?|utils?|helpers?|data|tests?|test_.+|.+_tests?)\.py",
    re.IGNORECASE,
)


class _Finder:
    """Finds uploads of an assignment's declared files.

    The files that the assignment asks for tell one student's files from a folder of submissions.
    """

    def __init__(self, expected: Expected, tell: Callable[[str], None]) -> None:
        self._expected = expected
        self._tell = tell

    def uploads_of_files(self, paths: Sequence[Path]) -> Iterator[Upload]:
        """Yield the uploads of files that were named themselves.

        Each is one submission, or several are the files of one student.
        """
        by_folder: dict[Path, list[Path]] = defaultdict(list)
        for path in paths:
            if not _exists(path):
                hint = "Name a folder of submissions, or one submission."
                raise UsageError(f"{str(path)!r} does not exist.", hint=hint)
            if not path.is_dir():
                by_folder[path.absolute().parent].append(path)
        for folder, files in by_folder.items():
            own = [path for path in files if self._matched(path.name)]
            if len({name for path in own for name in self._matched(path.name)}) > 1:
                parts = [path for path in files if path in own or self._is_helper(path)]
                yield self._own_upload(folder, UploadKind.FILES, parts)
                files = [path for path in files if path not in parts]  # noqa: PLW2901  # what is left
            for path in files:
                yield self._named_upload(path)

    def _named_upload(self, path: Path) -> Upload:
        if path.name in self._expected.declared:
            self._tell(
                f"{_shown(path.name)} is named as the assignment's file, so its student is called {_shown(path.stem)}; "
                "name the folder instead to have the student called as the folder is."
            )
        return upload_of(path)

    def uploads_in(self, folder: Path) -> Iterator[Upload]:
        """Yield a folder's entries as uploads, or the folder as one student's."""
        if _is_output(folder):
            hint = "Name the folder of submissions that was graded then."
            raise UsageError(f"{str(folder)!r} holds the results of an earlier run, not submissions.", hint=hint)
        try:
            names = [entry.name for entry in folder.iterdir() if not is_systems_file(entry.name)]
        except OSError as error:
            hint = "Check its permissions (folders need r and x)."
            raise UsageError(f"{str(folder)!r} cannot be read: {error.strerror}.", hint=hint) from error
        entries = [folder / name for name in sorted(names) if name != "__MACOSX"]
        if self._is_own_folder(folder, entries):
            yield self._own_upload(folder, UploadKind.FOLDER, ())
        else:
            yield from _grouped(entries)

    # one student's own folder -------------------------------------------------------------------------------

    def _is_own_folder(self, folder: Path, entries: Sequence[Path]) -> bool:
        """Return True if the folder is one student's own.

        Such a folder holds the declared files. Raises UsageError where it could also be a folder of
        submissions.
        """
        own = [path for path in entries if self._matched(path.name)]
        matched = {name for path in own for name in self._matched(path.name)}
        if not matched:
            return False
        uploads = [path for path in entries if path not in own and self._is_upload(path)]
        if not uploads:
            return True
        names = _listed([path.name for path in own])
        command = f"autograder grade {self._expected.assignment} {shlex.join(str(path) for path in own)}"
        if len(matched) > 1:
            raise UsageError(
                f"{str(folder)!r} could be one student's folder, since it holds {names}, or one of submissions, since "
                f"it holds {_listed([path.name for path in uploads])}.",
                hint=f"For one student: {command}. For several, move these files into a folder of their own.",
            )
        self._tell(
            f"{str(folder)!r} was taken as a folder of submissions, so {names} is one of them. "
            f"If the folder is one student's, give it alone, in a folder of its own."
        )
        return False

    def _own_upload(self, folder: Path, kind: UploadKind, parts: Sequence[Path]) -> Upload:
        place = folder.resolve()
        student = _student(place.name or "submission")
        note = f"The folder {_shown(student)} was taken as one submission: it holds the files that are asked for."
        if kind is UploadKind.FILES:
            note = f"The files of {_shown(student)} were taken as one submission: they are those that are asked for."
        self._tell(note)
        return Upload(student, place, kind, notes=(note,), parts=tuple(parts))

    def _matched(self, name: str) -> frozenset[str]:
        """Return the declared files for which a name may stand.

        A notebook may stand for a module of its name.
        """
        declared = {folded(one): one for one in self._expected.declared}
        declared |= {folded(one.removesuffix(".py") + ".ipynb"): one for one in self._expected.declared}
        names = [one for one in find_originals(name) if Certainty.PREFIX not in one.certainties]
        return frozenset(declared[folded(one.name)] for one in names if folded(one.name) in declared)

    def _is_helper(self, path: Path) -> bool:
        """Return True for a source that cannot be a submission.

        A source is such a helper if several files are asked for, or if it has a companion's name.
        """
        is_companion = _COMPANION.fullmatch(path.name) is not None
        return is_source(path.name) and (len(self._expected.declared) > 1 or is_companion)

    def _is_upload(self, path: Path) -> bool:
        """Return True for an entry that may be a student's submission."""
        if any(one.name in self._expected.support for one in find_originals(path.name)) or self._is_helper(path):
            return False
        if path.is_dir() and not path.is_symlink():
            if path.name == "check" and (path / "grader.toml").is_file():  # of a released folder
                return False
            return not is_generated(path.name) and _holds_material(path)
        return (is_material(path.name) and reason_to_drop(path.name) is None) or is_archive(path.name)


def _is_output(folder: Path) -> bool:
    """Return True if the folder holds a run's results."""
    try:
        return (folder / "run.json").is_file() and (folder / "reports").is_dir()
    except OSError:
        return False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        hint = "Check its permissions (folders need r and x)."
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror}.", hint=hint) from error


def _holds_material(folder: Path) -> bool:
    """Return True if a folder holds a file that may be read.

    A folder that cannot be opened may hold one.
    """
    try:
        with _open_folder(folder) as opened:
            return any(is_material(entry.name) for entry in _walk(opened, folder.name, ReadLimits()) if entry.is_file())
    except (_UnreadableError, OSError):
        return True


def _grouped(entries: Sequence[Path]) -> Iterator[Upload]:
    """Group the files of a bulk download by student.

    Learning platforms make such downloads and put the student into each file's name.
    """
    bulk: dict[str, list[Path]] = defaultdict(list)
    for path in entries:
        student = find_bulk_student(path.name)
        if student is None:
            yield upload_of(path)
        else:
            bulk[_student(student)].append(path)
    for student, paths in bulk.items():
        sources = [path for path in paths if not path.is_dir() and (is_source(path.name) or is_notebook(path.name))]
        if len(sources) > 1:
            yield Upload(student, sources[0].parent, UploadKind.FILES, parts=tuple(sources))
        elif sources:
            yield replace(upload_of(sources[0]), student=student)
        for path in paths:
            if path not in sources:
                yield replace(upload_of(path), student=student)


def _without_repeats(uploads: Iterable[Upload]) -> list[Upload]:
    """Drop entries that the command line names twice.

    An entry may be named as a file and through its folder.
    """
    return list({(one.path.absolute(), one.parts): one for one in uploads}.values())


def upload_of(path: Path) -> Upload:
    """Return the upload at a path, possibly with its problem.

    It is a file, a folder or an archive; anything else has a problem.
    """
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        return Upload(_stem(path.name), path, UploadKind.FILE, f"{_shown(path.name)} cannot be read: {error.strerror}.")
    if stat.S_ISLNK(mode):
        problem = f"{_shown(path.name)} is a link; only files, folders and archives are read."
        return Upload(_stem(path.name), path, UploadKind.FILE, problem)
    if stat.S_ISDIR(mode):
        return Upload(_student(path.name), path, UploadKind.FOLDER)
    if not stat.S_ISREG(mode):
        problem = f"{_shown(path.name)} is not a regular file."
        return Upload(_stem(path.name), path, UploadKind.FILE, problem)
    return _file_upload(path)


def _file_upload(path: Path) -> Upload:
    student = _stem(path.name)
    if is_archive(path.name):
        return Upload(student, path, UploadKind.ARCHIVE)
    if is_material(path.name) or is_text(path.name):
        return Upload(student, path, UploadKind.FILE)
    other = recognise_suffix(path.name)
    problem = (
        f"{other.brief(_shown(path.name))}."
        if other
        else f"{_shown(path.name)} is neither a .py or .ipynb file nor a folder, .zip or .tar.gz."
    )
    return Upload(student, path, UploadKind.FILE, problem)


def _stem(name: str) -> str:
    return _student(split_name(name)[0])


def _student(stem: str) -> str:
    return unicodedata.normalize("NFC", stem)


# several uploads of one student -----------------------------------------------------------------------------


def _under_students(uploads: Sequence[Upload], tell: Callable[[str], None]) -> list[Upload]:
    """Put second copies of an upload under their student.

    ``ann (1).py`` is a copy where ``ann.py`` is there, and ``ann - Copy.py`` always is.

    A number alone may tell two students apart, so that ``Kim (1)`` and ``Kim (2)`` stay two where
    no ``Kim`` is.
    """
    ids = {one.student: one.student for one in uploads}
    ids |= {find_originals(name)[0].name: name for name in ids}
    settled: list[Upload] = []
    alike: dict[str, list[str]] = defaultdict(list)
    for one in uploads:
        copy = None if one.kind is UploadKind.FILES else find_student(one.student)
        if copy is not None and (copy.name in ids or Certainty.WORD in copy.certainties):
            student = ids.get(copy.name, copy.name)
            note = f"{_shown(one.path.name)} was taken as a submission of {_shown(student)}."
            settled.append(replace(one, student=student, notes=(*one.notes, note), copy_number=copy.number))
            continue
        settled.append(one)
        for original in find_originals(one.student)[1:]:
            if copy is not None or original.name in ids:
                alike[original.name].append(one.path.name)
                break
    files = {find_originals(one.student)[0].name: one.path.name for one in uploads}
    pairs = {base: names + ([files[base]] if base in files else []) for base, names in alike.items()}
    for names in [names for names in pairs.values() if len(names) > 1][:_SHOWN_NAMES]:
        tell(f"{_listed(names)} are graded as different students, though their names look like copies of one file.")
    return settled


def _settle_duplicates(uploads: Sequence[Upload], *, latest: bool) -> Iterator[Upload]:
    by_student: dict[str, list[Upload]] = defaultdict(list)
    for one in uploads:
        by_student[one.student].append(one)
    for same in by_student.values():
        yield from _settle_one(same, latest=latest)


def _settle_one(same: Sequence[Upload], *, latest: bool) -> Iterator[Upload]:
    """Choose among the uploads of one student.

    An upload that cannot be a submission does not count as one.
    """
    strong = [one for one in same if not _is_weak(one)] if len(same) > 1 else same
    if len(strong) != 1 and not (strong and latest):
        strong = strong or same
    if len(strong) > 1 and not latest:
        listed = _listed([one.path.name for one in strong])
        problem = f"There are {len(strong)} submissions of {same[0].student!r}: {listed}; --latest takes the newest."
        yield from (replace(one, problem=problem) for one in strong)
        return
    taken = max(strong or same, key=_changed)
    yield replace(taken, notes=(*taken.notes, *_notes_on_others(taken, same, strong)))


def _is_weak(upload: Upload) -> bool:
    """Return True if an upload can only be a submission by mistake."""
    if upload.kind is UploadKind.FOLDER:
        return not _holds_material(upload.path)
    return upload.problem is not None or (upload.kind is UploadKind.FILE and is_text(upload.path.name))


def _notes_on_others(taken: Upload, same: Sequence[Upload], strong: Sequence[Upload]) -> Iterator[str]:
    older = [one.path.name for one in strong if one is not taken]
    if older:
        yield f"{_shown(taken.path.name)} is the newest of {len(strong)} submissions; not used: {_listed(older)}."
    for one in same:
        if one is not taken and one not in strong:
            yield f"Not used: {_reason_for_weakness(one)}"


def _reason_for_weakness(upload: Upload) -> str:
    name = upload.path.name
    other = recognise_suffix(name) if upload.kind is UploadKind.FILE and not upload.path.is_symlink() else None
    if other is not None:
        return f"{_shown(name)} is {other.kind}."
    return upload.problem or f"{_shown(name)} holds no .py or .ipynb file."


def _changed(upload: Upload) -> tuple[int, int, str]:
    paths = upload.parts or (upload.path,)
    return max(path.lstat().st_mtime_ns for path in paths), upload.copy_number, str(upload.path)


# naming -----------------------------------------------------------------------------------------------------

_PLAIN = frozenset(" ._-+@,=()'")
_MAX_NAME_BYTES = 180  # leaves room for suffixes within the 255 bytes of most file systems
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)", re.IGNORECASE)


def safe_name(student: str) -> str:
    """Return a safe file name for a student's id.

    Different ids have different names. A name is NFC and fit for Linux, macOS and Windows.

    Letters with their accents, digits, inner dots and spaces stay; everything else becomes ``%XX``
    as in a URL, so that unquoting gives the id back. Names that are too long end in ``~`` and a
    digest. Not hidden, no ``..``, no device.
    """
    name = unicodedata.normalize("NFC", student)
    marked = "".join(_safe_characters(name))
    if _DEVICE.match(marked):
        marked = _escape(marked[0]) + marked[1:]
    if len(marked.encode("utf-8")) <= _MAX_NAME_BYTES:
        return marked or "%"
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{_cut(marked, _MAX_NAME_BYTES - len(digest) - 1)}~{digest}"


def _safe_characters(name: str) -> Iterator[str]:
    is_after_plain = False
    for place, character in enumerate(name):
        is_edge = place in (0, len(name) - 1)
        is_plain = _is_plain(character, is_edge=is_edge, is_after_plain=is_after_plain)
        yield character if is_plain else _escape(character)
        is_after_plain = is_plain


def _is_plain(character: str, *, is_edge: bool, is_after_plain: bool) -> bool:
    category = unicodedata.category(character)
    if category.startswith("M"):  # would combine with the last digit of an escape
        return is_after_plain
    return category.startswith(("L", "N")) or (character in _PLAIN and not (is_edge and character in " .-"))


def _escape(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _cut(text: str, size_bytes: int) -> str:
    return text.encode("utf-8")[:size_bytes].decode("utf-8", "ignore").rstrip(" .")


# reading ----------------------------------------------------------------------------------------------------

MAX_TEXTS = 20  # one may be a source by mistake
MAX_TEXT_BYTES = 1 * MIB


def read_upload(upload: Upload, limits: ReadLimits | None = None) -> Content:
    """Read the bytes of an upload within limits.

    Only regular files are read, and no link is followed.

    Of a folder, sources, notebooks and archives are read; what is left out stands in the notes.
    """
    if upload.problem is not None:
        return Content(problem=upload.problem, notes=upload.notes)
    reader = _ContentReader(limits or ReadLimits())
    try:
        if upload.kind is UploadKind.FOLDER:
            reader.read_folder(upload.path)
        else:
            for path in upload.parts or (upload.path,):
                reader.read(path.name, partial(os.open, path))
    except _UnreadableError as error:
        return Content(problem=str(error), notes=upload.notes)
    times = reader.times if upload.is_latest else None
    return Content(reader.files, (*upload.notes, *reader.notes), times=times)


class _ContentReader:
    """Reads files until a limit is reached."""

    def __init__(self, limits: ReadLimits) -> None:
        self.files: dict[str, bytes] = {}
        self.times: dict[str, float] = {}
        self.notes: list[str] = []
        self._limits = limits
        self._left = limits.max_bytes

    def read_folder(self, root: Path) -> None:
        """Read a folder's sources and short texts.

        One of the texts may be a source that has a wrong name by mistake.
        """
        skipped: dict[str, list[str]] = defaultdict(list)
        try:
            with _open_folder(root) as opened:
                for entry in _walk(opened, root.name, self._limits):
                    reason = _reason_to_skip(entry)
                    if reason:
                        skipped[reason].append(entry.path)
                    else:
                        self._read_source(entry, root)
        except _TooLargeError as error:
            raise _UnreadableError(self._why_too_large(self._measure(root))) from error
        except OSError as error:
            raise _UnreadableError(f"{_shown(root.name)} cannot be read: {error.strerror}.") from error
        if any(map(is_text, skipped.get(OTHER, ()))):
            self._read_texts(root)
        if not self.files:
            raise _UnreadableError(f"{_shown(root.name)} holds no .py or .ipynb file.{_found(skipped)}")
        left = {reason: [name for name in names if name not in self.files] for reason, names in skipped.items()}
        self.notes += drop_notes({reason: names for reason, names in left.items() if names})

    def _measure(self, root: Path) -> dict[str, int]:
        """Return the sizes of a folder's readable files."""
        with _open_folder(root) as opened:
            entries = (one for one in _walk(opened, root.name, self._limits) if not _reason_to_skip(one))
            return {one.path: one.listed.stat(follow_symlinks=False).st_size for one in entries}

    def _read_source(self, entry: _Entry, root: Path) -> None:
        if len(self.files) == self._limits.max_files:
            what = f"{self._limits.max_files:,} sources, notebooks and archives"
            raise _UnreadableError(f"{_shown(root.name)} holds more than {what}.")
        self.read(entry.path, entry.open)

    def _read_texts(self, root: Path) -> None:
        """Read a few short texts."""
        count = 0
        with _open_folder(root) as opened:
            for entry in _walk(opened, root.name, self._limits):
                if is_text(entry.name) and _reason_to_skip(entry) == OTHER and entry.is_file() and count < MAX_TEXTS:
                    count += 1
                    self.read(entry.path, entry.open, most=min(MAX_TEXT_BYTES, self._left))

    def _why_too_large(self, others: Mapping[str, int]) -> str:
        """Return a problem that names the largest file.

        It is one of the files that were read or of ``others``, whose sizes are given.
        """
        limit = f"a submission may have {self._limits.max_bytes / MIB:g} MiB in all"
        sizes = {one: len(data) for one, data in self.files.items()} | {**others}
        largest = max(sizes, key=lambda one: (sizes[one], one))
        if len(sizes) == 1:
            return f"{_shown(largest)} is too large: {limit}; leave out what is not your code."
        what = f"the largest file is {_shown(largest)} ({max(sizes[largest] / MIB, 0.1):,.1f} MiB)"
        return f"The files are too large: {limit}, and {what}; leave out what is not your code."

    def read(self, name: str, open_file: Callable[[int], int], most: int | None = None) -> None:
        """Read a regular file.

        A file of more than ``most`` bytes is left out.
        """
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = open_file(flags)
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise _UnreadableError(f"{_shown(name)} is not a regular file.")
                if most is not None and status.st_size > most:
                    return
                data = file.read(self._left + 1)
        except OSError as error:
            raise _UnreadableError(f"{_shown(name)} cannot be read: {error.strerror}.") from error
        if len(data) > self._left:
            raise _TooLargeError(self._why_too_large({name: status.st_size}))
        self._left -= len(data)
        self.files[name], self.times[name] = data, status.st_mtime


# walking ----------------------------------------------------------------------------------------------------

#: Where a folder's entries can be opened relative to it, nobody can exchange the folder for a link meanwhile.
_HAS_DESCRIPTORS = os.open in os.supports_dir_fd and os.scandir in os.supports_fd and hasattr(os, "O_NOFOLLOW")


@dataclass(frozen=True, slots=True)
class _Folder:
    """An open folder.

    It is held by a descriptor where the system has them, else (Windows) by its path.
    """

    path: Path
    descriptor: int | None

    def first_entries(self, most: int) -> list[os.DirEntry[str]]:
        """List a folder's first entries, at most so many.

        Raises OSError.
        """
        with os.scandir(self.path if self.descriptor is None else self.descriptor) as entries:
            return list(itertools.islice(entries, most))

    def open_file(self, name: str, flags: int) -> int:
        """Open a file in the folder.

        Raises OSError, for a link too.
        """
        if self.descriptor is None:
            return os.open(self.path / name, flags)
        return os.open(name, flags, dir_fd=self.descriptor)

    @contextlib.contextmanager
    def open_folder(self, name: str) -> Iterator[_Folder]:
        """Open a subfolder.

        Raises OSError if it is a link by now.
        """
        if self.descriptor is None:
            with _open_folder(self.path / name) as opened:
                yield opened
            return
        descriptor = os.open(name, _FOLDER_FLAGS, dir_fd=self.descriptor)
        try:
            yield _Folder(self.path / name, descriptor)
        finally:
            os.close(descriptor)


_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


@contextlib.contextmanager
def _open_folder(path: Path) -> Iterator[_Folder]:
    """Open a folder by its path.

    Raises OSError if it is a link.
    """
    if not _HAS_DESCRIPTORS:
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        yield _Folder(path, None)
        return
    descriptor = os.open(path, _FOLDER_FLAGS)
    try:
        yield _Folder(path, descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a folder during a walk.

    It is valid until the walk goes on.
    """

    path: str
    folder: _Folder
    listed: os.DirEntry[str]

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.listed.name

    def is_file(self) -> bool:
        """Return True for a regular file."""
        return self.listed.is_file(follow_symlinks=False)

    def open(self, flags: int) -> int:
        """Open the entry relative to its folder."""
        return self.folder.open_file(self.name, flags)


def _walk(folder: _Folder, title: str, limits: ReadLimits) -> Iterator[_Entry]:
    """Walk a folder without following links.

    Yields all entries but the folders that are walked themselves.
    """
    yield from _walk_one(folder, _entries(folder, title, limits), "", limits, itertools.count(1))


def _entries(folder: _Folder, title: str, limits: ReadLimits) -> list[os.DirEntry[str]]:
    try:
        return folder.first_entries(limits.max_entries + 1)
    except OSError as error:
        raise _UnreadableError(f"{_shown(title)} cannot be read: {error.strerror}.") from error


def _walk_one(
    folder: _Folder, entries: list[os.DirEntry[str]], prefix: str, limits: ReadLimits, counter: Iterator[int]
) -> Iterator[_Entry]:
    for entry in sorted(entries, key=lambda entry: entry.name):
        if next(counter) > limits.max_entries:
            raise _UnreadableError("The folder holds too many files; hand in the declared files only.")
        path = f"{prefix}{entry.name}"
        if not entry.is_dir(follow_symlinks=False) or is_generated(entry.name):
            yield _Entry(path, folder, entry)
            continue
        if path.count("/") + 2 > limits.max_depth:
            raise _UnreadableError(f"{_shown(path)} lies more than {limits.max_depth} folders deep.")
        with contextlib.ExitStack() as stack:
            try:
                inner = stack.enter_context(folder.open_folder(entry.name))
            except OSError as error:
                raise _UnreadableError(f"{_shown(path)} cannot be read: {error.strerror}.") from error
            within = _entries(inner, f"{path}/", limits)
            if is_environment(one.name for one in within):
                yield _Entry(path, folder, entry)
            else:
                yield from _walk_one(inner, within, f"{path}/", limits, counter)


def _reason_to_skip(entry: _Entry) -> str | None:  # noqa: PLR0911  # one per kind
    if entry.listed.is_symlink():
        return "Links are not followed"
    if entry.name.startswith(".") or entry.listed.is_dir(follow_symlinks=False):
        return HIDDEN
    if is_released(entry.path):
        return RELEASED
    if is_backup(entry.name):
        return BACKUP
    if not is_material(entry.name):
        return OTHER
    if not entry.is_file():
        return "Not regular files"
    return None


# saying -----------------------------------------------------------------------------------------------------


def _shown(name: str) -> str:
    """Quote a foreign name for a message.

    Control characters and lone surrogates are escaped, and a long name is cut.
    """
    text = ascii(name) if any(0xD800 <= ord(character) < 0xE000 for character in name) else repr(name)
    return text if len(text) <= 120 else f"{text[:120]}..."


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(_shown(name) for name in sorted(names)[:_SHOWN_NAMES])
    more = len(names) - _SHOWN_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown


def _found(skipped: Mapping[str, Sequence[str]]) -> str:
    names = [name for group in skipped.values() for name in group]
    other = recognise_suffix(names[0]) if len(names) == 1 else None
    if other is not None:
        return f" {other.brief(_shown(names[0]))}."
    return f" Found: {_listed(names)}." if names else " It is empty."
