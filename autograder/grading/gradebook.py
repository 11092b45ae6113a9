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
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.errors import UsageError
from autograder.grading.durable import PARTIAL, append_line, write_whole, writing
from autograder.records.outcome import Status
from autograder.records.report import Report
from autograder.report.html import Pages, render_pages
from autograder.report.index import render_index_html
from autograder.report.summary import Batch, Column, Row, columns_of, sort_rows, summarise
from autograder.report.table import render_csv, render_csv_header, render_csv_row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from autograder.records.report import AssignmentRecord

_RUN, _LOCK, _GRADEBOOK, _INDEX = "run.json", ".lock", "gradebook.csv", "index.html"
_REPORTS, _FEEDBACK, _SOURCES = "reports", "feedback", "sources"
_INDEX_EVERY_S = 5.0
_INDEX_SHARE = (
    100.0  # between two overviews pass at least this many times what the last one took: 1 % at most
)
_DONE = (Status.GRADED, Status.REJECTED)


class RunIdentity(BaseModel):
    """Whose results an output holds.

    Attributes
    ----------
    assignment, assignment_digest
        Id and digest of the assignment.
    secret
        The fingerprint of the course secret, never the secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["autograder output"] = "autograder output"
    schema_version: Literal[1] = 1
    assignment: str
    assignment_digest: str
    secret: str
    grader_version: str


class Output:
    """A folder of results, locked for this process until it is closed.

    Made by `open_output`; a context manager.

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
        self.kept: list[tuple[Row, tuple[Column, ...]]] = []
        self.unreadable: list[Path] = []
        self._lock = lock
        self._finished: dict[str, str] = {}

    def finished(self) -> dict[str, str]:
        """Return the digest of each student's finished upload.

        A student has none who needs another try, who was graded by another version of the grader,
        or who has several submissions.
        """
        return dict(self._finished)

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
        for path in sorted((self.path / _REPORTS).glob("*.json")):
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
        sources = (path / _SOURCES / f"{found[0].submission.id}.json").read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The sources of {student!r} are not in {str(path)!r}: {error.strerror}."
        ) from error
    return identity, found[0], sources


def _reports(path: Path) -> Iterator[Report]:
    for file in sorted((path / _REPORTS).glob("*.json")):
        with suppress(OSError, ValidationError):
            yield Report.model_validate_json(file.read_bytes())


def open_output(path: Path, identity: RunIdentity, *, fresh: bool = False) -> Output:
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
        output = Output(path, identity, lock)
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
    elif (path / _RUN).exists():
        _check_same(path, identity)
    for folder in (path / _REPORTS, path / _FEEDBACK, path / _SOURCES):
        with writing(folder):
            folder.mkdir(exist_ok=True)
        for partial in folder.glob(f".*{PARTIAL}"):
            partial.unlink()
    if _identity_at(path) != identity:
        write_whole(path / _RUN, identity.model_dump_json(indent=2) + "\n")


