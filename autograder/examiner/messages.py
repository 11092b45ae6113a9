"""The messages between a station, its examiner and exams.

The exams are forked off the examiner.

Each is JSON on a post, and beside some of them go descriptors. A station asks its examiner::

    Collect               once: load a rubric and its reference
    Examine               fork an exam; with its end of a post
    Reap                  wait for a fork that has ended

which answers `Broken` or `Collected`, `ExamForked` (with a descriptor of the process) and `Reaped`.
An exam gets an `ExamRequest` first. From then on it speaks: `Begin`, `Loaded`, `SubmissionLoaded`,
`HandIn` and `Done` want no answer; `Prepare` (with the other ends of a candidate's channel and
output) wants none before `HandOver`. What wants one:

====================  ==================
``HandOver``          ``HandedOver``
``EndCandidate``      ``Ended``
``DismissCandidate``  ``Ended``
``Experiment``        ``Experimented``
``CheckGpu``          ``GpuChecked``
====================  ==================

or `Refused`, where the machine could not do it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import Base64Bytes, ConfigDict, TypeAdapter, ValidationError

from autograder.course import CriterionInfo
from autograder.examiner.context import Sources
from autograder.examiner.message_socket import MessageSocket, MessageSocketError, close_all
from autograder.inside.messages import op_of
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import Fault
from autograder.remote.bounds import Cost
from autograder.sandbox.seam import Ending

Kind = Literal["submission", "reference"]


@dataclass(frozen=True, slots=True)
class CandidateNeeds:
    """A criterion's need of a candidate.

    Attributes
    ----------
    cpu_s
        CPU time it may use [s].
    is_shared
        True if it goes on after the criterion.
    gpu
        True if it has a GPU.
    """

    frameworks: bool
    kind: Kind
    cpu_s: float
    is_shared: bool = False
    gpu: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceFacts:
    """Facts from the reference's own run of a criterion.

    Attributes
    ----------
    checks
        How many checks ran in each case.
    objects
        What was answered with objects that stay in the candidate: anything else has to be answered
        with a value.
    answers
        What `is_close` answered in each case.
    cost
        What the criterion has cost the examiner.
    """

    checks: tuple[int, ...] = ()
    objects: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    cost: Cost = field(default_factory=Cost)

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> ReferenceFacts:
        """Return the facts that an exam needs.

        They are among those that the station has as JSON.
        """
        lists = {
            name: tuple(shown[name]) for name in ("checks", "objects", "answers") if name in shown
        }
        return cls(**lists, cost=Cost(*shown.get("cost", ())))

    def due(self, case: int) -> int:
        """Return the number of checks that a case must make.

        There are as many as the reference's case made, and one at least.
        """
        return max(1, self.checks[case]) if case < len(self.checks) else 1

    def answered_otherwise(self, case: int, answers: str) -> bool:
        """Return True if answers differ from the reference's.

        They are compared as far as the submission's go.
        """
        own = self.answers[case] if case < len(self.answers) else ""
        return not own.startswith(answers)


@dataclass(frozen=True, slots=True)
class ExamRequest:
    """The station's request of one exam.

    Attributes
    ----------
    key
        The student's key for this assignment, from which every draw is derived.
    kind
        Who is examined: the submission, or the reference behind the same wire.
    sources
        What the reader made of the upload.
    unattempted
        Functions of the submission with the template's syntax tree.
    needs_frameworks
        True if the submission imports a framework while it loads.
    criteria
        Which criteria run; None for all.
    earned
        Criteria that earned full marks in an exam that this one continues.
    ungraded
        Criteria that could not be graded in such an exam, and whose fault that was.
    is_continued
        True if criteria of the submission have run in an exam before this one.
    callback_s
        CPU time that functions of the grader may take for a submission at most, per criterion [s];
        None at home, where nothing that a submission costs is bounded.
    patience
        How many times its wall time a candidate is waited for, on a machine that has other things
        to do.
    baseline
        What the reference's own run showed of each criterion.
    order
        In which order they run; empty for the rubric's.
    stops_at_loss
        True if the first criterion that is lost ends the exam.
    cpu_s
        Per criterion, CPU time in place of the rubric's own limit [s].
    is_traced
        True if calls and comparisons are kept, for a replay.
    values
        Folder into which a replay writes the values.
    load_slack
        How many times the limit on loading the station allows.
    waiting_s
        How long the submission may wait in all its criteria, on an idle machine [s]; the station
        keeps it.
    """

    key: Base64Bytes
    kind: Kind
    sources: Sources
    unattempted: frozenset[str] = frozenset()
    needs_frameworks: bool = False
    criteria: frozenset[str] | None = None
    earned: frozenset[str] = frozenset()
    baseline: Mapping[str, ReferenceFacts] = field(default_factory=dict)
    ungraded: Mapping[str, Fault] = field(default_factory=dict)
    is_continued: bool = False
    callback_s: float | None = None
    patience: float = 1.0
    order: tuple[str, ...] = ()
    stops_at_loss: bool = False
    cpu_s: Mapping[str, float] = field(default_factory=dict)
    is_traced: bool = False
    values: Path | None = None
    load_slack: float = 1.0
    waiting_s: float = math.inf


class _Message:
    __pydantic_config__ = ConfigDict(extra="forbid")


# a station and its examiner -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Collect(_Message):
    """Load an assignment's rubric and reference.

    The time for it is bounded [s].
    """

    course: str
    assignment: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Broken(_Message):
    """The course is wrong."""

    message: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class Collected(_Message):
    """The rubric has these criteria, in order."""

    criteria: tuple[CriterionInfo, ...]


@dataclass(frozen=True, slots=True)
class Examine(_Message):
    """Fork an exam."""


@dataclass(frozen=True, slots=True)
class ExamForked(_Message):
    """An exam was forked.

    It has this number until it is reaped.
    """

    pid: int


@dataclass(frozen=True, slots=True)
class Reap(_Message):
    """Wait for an exam that has ended."""

    pid: int


@dataclass(frozen=True, slots=True)
class Reaped(_Message):
    """An exam has ended with this wait status."""

    pid: int
    status: int


# what an exam tells -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin(_Message):
    """A criterion and its deadline begin.

    Attributes
    ----------
    timeout_s
        CPU time of its candidate [s].
    """

    criterion: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Loaded(_Message):
    """A candidate has loaded.

    From now on its time is the criterion's.
    """

    candidate: int


@dataclass(frozen=True, slots=True)
class SubmissionLoaded(_Message):
    """A record of the submission's first load.

    The exam may not come to its end.
    """

    loading: LoadingRecord


@dataclass(frozen=True, slots=True)
class HandIn(_Message):
    """The record of the criterion that was begun."""

    record: CriterionRecord


@dataclass(frozen=True, slots=True)
class Done(_Message):
    """The exam is over."""

    loading: LoadingRecord | None


# what an exam asks, and the answers ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepare(_Message):
    """Begin to make a candidate.

    A candidate that was prepared before is not wanted.
    """

    need: CandidateNeeds


@dataclass(frozen=True, slots=True)
class HandOver(_Message):
    """Wait until the prepared candidate's walls stand."""


