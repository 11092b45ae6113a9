"""The files that students hand in: found, named and read, never parsed.

Nothing here follows a link, opens anything but a regular file, or looks into an archive; that is the reader's work, in
the sandbox. A folder given by the caller is trusted (and may be a link), what lies in it is not.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from autograder.errors import UsageError

__all__ = ["Content", "ReadLimits", "Upload", "UploadKind", "find_uploads", "read_upload", "safe_name", "upload_of"]

MIB = 1 << 20
_SOURCE = re.compile(r"\.(py|ipynb|py\.txt)$", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(zip|tar\.gz|tgz)$", re.IGNORECASE)
_SHOWN_NAMES = 5


class UploadKind(StrEnum):
    """What a student handed in, by its name."""

    FILE = "file"
    FOLDER = "folder"
    ARCHIVE = "archive"


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
    """

    student: str
    path: Path
    kind: UploadKind
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What is read of one upload at most.

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
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of names and bytes: the identity of what was handed in."""
        account = hashlib.sha256()
        for name, data in sorted(self.files.items()):
            for part in (name.encode("utf-8", "surrogatepass"), data):
                account.update(len(part).to_bytes(8, "little"))
                account.update(part)
        return account.hexdigest()


class _UnreadableError(Exception):
    """Why an upload cannot be read; becomes `Content.problem`."""


# finding ----------------------------------------------------------------------------------------------------


def find_uploads(paths: Sequence[Path], *, latest: bool = False) -> list[Upload]:
    """Find what was handed in.

    Parameters
    ----------
    paths
        A folder holds one submission per entry; a file is one submission.
    latest
        Of several entries with one id keep the one that was changed last, instead of rejecting all of them.

    Returns
    -------
    list
        Sorted by student, then path. Hidden entries such as ``.DS_Store`` are not among them.

    Raises
    ------
    UsageError
        If a path does not exist or cannot be read, or nothing was handed in.
    """
    uploads = sorted((one for path in paths for one in _uploads_at(path)), key=lambda one: (one.student, str(one.path)))
    if not uploads:
        listed = ", ".join(repr(str(path)) for path in paths)
        hint = "Name a folder with one file, folder or archive per student."
        raise UsageError(f"No submissions in {listed}.", hint=hint)
    return list(_settle_duplicates(_without_repeats(uploads), latest=latest))


def _uploads_at(path: Path) -> Iterator[Upload]:
    try:
        if not path.exists():
            raise UsageError(f"{str(path)!r} does not exist.", hint="Name a folder of submissions, or one submission.")
        if not path.is_dir():
            yield upload_of(path)
            return
        entries = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        hint = "Check its permissions (folders need r and x)."
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror}.", hint=hint) from error
    yield from (upload_of(entry) for entry in entries if entry.name != "__MACOSX")


def _without_repeats(uploads: Iterable[Upload]) -> list[Upload]:
    """Drop entries that were named twice on the command line: as a file, and through its folder."""
    return list({one.path.absolute(): one for one in uploads}.values())


def upload_of(path: Path) -> Upload:
    """What one path is as a submission: a file, a folder or an archive, or why it is none of them."""
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
    if _ARCHIVE.search(path.name):
        return Upload(student, path, UploadKind.ARCHIVE)
    if _SOURCE.search(path.name):
        return Upload(student, path, UploadKind.FILE)
    problem = f"{_shown(path.name)} is neither a .py or .ipynb file nor a folder, .zip or .tar.gz."
    return Upload(student, path, UploadKind.FILE, problem)


def _stem(name: str) -> str:
    for known in (_ARCHIVE, _SOURCE):
        if found := known.search(name):
            return _student(name[: found.start()] or name)
    return _student(Path(name).stem)


def _student(stem: str) -> str:
    return unicodedata.normalize("NFC", stem)


def _settle_duplicates(uploads: Sequence[Upload], *, latest: bool) -> Iterator[Upload]:
    by_student: dict[str, list[Upload]] = defaultdict(list)
    for one in uploads:
        by_student[one.student].append(one)
    for same in by_student.values():
        if len(same) == 1:
            yield same[0]
        elif latest:
            yield max(same, key=_changed)
        else:
            listed = ", ".join(_shown(one.path.name) for one in same)
            problem = f"There are {len(same)} submissions of {same[0].student!r}: {listed}; --latest takes the newest."
            yield from (replace(one, problem=problem) for one in same)


def _changed(upload: Upload) -> tuple[int, str]:
    return upload.path.lstat().st_mtime_ns, str(upload.path)


# naming -----------------------------------------------------------------------------------------------------

_PLAIN = frozenset(" ._-+@,=()'")
_MAX_NAME_BYTES = 180  # leaves room for suffixes within the 255 bytes of most file systems
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)", re.IGNORECASE)


def safe_name(student: str) -> str:
    """Make a file name of a student's id: injective, NFC, and fit for Linux, macOS and Windows.

    Letters with their accents, digits, inner dots and spaces stay; everything else becomes ``%XX`` as in a URL, so that
    unquoting gives the id back. Names that are too long end in ``~`` and a digest. Not hidden, no ``..``, no device.
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


