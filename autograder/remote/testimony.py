"""Observations inside a candidate.

They are the student's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """The executed work of a call in the submission's own code.

    Attributes
    ----------
    lines
        Lines that were begun.
    turns
        Turns of loops, one-line loops and comprehensions.
    """

    lines: int
    turns: int

    @property
    def total(self) -> int:
        """Lines and turns together."""
        return self.lines + self.turns


@dataclass(frozen=True, slots=True)
class CallRecord:
    """The observations of a call inside the candidate.

    The student could have faked them.

    Attributes
    ----------
    arguments
        The positional arguments as they are after the call, if they were asked for.
    keywords
        The arguments by name, likewise.
    work
        What the call executed, if it was counted.
    warnings
        ``Category: text`` of each warning, the first hundred, if they were asked for.
    """

    arguments: tuple[Any, ...] | None = None
    keywords: Mapping[str, Any] | None = None
    work: WorkRecord | None = None
    warnings: tuple[str, ...] = ()


def parse_testimony(record: object) -> CallRecord:
    """Read the observations that a candidate claims.

    Malformed parts of them are left out.
    """
    parts = record if isinstance(record, dict) else {}
    arguments, work, warnings = (parts.get(key) for key in ("arguments", "work", "warnings"))
    has_arguments = (
        isinstance(arguments, list)
        and len(arguments) == 2
        and isinstance(arguments[0], list)
        and isinstance(arguments[1], dict)
    )
    is_work = (
        isinstance(work, list)
        and len(work) == 2
        and all(type(count) is int and count >= 0 for count in work)
    )
    return CallRecord(
        arguments=tuple(arguments[0]) if has_arguments else None,  # type: ignore[index]
        keywords=arguments[1] if has_arguments else None,  # type: ignore[index]
        work=WorkRecord(*work) if is_work else None,  # type: ignore[misc]
        warnings=tuple(text[:500] for text in warnings if type(text) is str)
        if isinstance(warnings, list)
        else (),
    )
