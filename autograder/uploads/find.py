"""Finds students' uploads in folders and files.

A folder given by the caller is trusted (and may be a link), what lies in it is not.
"""

from __future__ import annotations

import re
import shlex
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import UsageError
from autograder.inside.reading.filenames import (
    Certainty,
    case_folded,
    find_bulk_student,
    find_originals,
    find_student,
    is_archive,
    is_generated,
    is_material,
    is_notebook,
    is_source,
    is_systems_file,
    is_text,
    reason_to_drop,
    split_name,
)
from autograder.inside.reading.mistaken import recognise_suffix
from autograder.uploads.read import (
    SHOWN_NAMES,
    ReadLimits,
    UnreadableError,
    Upload,
    UploadKind,
    open_folder,
    quote_names,
    shown,
    walk,
)


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
    r"(?:__init__|main|run|demo|train(?:ing)?|plots?|plotting|experiments?|"
    r"utils?|helpers?|data|tests?|test_.+|.+_tests?)\.py",
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
                # what is left
                files = [path for path in files if path not in parts]  # noqa: PLW2901
            for path in files:
                yield self._named_upload(path)

    def _named_upload(self, path: Path) -> Upload:
        if path.name in self._expected.declared:
            self._tell(
                f"{shown(path.name)} is named as the assignment's file, so its student is called "
                f"{shown(path.stem)}; "
                "name the folder instead to have the student called as the folder is."
            )
        return upload_of(path)

    def uploads_in(self, folder: Path) -> Iterator[Upload]:
        """Yield a folder's entries as uploads, or the folder as one student's."""
        if _is_output(folder):
            hint = "Name the folder of submissions that was graded then."
            raise UsageError(
                f"{str(folder)!r} holds the results of an earlier run, not submissions.", hint=hint
            )
        try:
            names = [entry.name for entry in folder.iterdir() if not is_systems_file(entry.name)]
        except OSError as error:
            hint = "Check its permissions (folders need r and x)."
            raise UsageError(
                f"{str(folder)!r} cannot be read: {error.strerror}.", hint=hint
            ) from error
        entries = [folder / name for name in sorted(names) if name != "__MACOSX"]
        if self._is_own_folder(folder, entries):
            yield self._own_upload(folder, UploadKind.FOLDER, ())
        else:
            yield from _grouped(entries)

    # one student's own folder ---------------------------------------------------------------------

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
        names = quote_names([path.name for path in own])
        command = (
            f"autograder grade {self._expected.assignment} {shlex.join(str(path) for path in own)}"
        )
        if len(matched) > 1:
            raise UsageError(
                f"{str(folder)!r} could be one student's folder, since it holds {names}, or one of "
                "submissions, since "
                f"it holds {quote_names([path.name for path in uploads])}.",
                hint=f"For one student: {command}. For several, move these files into a folder of "
                "their own.",
            )
        self._tell(
            f"{str(folder)!r} was taken as a folder of submissions, so {names} is one of them. "
            f"If the folder is one student's, give it alone, in a folder of its own."
        )
        return False

    def _own_upload(self, folder: Path, kind: UploadKind, parts: Sequence[Path]) -> Upload:
        place = folder.resolve()
        student = _student(place.name or "submission")
        note = (
            f"The folder {shown(student)} was taken as one submission: it holds the files that "
            "are asked for."
        )
        if kind is UploadKind.FILES:
            note = (
                f"The files of {shown(student)} were taken as one submission: they are those "
                "that are asked for."
            )
        self._tell(note)
        return Upload(student, place, kind, notes=(note,), parts=tuple(parts))

    def _matched(self, name: str) -> frozenset[str]:
        """Return the declared files for which a name may stand.

        A notebook may stand for a module of its name.
        """
        declared = {case_folded(one): one for one in self._expected.declared}
        declared |= {
            case_folded(one.removesuffix(".py") + ".ipynb"): one for one in self._expected.declared
        }
        names = [one for one in find_originals(name) if Certainty.PREFIX not in one.certainties]
        return frozenset(
            declared[case_folded(one.name)] for one in names if case_folded(one.name) in declared
        )

    def _is_helper(self, path: Path) -> bool:
        """Return True for a source that cannot be a submission.

        A source is such a helper if several files are asked for, or if it has a companion's name.
        """
        is_companion = _COMPANION.fullmatch(path.name) is not None
        return is_source(path.name) and (len(self._expected.declared) > 1 or is_companion)

    def _is_upload(self, path: Path) -> bool:
        """Return True for an entry that may be a student's submission."""
        if any(
            one.name in self._expected.support for one in find_originals(path.name)
        ) or self._is_helper(path):
            return False
        if path.is_dir() and not path.is_symlink():
            if path.name == "check" and (path / "grader.toml").is_file():  # of a released folder
                return False
            return not is_generated(path.name) and _holds_material(path)
        return (is_material(path.name) and reason_to_drop(path.name) is None) or is_archive(
            path.name
        )


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
        with open_folder(folder) as opened:
            return any(
                is_material(entry.name)
                for entry in walk(opened, folder.name, ReadLimits())
                if entry.is_file()
            )
    except (UnreadableError, OSError):
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
        sources = [
            path
            for path in paths
            if not path.is_dir() and (is_source(path.name) or is_notebook(path.name))
        ]
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
        return Upload(
            _stem(path.name),
            path,
            UploadKind.FILE,
            f"{shown(path.name)} cannot be read: {error.strerror}.",
        )
    if stat.S_ISLNK(mode):
        problem = f"{shown(path.name)} is a link; only files, folders and archives are read."
        return Upload(_stem(path.name), path, UploadKind.FILE, problem)
    if stat.S_ISDIR(mode):
        return Upload(_student(path.name), path, UploadKind.FOLDER)
    if not stat.S_ISREG(mode):
        problem = f"{shown(path.name)} is not a regular file."
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
        f"{other.brief(shown(path.name))}."
        if other
        else f"{shown(path.name)} is neither a .py or .ipynb file nor a folder, .zip or .tar.gz."
    )
    return Upload(student, path, UploadKind.FILE, problem)


