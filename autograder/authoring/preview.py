"""All reports of an assignment on one page.

A list chooses a subject, and the page shows what the student or staff would see of it.

Each report lies in the page as an inert ``<template>`` and is put on the stage when it is chosen,
so that style, icons and ids are there once. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.authoring.views import View
from autograder.course import Assignment
from autograder.prove.page import KINDS
from autograder.report.feedback import feedback
from autograder.report.html import asset, render_feedback_html, render_html, source_hash, template

__all__ = ["render_preview_html"]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A view with its two bodies."""

    view: View
    student: Markup
    staff: Markup


def render_preview_html(assignment: Assignment, views: Sequence[View]) -> str:
    """Render the preview, for authors.

    Parameters
    ----------
    views
        In the order of the list: reference, template, mutants, variants.
    """
    style, script = asset("base.css", "report.css", "preview.css"), asset("preview.js")
    page = template("preview.html.j2").render(
        style=style,
        style_hash=source_hash(style),
        script=script,
        script_hash=source_hash(script),
        assignment=assignment,
        kinds=KINDS,
        entries=[_entry(assignment, one) for one in views],
        wrong=sum(not one.is_as_stated for one in views),
    )
    return page + "\n"


def _entry(assignment: Assignment, view: View) -> _Entry:
    shown = feedback(view.report, show_lines=assignment.settings.feedback.show_lines)
    return _Entry(view, _body(render_feedback_html(shown)), _body(render_html(view.report)))


def _body(page: str) -> Markup:
    """Return the content of a page's ``main``.

    Texts in it are escaped, so that there is one such element.
    """
    return Markup(page.partition("<main>")[2].rpartition("</main>")[0].strip())  # noqa: S704 - of our own renderers