def _check_is_ours(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise UsageError(
            f"{str(path)!r} is no folder.", hint="Name a folder for the results with --out."
        )
    try:
        is_empty = all(
            entry.name == _LOCK or entry.name.endswith(PARTIAL) for entry in path.iterdir()
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
        return RunIdentity.model_validate_json((path / _RUN).read_bytes())
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
    lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
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
    ours = [path / _RUN, path / _GRADEBOOK, path / _INDEX]
    ours += [file for suffix in ("json", "html") for file in (path / _REPORTS).glob(f"*.{suffix}")]
    ours += [*(path / _FEEDBACK).glob("*.html"), *(path / _SOURCES).glob("*.json")]
    for file in ours:
        with writing(file):
            file.unlink(missing_ok=True)


class Gradebook:
    """Writes the results of a batch as they arrive.

    A context manager; leaving it sorts the gradebook.

    Parameters
    ----------
    output
        Where to; closed by its own owner.
    columns
        The criteria of the assignment, in order.
    submissions
        The ids (made safe) of the submissions of this run, finished ones included.
    show_lines
        True if students see file and line of an exception in a hidden criterion.
    clock
        Seconds that only grow, to write the overview at most every 5 s.
    """

    def __init__(  # noqa: PLR0913 - what to write, of what, and two settings
        self,
        output: Output,
        assignment: AssignmentRecord,
        columns: Sequence[Column],
        *,
        submissions: Collection[str] = (),
        show_lines: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = output.path
        self._assignment = assignment
        self._columns = tuple(columns)
        self._show_lines = show_lines
        self._clock = clock
        self._rows = {row.submission: _fitted(row, own, self._columns) for row, own in output.kept}
        self._expected = {*submissions, *self._rows}
        self._next_index_s = clock() + _INDEX_EVERY_S
        self._csv = -1

    def __enter__(self) -> Self:
        """Write the gradebook's kept rows, and open it for more."""
        path = self._path / _GRADEBOOK
        kept = "".join(render_csv_row(row) for row in self._rows.values())
        write_whole(path, render_csv_header(self._columns) + kept)
        with writing(path):
            self._csv = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def batch(self) -> Batch:
        """Return the batch as far as it is known."""
        return Batch(
            self._assignment,
            self._columns,
            tuple(self._rows.values()),
            max(len(self._expected), len(self._rows)),
        )

    def add(self, report: Report, pages: Pages | None = None) -> Row:
        """Write one submission's results to the disk.

        The results are on the disk when this returns.

        Parameters
        ----------
        pages
            What `autograder.report.html.render_pages` made of the report elsewhere; None renders
            here.

        Raises
        ------
        InfrastructureError
            A file could not be written. It is then as it was before.
        """
        name = _checked_name(report.submission.id)
        pages = pages or render_pages(report, show_lines=self._show_lines)
        write_whole(self._path / _SOURCES / f"{name}.json", pages.sources)
        write_whole(self._path / _FEEDBACK / f"{name}.html", pages.feedback_html)
        write_whole(self._path / _REPORTS / f"{name}.html", pages.html)
        row = summarise(report, self._columns)
        record = self._path / _REPORTS / f"{name}.json"
        try:
            write_whole(record, pages.json)
        finally:  # Ctrl-C may come when it is on the disk and before this goes on
            if _holds(record, pages.json):
                self._rows[name] = row
        with writing(self._path / _GRADEBOOK):
            append_line(self._csv, render_csv_row(row))
        if self._clock() >= self._next_index_s:
            self._write_index()
        return row

    def close(self) -> None:
        """Sort the gradebook and write the overview.

        A second call does nothing.
        """
        if self._csv < 0:
            return
        os.close(self._csv)
        self._csv = -1
        self._rows = {row.submission: row for row in sort_rows(self._rows.values())}
        write_whole(self._path / _GRADEBOOK, render_csv(self.batch()))
        self._write_index()

    def _write_index(self) -> None:
        began = self._clock()
        write_whole(
            self._path / _INDEX, render_index_html(self.batch(), written_utc=datetime.now(UTC))
        )
        ended = self._clock()
        self._next_index_s = ended + max(_INDEX_EVERY_S, _INDEX_SHARE * (ended - began))


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _fitted(row: Row, own: Sequence[Column], columns: Sequence[Column]) -> Row:
    """Return a row with its cells in the gradebook's order."""
    if tuple(own) == tuple(columns):
        return row
    place = {column.id: index for index, column in enumerate(own)}
    order = [place.get(column.id) for column in columns]
    return replace(
        row,
        points=tuple(None if index is None else row.points[index] for index in order),
        outcomes=tuple(None if index is None else row.outcomes[index] for index in order),
    )


def _checked_name(name: str) -> str:
    if not name or name.startswith(".") or "/" in name or "\0" in name:
        raise ValueError(
            f"submission.id: expected the stem of a file, got {name!r}: make it with "
            "uploads.names.safe_name()."
        )
    return name
