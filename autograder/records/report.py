"""The record of one graded submission.

It is a versioned, frozen model, and the JSON that programs read.

Points are integers. What a criterion earned is rounded once, to hundredths, half away from zero
(`earned_points`): 1 of 3 cases of a criterion of 5 points earn 1.67. The score is the exact sum of
these: it can be added up by hand.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    computed_field,
    model_validator,
)

from autograder.records.evidence import Evidence
from autograder.records.outcome import CauseKind, Fault, Outcome, Status, Strength
from autograder.records.text import json_text, stored_text

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA_VERSION = 1
_HUNDREDTH = Decimal("0.01")
_STATED = ("score", "max_score")


def earned_points(max_points: int, fraction: float) -> float:
    """Compute a criterion's points, rounded to hundredths.

    This is the only place where a score is rounded.

    Parameters
    ----------
    max_points
        What the criterion is worth.
    fraction
        The share that was earned, 0 to 1.

    Raises
    ------
    ValueError
        The fraction is not a number from 0 to 1.
    """
    if not 0.0 <= fraction <= 1.0:
        raise ValueError(f"fraction: expected a number from 0 to 1, got {fraction!r}.")
    exact = Decimal(repr(fraction)) * max_points
    return float(exact.quantize(_HUNDREDTH, ROUND_HALF_UP))


def total_points(points: Iterable[float]) -> float:
    """Add up points that are hundredths each, exactly."""
    return sum(round(100 * value) for value in points) / 100


def status_of(outcomes: Iterable[Outcome]) -> Status:
    """Derive a graded submission's status from its criteria's outcomes."""
    graded = {outcome is not Outcome.UNGRADED for outcome in outcomes}
    if graded == {True}:
        return Status.GRADED
    return Status.PARTLY_GRADED if graded == {True, False} else Status.UNGRADED


def _hundredths(value: float) -> float:
    if round(value, 2) != value:
        raise ValueError(
            f"expected hundredths of a point, got {value!r}: round with earned_points()"
        )
    return value


def _bounded(limit: int) -> BeforeValidator:
    return BeforeValidator(
        lambda value: stored_text(value, limit) if isinstance(value, str) else value
    )


Label = Annotated[str, _bounded(500)]
Body = Annotated[str, _bounded(6_000)]
# 8 KiB of the beginning, 8 KiB of the end, and the line between
Captured = Annotated[str, _bounded(17_000)]
Points = Annotated[float, Field(ge=0), AfterValidator(_hundredths)]
Seconds = Annotated[float, Field(ge=0)]


class Model(BaseModel):
    """Frozen data without unknown keys, in which every number is finite."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,
    )


class AssignmentRecord(Model):
    """What was graded; ``digest`` covers rubric, reference and data."""

    id: Label
    title: Label
    digest: Label
    max_points: Annotated[int, Field(ge=0)]


class SubmittedFile(Model):
    """A file that was graded.

    Attributes
    ----------
    name
        As the student called it.
    declared
        The declared file that it was taken for, where that is called otherwise.
    """

    name: Label
    declared: Label = ""


class Cause(Model):
    """One reason why a submission was not taken whole, for staff to count over a batch.

    Attributes
    ----------
    subject
        The package, limit, exception or file; `CauseKind` says which.
    """

    kind: CauseKind
    subject: Label = ""


class SubmissionRecord(Model):
    """What was handed in.

    Attributes
    ----------
    student
        The id as the course knows it, with its accents, dots and spaces.
    id
        The id made safe: the stem of this submission's files in an output; unique in a batch.
    shapes
        Of its statements but the template's, 32 bits each: by them a batch finds submissions that
        are alike.
    """

    student: Label
    id: Label
    digest: Label
    files: tuple[SubmittedFile, ...] = ()
    shapes: tuple[Annotated[int, Field(ge=0, lt=1 << 32)], ...] = ()
    received_utc: AwareDatetime | None = None


class Frame(Model):
    """One line of a traceback, in a file of the submission.

    Attributes
    ----------
    is_tested
        The line stands in the source, holds code, and lies inside a function under test. Everything
        else in a frame is what the submission says.
    """

    file: Label
    line: int | None = None
    function: Label = ""
    source: Label = ""
    is_tested: bool = False


class ExceptionRecord(Model):
    """What a submission raised; ``builtin`` is the nearest builtin class where ``type`` is none."""

    type: Label
    text: Body = ""
    frames: Annotated[tuple[Frame, ...], Field(max_length=100)] = ()
    builtin: Label | None = None


class Output(Model):
    """What was printed: the beginning and the end of each stream."""

    stdout: Captured = ""
    stderr: Captured = ""

    def __bool__(self) -> bool:
        return bool(self.stdout or self.stderr)


