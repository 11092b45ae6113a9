"""Grades an assignment's own solutions as submissions.

All of them are trusted code of the course, so there are no walls.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue

from autograder.course import Assignment, check_mutants, load_accepted, load_mutants
from autograder.prove import Subject, SubjectKind
from autograder.prove.trials import find_sources, find_subjects
from autograder.records.outcome import Outcome
from autograder.records.report import Report
from autograder.station import Station, StationSettings, work_beside
from autograder.uploads.find import Upload, upload_of

__all__ = ["View", "find_views"]

STUDENT = "seed 0"  # whose draws `prove` tries first: what a proof finds is seen here


@dataclass(frozen=True, slots=True)
class View:
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
) -> list[View]:
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
    views: dict[str, View] = {}
    with Station(plain) as station, tempfile.TemporaryDirectory() as scratch:
        assignment = station.assignment
        check_mutants(assignment, load_mutants(assignment), station.criteria)
        subjects = [one for one in find_subjects(assignment, station) if not only or one.name in only]
        uploads = _write_uploads(Path(scratch), assignment)
        sources = {one.name: one.source for one in (*load_mutants(assignment), *load_accepted(assignment))}
        queue: SimpleQueue[Subject] = SimpleQueue()
        for subject in subjects:
            queue.put(subject)

        def drain(own: Station, _: int) -> None:
            with suppress(Empty):
                while True:
                    subject = queue.get_nowait()
                    report = _named(own.grade(uploads[subject.name]).report, subject)
                    views[subject.name] = View(subject, report, sources.get(subject.name, ""))
                    if say is not None:
                        say(len(views), len(subjects), subject.name)

        work_beside(plain, station, min(jobs, len(subjects)), drain)
        return [views[subject.name] for subject in subjects]


def _write_uploads(folder: Path, assignment: Assignment) -> dict[str, Upload]:
    """Write every subject's files, as a student would hand them in."""
    return {name: _write_upload(folder / name, files) for name, files in find_sources(assignment).items()}


def _write_upload(folder: Path, files: Mapping[str, str]) -> Upload:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return replace(upload_of(folder), student=STUDENT)


def _named(report: Report, subject: Subject) -> Report:
    """The report under the subject's name, not under that of the draws."""
    record = report.submission.model_copy(update={"student": subject.name, "id": subject.name, "received_utc": None})
    return report.model_copy(update={"submission": record})
