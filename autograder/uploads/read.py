"""Reads an upload's files, without parsing them.

Nothing here follows a link, opens anything but a regular file, or looks into an archive; that is
the reader's work, in the sandbox.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from autograder.inside.reading.filenames import (
    BACKUP,
    HIDDEN,
    OTHER,
    RELEASED,
    drop_notes,
    is_backup,
    is_environment,
    is_generated,
    is_material,
    is_released,
    is_text,
)
from autograder.inside.reading.mistaken import recognise_suffix

MIB = 1 << 20
SHOWN_NAMES = 5


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


class UnreadableError(Exception):
    """An upload cannot be read.

    The text becomes `Content.problem`.
    """


class _TooLargeError(UnreadableError):
    """The files are larger than an upload may be."""


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
    except UnreadableError as error:
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
            with open_folder(root) as opened:
                for entry in walk(opened, root.name, self._limits):
                    reason = _reason_to_skip(entry)
                    if reason:
                        skipped[reason].append(entry.path)
                    else:
                        self._read_source(entry, root)
        except _TooLargeError as error:
            raise UnreadableError(self._why_too_large(self._measure(root))) from error
        except OSError as error:
            raise UnreadableError(
                f"{shown(root.name)} cannot be read: {error.strerror}."
            ) from error
        if any(map(is_text, skipped.get(OTHER, ()))):
            self._read_texts(root)
        if not self.files:
            raise UnreadableError(
                f"{shown(root.name)} holds no .py or .ipynb file.{_found(skipped)}"
            )
        left = {
            reason: [name for name in names if name not in self.files]
            for reason, names in skipped.items()
        }
        self.notes += drop_notes({reason: names for reason, names in left.items() if names})

    def _measure(self, root: Path) -> dict[str, int]:
        """Return the sizes of a folder's readable files."""
        with open_folder(root) as opened:
            entries = (
                one for one in walk(opened, root.name, self._limits) if not _reason_to_skip(one)
            )
            return {one.path: one.listed.stat(follow_symlinks=False).st_size for one in entries}

    def _read_source(self, entry: _Entry, root: Path) -> None:
        if len(self.files) == self._limits.max_files:
            what = f"{self._limits.max_files:,} sources, notebooks and archives"
            raise UnreadableError(f"{shown(root.name)} holds more than {what}.")
        self.read(entry.path, entry.open)

    def _read_texts(self, root: Path) -> None:
        """Read a few short texts."""
        count = 0
        with open_folder(root) as opened:
            for entry in walk(opened, root.name, self._limits):
                if (
                    is_text(entry.name)
                    and _reason_to_skip(entry) == OTHER
                    and entry.is_file()
                    and count < MAX_TEXTS
                ):
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
            return f"{shown(largest)} is too large: {limit}; leave out what is not your code."
        what = f"the largest file is {shown(largest)} ({max(sizes[largest] / MIB, 0.1):,.1f} MiB)"
        return f"The files are too large: {limit}, and {what}; leave out what is not your code."

    def read(self, name: str, open_file: Callable[[int], int], most: int | None = None) -> None:
        """Read a regular file.

        A file of more than ``most`` bytes is left out.
        """
        flags = (
            os.O_RDONLY
            | getattr(os, "O_NOFOLLOW", 0)
            | getattr(os, "O_NONBLOCK", 0)
            | getattr(os, "O_BINARY", 0)
        )
        try:
            descriptor = open_file(flags)
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise UnreadableError(f"{shown(name)} is not a regular file.")
                if most is not None and status.st_size > most:
                    return
                data = file.read(self._left + 1)
        except OSError as error:
            raise UnreadableError(f"{shown(name)} cannot be read: {error.strerror}.") from error
        if len(data) > self._left:
            raise _TooLargeError(self._why_too_large({name: status.st_size}))
        self._left -= len(data)
        self.files[name], self.times[name] = data, status.st_mtime


#: Where a folder's entries can be opened relative to it, nobody can exchange the folder for a link
#: meanwhile.
_HAS_DESCRIPTORS = (
    os.open in os.supports_dir_fd and os.scandir in os.supports_fd and hasattr(os, "O_NOFOLLOW")
)


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
            with open_folder(self.path / name) as opened:
                yield opened
            return
        descriptor = os.open(name, _FOLDER_FLAGS, dir_fd=self.descriptor)
        try:
            yield _Folder(self.path / name, descriptor)
        finally:
            os.close(descriptor)


_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


@contextlib.contextmanager
def open_folder(path: Path) -> Iterator[_Folder]:
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


def walk(folder: _Folder, title: str, limits: ReadLimits) -> Iterator[_Entry]:
    """Walk a folder without following links.

    Yields all entries but the folders that are walked themselves.
    """
    yield from _walk_one(folder, _entries(folder, title, limits), "", limits, itertools.count(1))


def _entries(folder: _Folder, title: str, limits: ReadLimits) -> list[os.DirEntry[str]]:
    try:
        return folder.first_entries(limits.max_entries + 1)
    except OSError as error:
        raise UnreadableError(f"{shown(title)} cannot be read: {error.strerror}.") from error


def _walk_one(
    folder: _Folder,
    entries: list[os.DirEntry[str]],
    prefix: str,
    limits: ReadLimits,
    counter: Iterator[int],
) -> Iterator[_Entry]:
    for entry in sorted(entries, key=lambda entry: entry.name):
        if next(counter) > limits.max_entries:
            raise UnreadableError(
                "The folder holds too many files; hand in the declared files only."
            )
        path = f"{prefix}{entry.name}"
        if not entry.is_dir(follow_symlinks=False) or is_generated(entry.name):
            yield _Entry(path, folder, entry)
            continue
        if path.count("/") + 2 > limits.max_depth:
            raise UnreadableError(f"{shown(path)} lies more than {limits.max_depth} folders deep.")
        with contextlib.ExitStack() as stack:
            try:
                inner = stack.enter_context(folder.open_folder(entry.name))
            except OSError as error:
                raise UnreadableError(f"{shown(path)} cannot be read: {error.strerror}.") from error
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


def shown(name: str) -> str:
    """Quote a foreign name for a message.

    Control characters and lone surrogates are escaped, and a long name is cut.
    """
    text = (
        ascii(name) if any(0xD800 <= ord(character) < 0xE000 for character in name) else repr(name)
    )
    return text if len(text) <= 120 else f"{text[:120]}..."


def quote_names(names: Sequence[str]) -> str:
    """Quote the first few names, in order, and count the rest."""
    first = ", ".join(shown(name) for name in sorted(names)[:SHOWN_NAMES])
    more = len(names) - SHOWN_NAMES
    return f"{first} and {more:,} more" if more > 0 else first


def _found(skipped: Mapping[str, Sequence[str]]) -> str:
    names = [name for group in skipped.values() for name in group]
    other = recognise_suffix(names[0]) if len(names) == 1 else None
    if other is not None:
        return f" {other.brief(shown(names[0]))}."
    return f" Found: {quote_names(names)}." if names else " It is empty."
