"""Refusals of the reader.

Names that a student chose are quoted safely.
"""

from __future__ import annotations

from collections.abc import Sequence

MIB = 1 << 20
SHOWN_NAMES = 5
SHOWN_CHARS = 120
SHOWN_CELLS = 20


class Refusal(Exception):  # noqa: N818  # it is an answer, not an error
    """The reason that an upload or a file cannot be read.

    It is one sentence for the student, without a full stop.

    Parameters
    ----------
    why
        The sentence.
    kind
        A noun phrase for staff to count: "empty", "UTF-16".
    """

    def __init__(self, why: str, kind: str = "damaged or too large") -> None:
        super().__init__(why)
        self.kind = kind


def quoted(name: str) -> str:
    """Quote a foreign name for a message, not too long.

    Control characters and lone surrogates are escaped.
    """
    text = repr(name.encode("utf-8", "backslashreplace").decode("utf-8"))
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}..."


def few_of(names: Sequence[str]) -> str:
    """Name a few of many."""
    text = ", ".join(quoted(name) for name in sorted(names)[:SHOWN_NAMES])
    more = len(names) - SHOWN_NAMES
    return f"{text} and {more:,} more" if more > 0 else text


def few(notes: list[str], others: str) -> list[str]:
    """Bound the notes on single cells.

    The last note counts the ``others``.
    """
    more = len(notes) - SHOWN_CELLS
    return [*notes[:SHOWN_CELLS], f"... and {more:,} more {others}."] if more > 0 else notes


def quote_complaint(error: BaseException) -> str:
    """Quote a library's complaint about its input in few words."""
    text = str(error).split("\n", 1)[0]
    return quoted(text)[1:-1] if text else type(error).__name__
