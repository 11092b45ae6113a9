"""The folder of a run's results, and its continuation.

::

    OUT/run.json              whose results these are: assignment, secret's fingerprint, grader
    OUT/gradebook.csv         one line per submission; appended to, sorted at the end
    OUT/reports/<id>.json     the record: a submission whose record is there is done
    OUT/reports/<id>.html     the same, to look at
    OUT/feedback/<id>.html    what the student may see
    OUT/sources/<id>.json     what was graded, read by a replay alone
    OUT/index.html            the batch; written now and then

Every file but the gradebook is written under another name, synced and renamed, the record last:
what is there is whole. The gradebook follows from the records and is written anew when a run is
continued.
"""

from __future__ import annotations

import difflib
import fcntl
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from pydantic import ValidationError

from autograder.errors import UsageError
from autograder.grading.durable import PARTIAL, write_whole, writing
from autograder.grading.gradebook import FEEDBACK, GRADEBOOK, INDEX, REPORTS, SOURCES, Gradebook
from autograder.grading.store import RunIdentity
from autograder.records.outcome import Status
from autograder.records.report import Report
from autograder.report.summary import CriterionColumn, Row, columns_of, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from autograder.records.report import AssignmentRecord

RUN, LOCK = "run.json", ".lock"
_DONE = (Status.GRADED, Status.REJECTED)


