"""Reports and feedback as self-contained HTML pages.

These are pure functions from a model to text.

A page fetches nothing: style and pictures are inside, and a Content-Security-Policy that allows
exactly this style (and, for the overview, exactly this script) by its hash forbids the rest,
whatever a submission puts into a message. Every value that a template prints is cleaned by
`page_text` and escaped by Jinja2; nothing else is marked safe.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from autograder.records.outcome import Outcome, Status
from autograder.records.text import page_line, page_text
from autograder.report import words
from autograder.report.feedback import feedback
from autograder.report.pictures import error_map, error_scale, value_tables
from autograder.report.sections import has_full_marks, losses_of, notes_of, reasons_of, sections_of

if TYPE_CHECKING:
    from autograder.records.report import Report
    from autograder.report.feedback import Feedback


_BRIEF = 220  # characters of what is said of a submission in a list
TEMPLATES = Path(__file__).with_name("templates")


def render_html(
    report: Report, *, index_href: str | None = None, feedback_href: str | None = None
) -> str:
    """Render everything about a submission, for staff.

    Parameters
    ----------
    index_href
        Where the overview of the batch lies, as seen from this page; None leaves the link out.
    feedback_href
        Where the student's page lies, likewise.
    """
    return _page(
        "report.html.j2",
        "report.css",
        report=report,
        is_staff=True,
        index_href=index_href,
        feedback_href=feedback_href,
    )


def render_feedback_html(feedback: Feedback) -> str:
    """Render a student's view of a submission."""
    return _page(
        "report.html.j2",
        "report.css",
        report=feedback,
        is_staff=False,
        index_href=None,
        feedback_href=None,
    )


def template(name: str) -> Template:
    """Get one of the package's templates, compiled once."""
    return _environment().get_template(name)


def code_spans(text: str) -> Markup:
    """Clean and escape a text, and mark its code.

    Code stands between backticks.
    """
    parts = page_text(text).split("`")
    if len(parts) % 2 == 0:
        return escape(page_text(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def clipped(text: str, length: int) -> str:
    """Cut a text to a length.

    A cut name between backticks keeps its closing backtick.
    """
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    return f"{kept}\u2026{'`' if kept.count('`') % 2 else ''}"


def brief_code_spans(text: str) -> Markup:
    """Set a text for a list.

    It is on one line and not too long, with code as code.
    """
    return code_spans(clipped(page_line(text), _BRIEF))


@cache
def asset(*names: str) -> Markup:
    """Read our own style sheets or scripts in order.

    Each begins and ends without white space.
    """
    text = "\n".join((TEMPLATES / name).read_text(encoding="utf-8").strip() for name in names)
    return Markup(text)  # noqa: S704 - files of the package, no foreign text


@cache
def source_hash(text: Markup) -> str:
    """Name a style or script as a Content-Security-Policy does."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _page(name: str, style: str, **values: Any) -> str:
    css = asset("base.css", style)
    return (
        template(name).render(style=css, style_hash=source_hash(css), script=None, **values) + "\n"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
        auto_reload=False,
    )
    environment.filters |= {
        "line": page_line,
        "ticks": code_spans,
        "brief": brief_code_spans,
        "points": words.points_text,
        "number": words.number_text,
        "duration": words.duration_text,
        "instant": words.instant_text,
        "clock": words.clock_text,
        "kind": words.kind_text,
        "shape": words.shape_text,
    }
    environment.globals |= {
        "OUTCOMES": words.OUTCOME_WORDS,
        "STATUSES": words.STATUS_WORDS,
        "FAULTS": words.FAULT_WORDS,
        "Outcome": Outcome,
        "Status": Status,
        "count": words.count_text,
        "reasons_of": reasons_of,
        "sections_of": sections_of,
        "losses_of": losses_of,
        "notes_of": notes_of,
        "has_full_marks": has_full_marks,
        "error_map": error_map,
        "error_scale": error_scale,
        "value_tables": value_tables,
    }
    return environment


def _cleaned(value: Any) -> Any:
    """Clean a value that a template is about to print.

    Markup is our own and stays.
    """
    if isinstance(value, str) and not isinstance(value, Markup):
        return page_text(value)
    return value


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
