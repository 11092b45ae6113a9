"""Checks, and the count of those that ran for a criterion.

A criterion passes only if no check failed, at least one ran, and as many ran as in the
reference's own run. Every helper of this package counts itself exactly once a call; the
examiner counts plain ``assert`` statements with `count`. Whatever depends on a value of
a submission fails as `CheckFailed`, never as an error of the course: a submission must
not be able to turn a lost criterion into an ungraded one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, ParamSpec, TypeVar

import numpy as np

from autograder.records.criterion import Data
from autograder.rubric import wanted
from autograder.rubric.arguments import takes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

P = ParamSpec("P")
R = TypeVar("R")

#: What a check can be about. A hidden criterion shows a student this word and nothing else.
KINDS = frozenset(
    {
        "shape",
        "dtype",
        "type",
        "NaN",
        "wrong values",
        "changed its input",
        "gradient",
        "statistics",
        "source",
        "model",
        "training",
        "work",
        "not stable",
        "exception",
    }
)


class CheckFailed(AssertionError):  # noqa: N818  # a verdict, not an error
    """A check failed.

    Parameters
    ----------
    message
        One sentence: on what, expected and found; then at most one that says what would
        have been right.
    kind
        One of `KINDS`.
    evidence
        Where and how far the values are off (see
        `autograder.rubric.comparing.pictures`), if numbers were compared.
    """

    @takes(
        message=wanted.TEXT,
        kind=wanted.one_of(*sorted(KINDS)),
        evidence=wanted.MAPPING | wanted.NONE,
    )
    def __init__(
        self, message: str, kind: str = "wrong values", evidence: Data | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.evidence = evidence


class Partial(Exception):  # noqa: N818  # an outcome, not an error
    """The criterion ends here and earns a part of its points.

    Parameters
    ----------
    fraction
        The part that is earned, from 0 to 1.
    reason
        One sentence for the student.
    """

    @takes(fraction=wanted.FRACTION, reason=wanted.TEXT)
    def __init__(self, fraction: float, reason: str) -> None:
        super().__init__(reason)
        self.fraction = fraction
        self.reason = reason


@dataclass(slots=True)
class CheckTally:
    """The checks of one criterion so far.

    Attributes
    ----------
    checks
        Number of checks that came to a verdict.
    failures
        The checks that failed, also those whose exception the rubric caught: with one
        of them nothing is passed.
    notes
        Remarks for the report that cost nothing, such as "dx: a list accepted for an array".
    conversions
        What the check at hand converted, by the kind of conversion: noted if it passes.
    noted
        Kinds of conversion that have their note.
    answers
        What questions (`is_close`) were answered, in order: they decide nothing by themselves.
    comparisons
        How many arrays and numbers were compared with expected ones.
    used
        The largest error among the comparisons that passed, as a share of the tolerance.
    too_fine
        What was compared more finely than float32 rounds, without a word that float64 is needed.
    is_statistical
        Whether a check asked for what holds for most draws only.
    scores
        Of trainings, what each run came to and the bar that it had to reach; higher is better.
    has_gpu
        Whether the submission computes on a GPU, whose products are less precise.
    """

    checks: int = 0
    failures: list[CheckFailed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    conversions: dict[str, str] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)
    answers: list[bool] = field(default_factory=list)
    comparisons: int = 0
    used: float = 0.0
    too_fine: list[str] = field(default_factory=list)
    is_statistical: bool = False
    scores: list[tuple[float, float]] = field(default_factory=list)
    has_gpu: bool = False


#: Answers that are remembered of one criterion.
MAX_ANSWERS = 10_000

_tally = CheckTally()


def current() -> CheckTally:
    """Return the tally of the criterion that runs now."""
    return _tally


def reset(*, has_gpu: bool = False, noted: Collection[str] = ()) -> CheckTally:
    """Begin and return the tally of a criterion's case."""
    global _tally  # noqa: PLW0603  # one criterion at a time runs in a process
    _tally = CheckTally(has_gpu=has_gpu, noted=set(noted))
    return _tally


def count(checks: int = 1) -> None:
    """Count checks that came to a verdict."""
    _tally.checks += checks


@takes(text=wanted.TEXT)
def note(text: str) -> None:
    """Add a remark to the report of this criterion.

    The same remark twice stands there once.
    """
    if text not in _tally.notes:
        _tally.notes.append(text)


def note_conversion(kind: str, text: str) -> None:
    """Have a conversion noted if the check at hand passes.

    One of a kind is enough for a criterion.
    """
    _tally.conversions.setdefault(kind, text)


