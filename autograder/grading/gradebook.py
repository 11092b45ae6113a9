"""Writes a batch's results into a folder as they arrive."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from autograder.grading.durable import append_line, write_whole, writing
from autograder.records.report import Report
from autograder.report.html import Pages, render_pages
from autograder.report.index import render_index_html
from autograder.report.summary import Batch, CriterionColumn, Row, sort_rows, summarise
from autograder.report.table import render_csv, render_csv_header, render_csv_row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path
    from types import TracebackType

    from autograder.records.report import AssignmentRecord


GRADEBOOK, INDEX = "gradebook.csv", "index.html"
REPORTS, FEEDBACK, SOURCES = "reports", "feedback", "sources"
_INDEX_EVERY_S = 5.0
# between two overviews pass at least this many times what the last one took: 1 % at most
_INDEX_SHARE = 100.0


class Gradebook:
    """Writes the results of a batch as they arrive.

    A context manager; leaving it sorts the gradebook.

    Parameters
    ----------
    path
        The folder.
    kept
        The rows that are there, with the criteria that their cells belong to.
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
        path: Path,
        kept: Iterable[tuple[Row, tuple[CriterionColumn, ...]]],
        assignment: AssignmentRecord,
        columns: Sequence[CriterionColumn],
        *,
        submissions: Collection[str] = (),
        show_lines: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._assignment = assignment
        self._columns = tuple(columns)
        self._show_lines = show_lines
        self._clock = clock
        self._rows = {row.submission: _fitted(row, own, self._columns) for row, own in kept}
        self._expected = {*submissions, *self._rows}
        self._next_index_s = clock() + _INDEX_EVERY_S
        self._csv = -1

    def __enter__(self) -> Self:
        """Write the gradebook's kept rows, and open it for more."""
        path = self._path / GRADEBOOK
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

    @property
    def overview(self) -> Path:
        """The page to open in a browser."""
        return self._path / INDEX

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
        write_whole(self._path / SOURCES / f"{name}.json", pages.sources)
        write_whole(self._path / FEEDBACK / f"{name}.html", pages.feedback_html)
        write_whole(self._path / REPORTS / f"{name}.html", pages.html)
        row = summarise(report, self._columns)
        record = self._path / REPORTS / f"{name}.json"
        try:
            write_whole(record, pages.json)
        finally:  # Ctrl-C may come when it is on the disk and before this goes on
            if _holds(record, pages.json):
                self._rows[name] = row
        with writing(self._path / GRADEBOOK):
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
        write_whole(self._path / GRADEBOOK, render_csv(self.batch()))
        self._write_index()

    def _write_index(self) -> None:
        began = self._clock()
        write_whole(
            self._path / INDEX, render_index_html(self.batch(), written_utc=datetime.now(UTC))
        )
        ended = self._clock()
        self._next_index_s = ended + max(_INDEX_EVERY_S, _INDEX_SHARE * (ended - began))


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _fitted(row: Row, own: Sequence[CriterionColumn], columns: Sequence[CriterionColumn]) -> Row:
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
