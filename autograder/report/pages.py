"""The files that are written of one submission.

They are texts, rendered together, so that a worker can do it beside the driver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from autograder.report.feedback import feedback
from autograder.report.html import render_feedback_html, render_html

if TYPE_CHECKING:
    from autograder.records.report import Report


@dataclass(frozen=True, slots=True)
class Pages:
    """The texts of one submission's files.

    They are the report as JSON and as a page for staff, the student's page, and the graded sources,
    for a replay.
    """

    json: str
    html: str
    feedback_html: str
    sources: str = "{}"


def render_pages(report: Report, *, show_lines: bool, sources: str = "{}") -> Pages:
    """Render one submission's files in an output.

    The pages have links to each other.

    Parameters
    ----------
    show_lines
        See `autograder.report.feedback.feedback`.
    sources
        What the reader made of the submission, as JSON.
    """
    student_page = f"../feedback/{quote(report.submission.id)}.html"
    return Pages(
        json=report.to_json(),
        html=render_html(report, index_href="../index.html", feedback_href=student_page),
        feedback_html=render_feedback_html(feedback(report, show_lines=show_lines)),
        sources=sources,
    )