def take_conversions() -> dict[str, str]:
    """Return what was converted since this was asked last."""
    conversions, _tally.conversions = _tally.conversions, {}
    return conversions


def _settle_conversions() -> None:
    for kind, text in take_conversions().items():
        if kind not in _tally.noted:
            _tally.noted.add(kind)
            note(text)


def use(share: float) -> None:
    """Note the part of a tolerance that an error has used."""
    if share > _tally.used:
        _tally.used = min(share, 1.0)


def note_too_fine(name: str) -> None:
    """Note that float32 work may fail a comparison, by the draw."""
    if name not in _tally.too_fine:
        _tally.too_fine.append(name)


def rest_on_draws() -> None:
    """Note that a right answer may fail this criterion, however rarely."""
    _tally.is_statistical = True


def note_score(score: float, bar: float) -> None:
    """Note the score of a training, and the bar.

    Higher is better.
    """
    _tally.scores.append((score, bar))


def answer(question: bool) -> bool:  # noqa: FBT001  # that is what is answered
    """Remember what a question of the rubric was answered, and return it."""
    if len(_tally.answers) < MAX_ANSWERS:
        _tally.answers.append(question)
    return question


_listeners: list[Callable[[str, object, object], None]] = []


def listen(listener: Callable[[str, object, object], None]) -> None:
    """Have every comparison told from now on.

    A replay hears of its name, answer and expected value.
    """
    _listeners.append(listener)


def tell(name: str, actual: object, expected: object) -> None:
    """Count a comparison, and tell it to the listener."""
    _tally.comparisons += 1
    for listener in _listeners:
        listener(name, actual, expected)


def counted_check(helper: Callable[P, R]) -> Callable[P, R]:
    """Make a function a check that counts itself once.

    A failure is kept even if the rubric catches it.
    """

    @functools.wraps(helper)
    def check_once(*args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        take_conversions()
        try:
            with np.errstate(
                all="ignore"
            ):  # the numbers of a submission may overflow, without a warning of ours
                value = helper(*args, **kwargs)
        except CheckFailed as failure:
            _tally.failures.append(failure)
            count()
            raise
        count()
        _settle_conversions()
        return value

    return check_once


@counted_check
@takes(condition=wanted.ANSWER, message=wanted.TEXT, kind=wanted.one_of(*sorted(KINDS)))
def check(condition: object, message: str, kind: str = "wrong values") -> None:
    """Fail with a message of your own unless a condition holds.

    Parameters
    ----------
    condition : bool
        Passes on an explicit ``True`` (or ``numpy.True_``) only: a value of the
        submission that merely counts as true in Python (a list, a handle, an array)
        does not.
    message
        What a student reads: one sentence, on which named thing, expected and found.
    kind
        One of `KINDS`.

    Raises
    ------
    CheckFailed
        If the condition is anything but true.
    CourseError
        If `kind` is not one of `KINDS`.

    Examples
    --------
    >>> check(2 + 2 == 4, "two and two are four")
    >>> check([1], "a list is no verdict", kind="type")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: a list is no verdict
    """
    # An exact type: a proxy of the submission's objects could answer `== True` as it likes.
    if type(condition) not in (bool, np.bool_) or not condition:
        raise CheckFailed(message, kind)


@takes(fraction=wanted.FRACTION, reason=wanted.TEXT)
def partial(fraction: float, reason: str) -> NoReturn:
    """End the criterion with a part of its points.

    The part is earned if something was checked: as many checks ran as in the
    reference's own run, or the rubric ends early because something was found wrong.
    Found wrong is what a check failed on, even if the rubric caught that, what the
    submission raised, if `partial` stands in the ``except``, and what `is_close`
    answers otherwise than for the reference. A plain ``if`` about an answer is not
    seen: ask with `is_close`. Otherwise an empty answer, over which a loop checks
    nothing, would earn the part; it earns nothing.

    Parameters
    ----------
    fraction
        The part that is earned, from 0 to 1.
    reason
        One sentence for the student: what is right, and what is missing.

    Raises
    ------
    Partial
        Always.
    CourseError
        If `fraction` is no finite number from 0 to 1, or the reason is empty.

    Examples
    --------
    >>> partial(0.5, "dx is the gradient of your own forward pass, which is wrong.")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.Partial: dx is the gradient of your own forward pass, which is wrong.
    """
    raise Partial(float(fraction), reason)