@dataclass(frozen=True, slots=True)
class HandedOver(_Message):
    """The candidate has this number."""

    candidate: int


@dataclass(frozen=True, slots=True)
class EndCandidate(_Message):
    """End a candidate, for a limit if for one."""

    candidate: int
    limit: str | None


@dataclass(frozen=True, slots=True)
class DismissCandidate(_Message):
    """End a candidate, and go on meanwhile."""

    candidate: int


@dataclass(frozen=True, slots=True)
class Ended(_Message):
    """The end of a candidate."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class Experiment(_Message):
    """Ask the reference a criterion, with the same draws."""

    criterion: str


@dataclass(frozen=True, slots=True)
class Experimented(_Message):
    """The reference's record of the criterion."""

    record: CriterionRecord


@dataclass(frozen=True, slots=True)
class CheckGpu(_Message):
    """Try the GPU with a candidate that loads nothing."""

    kind: Kind
    frameworks: bool


@dataclass(frozen=True, slots=True)
class GpuChecked(_Message):
    """The GPU's problem, or None."""

    problem: str | None


@dataclass(frozen=True, slots=True)
class Refused(_Message):
    """The machine could not do its part."""

    error: str


Message = (
    Collect | Broken | Collected | Examine | ExamForked | Reap | Reaped | ExamRequest
    | Begin | Loaded | SubmissionLoaded | HandIn | Done
    | Prepare | HandOver | HandedOver | EndCandidate | DismissCandidate | Ended
    | Experiment | Experimented | CheckGpu | GpuChecked | Refused
)  # fmt: skip
_Kind = TypeVar("_Kind", bound=Message)


KINDS: tuple[type[Message], ...] = get_args(Message)
_ADAPTERS: dict[type[Message], TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in KINDS}
_OPS = {kind: op_of(kind) for kind in _ADAPTERS}
_BY_OP = {op: kind for kind, op in _OPS.items()}


def send(post: MessageSocket, message: Message, *fds: int) -> None:
    """Send a message.

    The descriptors are duplicated, and the caller closes its own copies.

    Raises
    ------
    EOFError
        The other end is gone, or has stopped reading.
    MessageSocketError
        The message is too large.
    """
    kind = type(message)
    values = _ADAPTERS[kind].dump_python(message)  # the mode "json" would lose what is not finite
    post.send({"op": _OPS[kind], **values}, fds)


def receive_message(
    post: MessageSocket, deadline: float | None = None
) -> tuple[Message, tuple[int, ...]]:
    """Receive a message, and the descriptors that came with it.

    Raises
    ------
    EOFError
        The other end is gone.
    TimeoutError
        Nothing *began* to arrive before ``deadline`` (of `time.monotonic`).
    MessageSocketError
        The message is not of this protocol.
    """
    values, fds = post.recv(deadline)
    try:
        return _parse(values), fds
    except MessageSocketError:
        close_all(fds)
        raise


def expect_message(kind: type[_Kind], message: Message) -> _Kind:
    """Return a message that has to be of one kind.

    Raises
    ------
    MessageSocketError
        The message is of another kind.
    """
    if not isinstance(message, kind):
        raise MessageSocketError(f"exam: expected {kind.__name__}, got {type(message).__name__}")
    return message


def _parse(values: object) -> Message:
    op = values.pop("op", None) if isinstance(values, dict) else None
    kind = _BY_OP.get(op) if isinstance(op, str) else None
    if kind is None:
        raise MessageSocketError(f"exam: no such message: {str(values)[:200]}")
    try:
        message: Message = _ADAPTERS[kind].validate_python(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise MessageSocketError(f"exam: {op}: {where}: {first['msg']}") from error
    return message