class Criterion(Model):
    """What became of one criterion.

    Attributes
    ----------
    cause
        What it uses that was not loaded, found without anything that was said while it ran.
    kind
        The sort of failure in a word or two, by the rubric: all that a student sees of a hidden
        criterion's message.
    duration_s
        Wall time of the criterion, examiner included [s].
    cpu_s
        CPU time of the candidate, measured from outside [s].
    checks
        How many checks ran.
    cases, cases_passed
        How many cases share the points, and how many of them passed.
    testimony
        The criterion rests on what was observed inside the candidate, which a student could fake.
    has_provided
        Functions of the reference stood in for the student's, whose answers the submission could
        tell.
    """

    id: Label
    exercise: Label
    exercise_title: Label = ""
    title: Label
    points: Points
    max_points: Annotated[int, Field(ge=0)]
    outcome: Outcome
    fault: Fault | None = None
    public: bool = False
    message: Body = ""
    cause: Body = ""
    kind: Label | None = None
    hint: Body = ""
    duration_s: Seconds = 0.0
    cpu_s: Seconds = 0.0
    peak_memory_mib: Annotated[float, Field(ge=0)] | None = None
    output: Output = Output()
    exception: ExceptionRecord | None = None
    evidence: Evidence | None = None
    notes: tuple[Body, ...] = ()
    checks: Annotated[int, Field(ge=0)] = 0
    cases: Annotated[int, Field(ge=1)] = 1
    cases_passed: Annotated[int, Field(ge=0)] = 0
    testimony: bool = False
    has_provided: bool = False

    @model_validator(mode="after")
    def _check_points(self) -> Self:
        if self.points > self.max_points:
            raise ValueError(f"{self.id}: earned {self.points} of {self.max_points} points.")
        if self.outcome is Outcome.PASSED and self.points != self.max_points:
            raise ValueError(
                f"{self.id}: passed, but earned {self.points} of {self.max_points} points."
            )
        if self.points and self.outcome not in (Outcome.PASSED, Outcome.PARTIAL):
            raise ValueError(f"{self.id}: {self.outcome}, but earned {self.points} points.")
        return self

    @model_validator(mode="after")
    def _check_fault(self) -> Self:
        if self.outcome is Outcome.PASSED:
            is_right = self.fault is None
        elif self.outcome is Outcome.UNGRADED:
            is_right = self.fault in (Fault.RUBRIC, Fault.INFRASTRUCTURE)
        else:
            is_right = self.fault is Fault.SUBMISSION
        if not is_right:
            raise ValueError(f"{self.id}: the fault of {self.outcome} cannot be {self.fault}.")
        return self


class LimitRecord(Model):
    """One limit of a candidate and how strongly this machine applied it."""

    value: float
    unit: Label
    strength: Strength


class Environment(Model):
    """Where a submission was graded: what its result may depend on."""

    sandbox: Label
    image: Label | None = None
    python: Label
    numpy: Label
    tensorflow: Label | None = None
    keras: Label | None = None
    gpu: Label | None = None
    platform: Label = ""
    threads: Annotated[int, Field(ge=1)] = 1
    onednn: bool = False
    limits: dict[Label, LimitRecord] = Field(default_factory=dict)


class Report(Model):
    """Everything about one submission, for staff.

    `autograder.report.feedback` says what of it students see. ``score`` and
    ``max_score`` follow from the criteria; a file that states others is refused.

    Attributes
    ----------
    seed
        The fingerprint of the course secret, never the secret.
    stdout, stderr
        What the submission printed while it was loaded.
    flags
        What staff should look at, such as an attempt to leave the sandbox; students do not see it.
    notes
        What happened to the files on the way in ("cell 3 raised NameError").
    reasons
        Why what was handed in was not loaded whole, root causes first; said once, however many
        criteria it costs.
    causes
        The same and the like in a form that can be counted over a batch; students do not see it.
    problems
        Why the submission was rejected, or why nothing of it could be graded.
    attempts
        How often it was tried, because the machine failed in between.
    """

    schema_version: Annotated[int, Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    assignment: AssignmentRecord
    submission: SubmissionRecord
    status: Status
    criteria: tuple[Criterion, ...] = ()
    environment: Environment
    seed: Label
    grader_version: Label
    stdout: Captured = ""
    stderr: Captured = ""
    flags: tuple[Body, ...] = ()
    notes: tuple[Body, ...] = ()
    reasons: tuple[Body, ...] = ()
    causes: tuple[Cause, ...] = ()
    problems: tuple[Body, ...] = ()
    attempts: Annotated[int, Field(ge=1)] = 1
    started_utc: AwareDatetime
    duration_s: Seconds = 0.0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def score(self) -> float:
        """Points earned, to hundredths; what was not graded has earned nothing yet."""
        return total_points(criterion.points for criterion in self.criteria)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def max_score(self) -> float:
        """Points that can be earned."""
        return float(self.assignment.max_points)

    def to_json(self) -> str:
        """Render the report as JSON.

        It is one object with a final line feed. The same report gives the same bytes.
        """
        return json_text(self.model_dump_json()) + "\n"

    @model_validator(mode="wrap")
    @classmethod
    def _check_score(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, dict):
            return handler(data)
        report = handler({key: value for key, value in data.items() if key not in _STATED})
        for name in _STATED:
            stated, derived = data.get(name), getattr(report, name)
            if name in data and not (
                isinstance(stated, int | float) and math.isclose(stated, derived, abs_tol=1e-9)
            ):
                raise ValueError(
                    f"{name}: the criteria add up to {derived!r}, the report states {stated!r}."
                )
        return report

    @model_validator(mode="after")
    def _check_status(self) -> Self:
        if self.status is Status.REJECTED:
            if not self.problems:
                raise ValueError("a rejected submission needs a problem that says why.")
        elif self.status is not (
            expected := status_of(criterion.outcome for criterion in self.criteria)
        ):
            raise ValueError(f"status: expected {expected}, from the criteria, got {self.status}.")
        return self

    @model_validator(mode="after")
    def _check_criteria(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        if len(set(ids)) < len(ids):
            raise ValueError("two criteria have the same id.")
        total = sum(criterion.max_points for criterion in self.criteria)
        if self.criteria and total != self.assignment.max_points:
            expected = self.assignment.max_points
            raise ValueError(
                f"max_points: the criteria add up to {total}, the assignment to {expected}."
            )
        return self
