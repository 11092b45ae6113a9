"""A batch as CSV and as JSON.

These are pure functions from rows to text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from autograder.records.criterion import Data
from autograder.records.outcome import Status
from autograder.records.text import csv_cell, json_text
from autograder.report.similarity import find_similar_submissions
from autograder.report.summary import count_subjects, sort_rows
from autograder.report.words import points_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.report.summary import Batch, CriterionColumn, Row

_LEADING = ("student", "submission", "status", "score", "max_score")


def render_csv_header(columns: Sequence[CriterionColumn]) -> str:
    """Render the first line of a gradebook, with its line feed."""
    return _line([*_LEADING, *(csv_cell(column.id) for column in columns)])


def render_csv_row(row: Row) -> str:
    """Render one line of a gradebook, with its line feed.

    The score is empty where there is none: a submission that was not graded has not earned zero
    points. That of a rejected one is 0. A criterion's cell is empty where it was not graded or does
    not exist.
    """
    return _line(
        [
            csv_cell(row.student),
            csv_cell(row.submission),
            row.status.value,
            points_text(row.score) if row.status is not Status.UNGRADED else "",
            points_text(row.max_score),
            *("" if points is None else points_text(points) for points in row.points),
        ]
    )


def render_csv(batch: Batch) -> str:
    """Render a gradebook, sorted by student."""
    return render_csv_header(batch.columns) + "".join(
        render_csv_row(row) for row in sort_rows(batch.rows)
    )


def render_batch_json(batch: Batch) -> str:
    """Render a batch as JSON for programs.

    It is one object with a final line feed.
    """
    rows = sort_rows(batch.rows)
    content = {
        "schema_version": 1,
        "assignment": batch.assignment.model_dump(),
        "total": batch.total,
        "submissions": [_submission(row, batch.columns) for row in rows],
        "causes": [
            {
                "kind": kind.value,
                "subject": subject.name,
                "submissions": [row.submission for row in subject.rows],
            }
            for kind, subjects in count_subjects(rows).items()
            for subject in subjects
        ],
        "similar": [
            {
                "submissions": [row.submission for row in group.rows],
                "shared": group.shared,
                "share": round(group.share, 3),
            }
            for group in find_similar_submissions(batch.rows)
        ],
    }
    return json_text(json.dumps(content, ensure_ascii=False)) + "\n"


def _submission(row: Row, columns: Sequence[CriterionColumn]) -> Data:
    return {
        "student": row.student,
        "submission": row.submission,
        "digest": row.digest,
        "status": row.status.value,
        "score": row.score,
        "max_score": row.max_score,
        "why": row.why,
        "flags": list(row.flags),
        "causes": [{"kind": kind.value, "subject": subject} for kind, subject in row.causes],
        "criteria": {
            column.id: {"outcome": outcome.value, "points": points}
            for column, outcome, points in zip(columns, row.outcomes, row.points, strict=True)
            if outcome is not None
        },
    }


def _line(cells: Sequence[str]) -> str:
    return ",".join(cells) + "\n"
