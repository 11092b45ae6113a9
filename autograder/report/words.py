"""The words for outcomes, statuses and numbers.

People read them; pages, terminals and pictures share the one table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from autograder.records.outcome import Fault, Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from autograder.records.report import ExceptionRecord


@dataclass(frozen=True, slots=True)
class Words:
    """The words for one outcome or status.

    Attributes
    ----------
    label
        In a badge.
    tone
        The colour family of a page: good, part, bad, halt (a limit), idle (nothing ran) or staff
        (not graded).
    letter
        One character for a cell of a heat map, so that it can be read without colours.
    sentence
        What it means, to the student.
    """

    label: str
    tone: str
    letter: str
    sentence: str


class Kinded(Protocol):
    """A criterion with a sort of failure to name.

    It is a criterion of a report or of feedback.
    """

    @property
    def outcome(self) -> Outcome:
        """Its outcome."""

    @property
    def kind(self) -> str | None:
        """The sort of failure, by the rubric."""

    @property
    def exception(self) -> ExceptionRecord | None:
        """The escaped exception, or None."""


OUTCOME_WORDS: Mapping[Outcome, Words] = MappingProxyType(
    {
        Outcome.PASSED: Words("Passed", "good", "\u2713", "All checks passed."),
        Outcome.PARTIAL: Words("Partly right", "part", "\u00bd", "Some of it is right."),
        Outcome.FAILED: Words("Failed", "bad", "\u00d7", "A check failed."),
        Outcome.RAISED: Words("Raised an error", "bad", "!", "Your code raised an exception."),
        Outcome.TIMEOUT: Words("Out of time", "halt", "T", "Your code used more time than it may."),
        Outcome.MEMORY: Words(
            "Out of memory", "halt", "M", "Your code used more memory than it may."
        ),
        Outcome.CRASHED: Words(
            "Crashed", "halt", "C", "The process of your code ended without an answer."
        ),
        Outcome.FORBIDDEN: Words(
            "Forbidden", "halt", "F", "Your code uses what the assignment forbids."
        ),
        Outcome.MISSING: Words(
            "Missing", "idle", "\u2013", "A function or class was not found under its name."
        ),
        Outcome.NOT_LOADED: Words(
            "Not loaded", "idle", "L", "It was lost while its file was loaded."
        ),
        Outcome.NOT_ATTEMPTED: Words(
            "Not attempted", "idle", "N", "It is still as it was handed out."
        ),
        Outcome.SKIPPED: Words(
            "Skipped", "idle", "S", "It needs another criterion that did not earn full marks."
        ),
        Outcome.UNGRADED: Words(
            "Not graded",
            "staff",
            "?",
            "This could not be graded, through no fault of yours. It will be tried again and has "
            "cost you nothing.",
        ),
    }
)

STATUS_WORDS: Mapping[Status, Words] = MappingProxyType(
    {
        Status.GRADED: Words("Graded", "idle", "G", "Every criterion was graded."),
        Status.PARTLY_GRADED: Words(
            "Partly graded",
            "staff",
            "P",
            "Some criteria could not be graded yet; the score can only rise.",
        ),
        Status.UNGRADED: Words(
            "Not graded yet",
            "staff",
            "U",
            "Nothing could be graded yet, through no fault of yours.",
        ),
        Status.REJECTED: Words("Rejected", "bad", "R", "What was handed in could not be graded."),
    }
)

FAULT_WORDS: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.SUBMISSION: "the submission",
        Fault.RUBRIC: "the rubric",
        Fault.INFRASTRUCTURE: "this machine",
    }
)

_PADDED_EXPONENT = re.compile(r"e([+-])0+")
_UNITS_S = ((1.0, "s", 1.0), (1e-3, "ms", 1e3))


def points_text(points: float) -> str:
    """Write points without needless zeros.

    Examples are 5, 7.5 and 1.67.
    """
    return f"{points:.2f}".rstrip("0").rstrip(".")


def number_text(value: float | None, digits: int = 4) -> str:
    """Write a measured number with some significant digits.

    None is no finite number.
    """
    return (
        "not finite"
        if value is None
        else _PADDED_EXPONENT.sub(r"e\1", f"{value:.{digits}g}").replace("e+", "e")
    )


def duration_text(duration_s: float) -> str:
    """Write a duration with a suitable unit.

    Examples are 7.8 ms and 10.2 s.
    """
    for least, unit, factor in _UNITS_S:
        if duration_s >= least:
            return f"{duration_s * factor:.3g} {unit}"
    return "under 1 ms"


def instant_text(instant: datetime) -> str:
    """Write an instant to the minute in local time.

    An example is 2026-10-02 16:03 CEST (UTC+2). The time zone is this machine's.
    """
    local = instant.astimezone()
    return f"{local:%Y-%m-%d %H:%M} {_zone_text(local)}"


def clock_text(instant: datetime) -> str:
    """Write the time of day to the second in local time.

    The time zone is this machine's.
    """
    local = instant.astimezone()
    return f"{local:%H:%M:%S} {_zone_text(local)}"


def _zone_text(local: datetime) -> str:
    """Return a time zone's name and offset.

    Abbreviations alone are ambiguous, and some zones have none.
    """
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    offset = (
        f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
        if minutes
        else "UTC"
    )
    name = local.tzname() or ""
    return f"{name} ({offset})" if name.isalpha() and name != "UTC" else offset


def kind_text(criterion: Kinded) -> str:
    """Return the name of a failure's sort.

    It is empty where the outcome says it, or where it would be untrue.

    A check may fail for an exception that did not escape: then nothing was raised that a student
    could look for.
    """
    if criterion.outcome not in (Outcome.FAILED, Outcome.PARTIAL):
        return ""
    kind = (criterion.kind or "").strip()
    is_said = kind.casefold() == OUTCOME_WORDS[criterion.outcome].label.casefold()
    is_untrue = kind == "exception" and criterion.exception is None
    return "" if is_said or is_untrue else kind


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Write a shape as Python does, a scalar's in words."""
    if shape is None:
        return ""
    return str(shape) if shape else "scalar"


def count_text(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun.

    Thousands are set apart, as in 1 file, 1,392 files.
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