class ResultFolder:
    """A folder of results, locked for this process until it is closed.

    Made by `open_result_folder`; a context manager.

    Attributes
    ----------
    path
        The folder.
    kept
        The records that were there: for each its row and the criteria that its cells belong to.
    unreadable
        Records that could not be read; their submissions count as not done.
    """

    def __init__(self, path: Path, identity: RunIdentity, lock: int) -> None:
        self.path = path
        self.identity = identity
        self.kept: list[tuple[Row, tuple[CriterionColumn, ...]]] = []
        self.unreadable: list[Path] = []
        self._lock = lock
        self._finished: dict[str, str] = {}

    def finished(self) -> dict[str, str]:
        """Return the digest of each student's finished upload.

        A student has none who needs another try, who was graded by another version of the grader,
        or who has several submissions.
        """
        return dict(self._finished)

    def rejected(self) -> set[str]:
        """Return the students whose uploads were rejected."""
        return {row.student for row, _ in self.kept if row.status is Status.REJECTED}

    def open_book(
        self,
        assignment: AssignmentRecord,
        columns: Sequence[CriterionColumn],
        *,
        submissions: Collection[str] = (),
        show_lines: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> Gradebook:
        """Open the folder's results for writing.

        See `ResultStore`.

        Parameters
        ----------
        clock
            Seconds that only grow, to write the overview at most every 5 s.
        """
        return Gradebook(
            self.path,
            self.kept,
            assignment,
            columns,
            submissions=submissions,
            show_lines=show_lines,
            clock=clock,
        )

    def close(self) -> None:
        """Release the folder to other runs."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _load(self) -> None:
        """Read the records that are there, in one pass."""
        seen: dict[str, list[str]] = {}
        for path in sorted((self.path / REPORTS).glob("*.json")):
            try:
                report = Report.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                self.unreadable.append(path)
                continue
            columns = columns_of(report)
            if self.kept and columns == self.kept[-1][1]:
                columns = self.kept[-1][1]  # one copy for all
            self.kept.append((summarise(report, columns), columns))
            is_done = (
                report.status in _DONE and report.grader_version == self.identity.grader_version
            )
            seen.setdefault(report.submission.student, []).append(
                report.submission.digest if is_done else ""
            )
        self._finished = {
            student: only for student, [only, *more] in seen.items() if only and not more
        }


def find_graded(path: Path, student: str) -> tuple[RunIdentity, Report, str]:
    """Find one student's report in an output.

    The result is the run's identity, the report, and the sources as JSON.

    Parameters
    ----------
    student
        The student's id, or the stem of their files.

    Raises
    ------
    UsageError
        The folder holds no results, or none of this student, or several.
    """
    identity = _identity_at(path)
    if identity is None:
        raise UsageError(
            f"{str(path)!r} holds no results of autograder.", hint="Name the folder given as --out."
        )
    found = [
        report
        for report in _reports(path)
        if student in (report.submission.student, report.submission.id)
    ]
    if len(found) != 1:
        known = sorted(report.submission.id for report in _reports(path))
        what = f"{len(found)} results" if found else "no result"
        near = difflib.get_close_matches(student, known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Students: {', '.join(known[:20])}."
        raise UsageError(f"{str(path)!r} holds {what} of {student!r}.", hint=hint)
    try:
        sources = (path / SOURCES / f"{found[0].submission.id}.json").read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The sources of {student!r} are not in {str(path)!r}: {error.strerror}."
        ) from error
    return identity, found[0], sources


def _reports(path: Path) -> Iterator[Report]:
    for file in sorted((path / REPORTS).glob("*.json")):
        with suppress(OSError, ValidationError):
            yield Report.model_validate_json(file.read_bytes())


def open_result_folder(path: Path, identity: RunIdentity, *, fresh: bool = False) -> ResultFolder:
    """Open a folder for results.

    The folder is new or empty, or it holds results of the same assignment and secret.

    Parameters
    ----------
    fresh
        Remove the results that are there, whatever run they are of. Files that are not ours stay.

    Raises
    ------
    UsageError
        The folder holds something else, or results of another assignment or secret, or another run
        writes to it.
    InfrastructureError
        The folder cannot be written.
    """
    _check_is_ours(path)
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
        lock = _take_lock(path)
    try:
        _settle(path, identity, fresh=fresh)
        output = ResultFolder(path, identity, lock)
        output._load()  # noqa: SLF001 - the one place that makes an output
    except BaseException:
        os.close(lock)
        raise
    return output


def _settle(path: Path, identity: RunIdentity, *, fresh: bool) -> None:
    """Prepare the folder for this run.

    Results that are there are checked or removed, and the run's identity is written.
    """
    _check_is_ours(path)
    if fresh:
        _remove_results(path)
    elif (path / RUN).exists():
        _check_same(path, identity)
    for folder in (path / REPORTS, path / FEEDBACK, path / SOURCES):
        with writing(folder):
            folder.mkdir(exist_ok=True)
        for partial in folder.glob(f".*{PARTIAL}"):
            partial.unlink()
    if _identity_at(path) != identity:
        write_whole(path / RUN, identity.model_dump_json(indent=2) + "\n")


def _check_is_ours(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise UsageError(
            f"{str(path)!r} is no folder.", hint="Name a folder for the results with --out."
        )
    try:
        is_empty = all(
            entry.name == LOCK or entry.name.endswith(PARTIAL) for entry in path.iterdir()
        )
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    if not is_empty and _identity_at(path) is None:
        raise UsageError(
            f"{str(path)!r} is not empty and holds no results of autograder.",
            hint="Name another folder with --out.",
        )


def _identity_at(path: Path) -> RunIdentity | None:
    try:
        return RunIdentity.model_validate_json((path / RUN).read_bytes())
    except (OSError, ValidationError):
        return None


def _check_same(path: Path, identity: RunIdentity) -> None:
    found = _identity_at(path)
    if found is None:
        return
    hint = "Name another folder with --out, or start over with --fresh."
    if found.assignment != identity.assignment:
        problem = f"assignment {found.assignment!r}, not of {identity.assignment!r}"
    elif found.assignment_digest != identity.assignment_digest:
        problem = (
            f"another version of assignment {found.assignment!r} (its rubric, reference or "
            "data changed)"
        )
    elif found.secret != identity.secret:
        problem = f"another course secret (fingerprint {found.secret}, not {identity.secret})"
    else:
        return
    raise UsageError(f"{str(path)!r} holds results of {problem}.", hint=hint)


def _take_lock(path: Path) -> int:
    lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(lock, 32).decode("ascii", "replace").strip()
        os.close(lock)
        raise UsageError(
            f"{str(path)!r} is being written by another run (process {holder or 'unknown'}).",
            hint="Wait for it, or name another folder with --out.",
        ) from error
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode("ascii"))
    return lock


def _remove_results(path: Path) -> None:
    """Remove a run's files one by one.

    A folder given by mistake loses nothing else.
    """
    ours = [path / RUN, path / GRADEBOOK, path / INDEX]
    ours += [file for suffix in ("json", "html") for file in (path / REPORTS).glob(f"*.{suffix}")]
    ours += [*(path / FEEDBACK).glob("*.html"), *(path / SOURCES).glob("*.json")]
    for file in ours:
        with writing(file):
            file.unlink(missing_ok=True)
