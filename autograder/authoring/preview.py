"""All reports of an assignment on one page.

A list chooses a subject, and the page shows what the student or staff would see of it.

Each report lies in the page as an inert ``<template>`` and is put on the stage when it is chosen,
so that style, icons and ids are there once. Nothing is fetched.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue

from markupsafe import Markup

from autograder.course import Assignment, check_mutants, load_accepted, load_mutants
from autograder.prove import Subject, SubjectKind
from autograder.prove.page import KINDS
from autograder.prove.trials import find_subjects, gather_sources
from autograder.records.outcome import Outcome
from autograder.records.report import Report
from autograder.report.feedback import feedback
from autograder.report.html import asset, render_feedback_html, render_html, source_hash, template
from autograder.station import Station, StationSettings, work_in_parallel
from autograder.uploads.find import upload_of
from autograder.uploads.read import Upload

STUDENT = "seed 0"  # whose draws `prove` tries first: what a proof finds is seen here


@dataclass(frozen=True, slots=True)
class SubjectView:
    """One subject with its report.

    For a mutant or variant, it has the source of its definitions.
    """

    about: Subject
    report: Report
    source: str = ""

    @property
    def subject(self) -> str:
        """Its name."""
        return self.about.name

    @property
    def lost(self) -> tuple[str, ...]:
        """Criteria that do not have full marks."""
        return tuple(one.id for one in self.report.criteria if one.points < one.max_points)

    @property
    def is_as_stated(self) -> bool:
        """True if it loses exactly what it must.

        For the template, True if all of it was not attempted or skipped.
        """
        if self.about.kind is SubjectKind.TEMPLATE:
            due = (Outcome.NOT_ATTEMPTED, Outcome.SKIPPED)
            return all(one.outcome in due for one in self.report.criteria)
        return set(self.lost) == set(self.about.loses) and not self.report.problems


Say = Callable[[int, int, str], None]


def find_views(
    settings: StationSettings, *, only: Sequence[str] = (), jobs: int = 1, say: Say | None = None
) -> list[SubjectView]:
    """Grade everything that an assignment comes with.

    Parameters
    ----------
    only
        Names of the subjects to show, all if empty.
    jobs
        Stations side by side.
    say
        Called after each with how many are done, how many there are, and the subject's name.

    Raises
    ------
    CourseError
        The assignment, its rubric, reference or a mutant is not written as it should be.
    """
    plain = replace(settings, sandbox="plain")
    views: dict[str, SubjectView] = {}
    with Station(plain) as station, tempfile.TemporaryDirectory() as scratch:
        assignment = station.assignment
        check_mutants(assignment, load_mutants(assignment), station.criteria)
        subjects = [
            one for one in find_subjects(assignment, station) if not only or one.name in only
        ]
        uploads = _write_uploads(Path(scratch), assignment)
        sources = {
            one.name: one.source for one in (*load_mutants(assignment), *load_accepted(assignment))
        }
        queue: SimpleQueue[Subject] = SimpleQueue()
        for subject in subjects:
            queue.put(subject)

        def drain(own: Station, _: int) -> None:
            with suppress(Empty):
                while True:
                    subject = queue.get_nowait()
                    report = _named(own.grade(uploads[subject.name]).report, subject)
                    views[subject.name] = SubjectView(
                        subject, report, sources.get(subject.name, "")
                    )
                    if say is not None:
                        say(len(views), len(subjects), subject.name)

        work_in_parallel(plain, station, min(jobs, len(subjects)), drain)
        return [views[subject.name] for subject in subjects]


def _write_uploads(folder: Path, assignment: Assignment) -> dict[str, Upload]:
    """Write every subject's files, as a student would hand them in."""
    return {
        name: _write_upload(folder / name, files)
        for name, files in gather_sources(assignment).items()
    }


def _write_upload(folder: Path, files: Mapping[str, str]) -> Upload:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return replace(upload_of(folder), student=STUDENT)


def _named(report: Report, subject: Subject) -> Report:
    """The report under the subject's name, not under that of the draws."""
    record = report.submission.model_copy(
        update={"student": subject.name, "id": subject.name, "received_utc": None}
    )
    return report.model_copy(update={"submission": record})


@dataclass(frozen=True, slots=True)
class _Entry:
    """A view with its two bodies."""

    view: SubjectView
    student: Markup
    staff: Markup


def render_preview_html(assignment: Assignment, views: Sequence[SubjectView]) -> str:
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


def _entry(assignment: Assignment, view: SubjectView) -> _Entry:
    shown = feedback(view.report, show_lines=assignment.settings.feedback.show_lines)
    return _Entry(view, _body(render_feedback_html(shown)), _body(render_html(view.report)))


def _body(page: str) -> Markup:
    """Return the content of a page's ``main``.

    Texts in it are escaped, so that there is one such element.
    """
    # of our own renderers
    return Markup(page.partition("<main>")[2].rpartition("</main>")[0].strip())  # noqa: S704
