"""One criterion graded again with the same inputs.

This settles a dispute about one submission.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course import load_assignment
from autograder.course.problems import did_you_mean
from autograder.course.seeds import load_secret
from autograder.errors import UsageError
from autograder.grading.folder import find_graded
from autograder.records.criterion import CriterionRecord
from autograder.records.outcome import Status
from autograder.records.report import Criterion, Report
from autograder.sandbox.seam import DEFAULT_IMAGE
from autograder.station import Station, StationSettings
from autograder.station.reading import ReadSubmission


@dataclass(frozen=True, slots=True)
class Replay:
    """The result of a replay.

    Attributes
    ----------
    graded
        The criterion as the report has it.
    record
        The criterion now, with its trace.
    """

    student: str
    graded: Criterion
    record: CriterionRecord

    @property
    def agrees(self) -> bool:
        """True if the outcome is the graded one."""
        return self.graded.outcome is self.record.outcome


def _hint(criterion: str, report: Report) -> str | None:
    known = [one.id for one in report.criteria]
    return did_you_mean(criterion, known, f"Criteria: {', '.join(known)}.") if known else None


def _nothing_to_replay(student: str, report: Report) -> UsageError:
    became = "was rejected" if report.status is Status.REJECTED else "was not graded"
    reason, _, hint = next(iter(report.problems), "").partition(" Hint: ")
    why = f": {reason}" if reason else "."
    return UsageError(
        f"{student!r} {became}, so that there is nothing to replay{why}", hint=hint or None
    )


def replay_criterion(  # noqa: PLR0913 - where the results lie, of whom, and where to look
    out: Path,
    student: str,
    criterion: str,
    *,
    course: Path,
    secret_file: Path,
    values: Path | None,
    sandbox: str = "auto",
    image: str = DEFAULT_IMAGE,
    runtime: str = "",
    gpu: str = "auto",
) -> Replay:
    """Run one criterion again on a student's graded sources.

    An output holds them.

    Parameters
    ----------
    sandbox, image, runtime, gpu
        As of `StationSettings`.
    values
        Folder for inputs, answers, expected values and differences, one ``.npz`` per step.

    Raises
    ------
    UsageError
        The output has no such student or criterion, nothing of the student was graded, or it
        belongs to another secret or version of the assignment.
    """
    identity, report, sources = find_graded(out, student)
    if not report.criteria:
        raise _nothing_to_replay(student, report)
    graded = next((one for one in report.criteria if one.id == criterion), None)
    if graded is None:
        raise UsageError(
            f"{student!r} has no criterion {criterion!r}.", hint=_hint(criterion, report)
        )
    secret = load_secret(secret_file)
    assignment = load_assignment(course, identity.assignment)
    if secret.fingerprint != identity.secret:
        raise UsageError(
            f"{str(out)!r} was graded with the secret {identity.secret}, {str(secret_file)!r} "
            f"holds {secret.fingerprint}.",
            hint="Name the right one with --secret-file.",
        )
    if assignment.digest != identity.assignment_digest:
        raise UsageError(
            f"{assignment.id!r} has changed since {str(out)!r} was graded, so the inputs would be "
            "others.",
            hint="Check the version of the course out that graded it.",
        )
    if values is not None:
        values.mkdir(parents=True, exist_ok=True)
    settings = StationSettings(
        course, assignment.id, secret, sandbox, image=image, runtime=runtime, gpu=gpu
    )
    with Station(settings) as station:
        request = station.request(
            report.submission.student, ReadSubmission.from_json(json.loads(sources))
        )
        folder = None if values is None else values.resolve()
        request = replace(station.alone(request, [criterion]), is_traced=True, values=folder)
        return Replay(report.submission.student, graded, station.examine(request)[criterion])