def _stem(name: str) -> str:
    return _student(split_name(name)[0])


def _student(stem: str) -> str:
    return unicodedata.normalize("NFC", stem)


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
            note = f"{shown(one.path.name)} was taken as a submission of {shown(student)}."
            settled.append(
                replace(one, student=student, notes=(*one.notes, note), copy_number=copy.number)
            )
            continue
        settled.append(one)
        for original in find_originals(one.student)[1:]:
            if copy is not None or original.name in ids:
                alike[original.name].append(one.path.name)
                break
    files = {find_originals(one.student)[0].name: one.path.name for one in uploads}
    pairs = {
        base: names + ([files[base]] if base in files else []) for base, names in alike.items()
    }
    for names in [names for names in pairs.values() if len(names) > 1][:SHOWN_NAMES]:
        tell(
            f"{quote_names(names)} are graded as different students, though their names look like "
            "copies of one file."
        )
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
        names = quote_names([one.path.name for one in strong])
        problem = (
            f"There are {len(strong)} submissions of {same[0].student!r}: {names}; --latest "
            "takes the newest."
        )
        yield from (replace(one, problem=problem) for one in strong)
        return
    taken = max(strong or same, key=_changed)
    yield replace(taken, notes=(*taken.notes, *_notes_on_others(taken, same, strong)))


def _is_weak(upload: Upload) -> bool:
    """Return True if an upload can only be a submission by mistake."""
    if upload.kind is UploadKind.FOLDER:
        return not _holds_material(upload.path)
    return upload.problem is not None or (
        upload.kind is UploadKind.FILE and is_text(upload.path.name)
    )


def _notes_on_others(
    taken: Upload, same: Sequence[Upload], strong: Sequence[Upload]
) -> Iterator[str]:
    older = [one.path.name for one in strong if one is not taken]
    if older:
        yield (
            f"{shown(taken.path.name)} is the newest of {len(strong)} submissions; not used: "
            f"{quote_names(older)}."
        )
    for one in same:
        if one is not taken and one not in strong:
            yield f"Not used: {_reason_for_weakness(one)}"


def _reason_for_weakness(upload: Upload) -> str:
    name = upload.path.name
    other = (
        recognise_suffix(name)
        if upload.kind is UploadKind.FILE and not upload.path.is_symlink()
        else None
    )
    if other is not None:
        return f"{shown(name)} is {other.kind}."
    return upload.problem or f"{shown(name)} holds no .py or .ipynb file."


def _changed(upload: Upload) -> tuple[int, int, str]:
    paths = upload.parts or (upload.path,)
    return max(path.lstat().st_mtime_ns for path in paths), upload.copy_number, str(upload.path)