def read_upload(upload: Upload, limits: ReadLimits | None = None) -> Content:
    """Read the bytes of an upload: regular files only, no link followed, within limits.

    Of a folder, sources, notebooks and archives are read; what is left out stands in the notes.
    """
    if upload.problem is not None:
        return Content(problem=upload.problem)
    limits = limits or ReadLimits()
    try:
        if upload.kind is UploadKind.FOLDER:
            return _read_folder(upload.path, limits)
        name = upload.path.name
        return Content({name: _read_regular(upload.path, name, limits.max_bytes, limits)})
    except _UnreadableError as error:
        return Content(problem=str(error))


def _read_folder(root: Path, limits: ReadLimits) -> Content:
    files: dict[str, bytes] = {}
    skipped: dict[str, list[str]] = defaultdict(list)
    left = limits.max_bytes
    for name, entry in _walk(root, limits):
        reason = _reason_to_skip(entry)
        if reason:
            skipped[reason].append(name)
            continue
        if len(files) == limits.max_files:
            what = f"{limits.max_files:,} sources, notebooks and archives"
            raise _UnreadableError(f"{_shown(root.name)} holds more than {what}.")
        files[name] = _read_regular(Path(entry.path), name, left, limits)
        left -= len(files[name])
    if not files:
        raise _UnreadableError(f"{_shown(root.name)} holds no .py or .ipynb file.{_found(skipped)}")
    return Content(files, tuple(f"{reason}: {_listed(names)}." for reason, names in sorted(skipped.items())))


def _walk(root: Path, limits: ReadLimits) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Walk a folder without following links: everything in it but folders that are walked themselves."""
    waiting: list[tuple[Path, str, int]] = [(root, "", 1)]
    seen = 0
    while waiting:
        folder, prefix, depth = waiting.pop()
        for entry in _entries(folder, prefix or root.name, limits.max_entries - seen):
            seen += 1
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False) and not _is_ignored_folder(entry.name):
                if depth == limits.max_depth:
                    raise _UnreadableError(f"{_shown(name)} lies more than {limits.max_depth} folders deep.")
                waiting.append((Path(entry.path), f"{name}/", depth + 1))
            else:
                yield name, entry


def _entries(folder: Path, name: str, most: int) -> list[os.DirEntry[str]]:
    found: list[os.DirEntry[str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found.append(entry)
                if len(found) > most:
                    raise _UnreadableError("The folder holds too many files; hand in the declared files only.")
    except OSError as error:
        raise _UnreadableError(f"{_shown(name)} cannot be read: {error.strerror}.") from error
    return sorted(found, key=lambda entry: entry.name)


_IGNORED_FOLDERS = frozenset({"__pycache__", "__MACOSX", "venv", "env", "node_modules", "site-packages"})


def _is_ignored_folder(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED_FOLDERS


def _reason_to_skip(entry: os.DirEntry[str]) -> str | None:
    if entry.is_symlink():
        return "Links are not followed"
    if entry.name.startswith(".") or entry.is_dir(follow_symlinks=False):
        return "Hidden and generated files are not read"
    if not (_SOURCE.search(entry.name) or _ARCHIVE.search(entry.name)):
        return "Not read, since they are no Python"
    if not entry.is_file(follow_symlinks=False):
        return "Not regular files"
    return None


def _read_regular(path: Path, name: str, left: int, limits: ReadLimits) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _UnreadableError(f"{_shown(name)} is not a regular file.")
            data = file.read(left + 1)
    except OSError as error:
        raise _UnreadableError(f"{_shown(name)} cannot be read: {error.strerror}.") from error
    if len(data) > left:
        most = f"a submission may have {limits.max_bytes / MIB:g} MiB in all"
        raise _UnreadableError(f"{_shown(name)} is too large: {most}.")
    return data


# saying -----------------------------------------------------------------------------------------------------


def _shown(name: str) -> str:
    """Quote a foreign name for a message: control characters and lone surrogates escaped, and not too long."""
    text = ascii(name) if any(0xD800 <= ord(character) < 0xE000 for character in name) else repr(name)
    return text if len(text) <= 120 else f"{text[:120]}..."


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(_shown(name) for name in sorted(names)[:_SHOWN_NAMES])
    more = len(names) - _SHOWN_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown


def _found(skipped: Mapping[str, Sequence[str]]) -> str:
    names = [name for group in skipped.values() for name in group]
    return f" Found: {_listed(names)}." if names else " It is empty."
