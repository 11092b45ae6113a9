"""The seam between a run of grading and its results.

A run asks what is finished, and adds what is new. `autograder.grading.folder` is one place: a
folder of files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict

from autograder.records.report import AssignmentRecord, Report
from autograder.report.html import Pages
from autograder.report.summary import Batch, CriterionColumn, Row


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


class ResultStore(Protocol):
    """The results of one assignment, open for one run.

    A context manager. Leaving it lets other runs in.

    Attributes
    ----------
    path
        The place, as the user named it.
    unreadable
        Records that could not be read. Their submissions count as not done.
    """

    path: Path
    unreadable: list[Path]

    def finished(self) -> dict[str, str]:
        """Return the digest of each student's finished upload.

        A student has none who needs another try, who was graded by another version of the
        grader, or who has several submissions.
        """
        ...

    def rejected(self) -> set[str]:
        """Return the students whose uploads were rejected."""
        ...

    def open_book(
        self,
        assignment: AssignmentRecord,
        columns: Sequence[CriterionColumn],
        *,
        submissions: Sequence[str],
        show_lines: bool,
    ) -> ResultBook:
        """Open the results for writing.

        Parameters
        ----------
        columns
            The criteria of the assignment, in order.
        submissions
            The ids of the submissions of this run, finished ones included.
        show_lines
            True if students see file and line of an exception in a hidden criterion.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class ResultBook(Protocol):
    """The results of a run while it adds to them.

    A context manager. What was added is kept however it is left.
    """

    @property
    def overview(self) -> Path:
        """The page to open in a browser."""
        ...

    def add(self, report: Report, pages: Pages | None = None) -> Row:
        """Keep one submission's report, whole or not at all.

        The report is kept when this returns.

        Parameters
        ----------
        pages
            The report rendered elsewhere; None renders it here.

        Raises
        ------
        InfrastructureError
            The report could not be kept. What was there before is unchanged.
        """
        ...

    def batch(self) -> Batch:
        """Return the batch as far as it is known."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
