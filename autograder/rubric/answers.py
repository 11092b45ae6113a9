"""The answer of a function that returns several values."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from autograder.errors import CourseError
from autograder.rubric import values
from autograder.rubric.checks import CheckFailed, counted

if TYPE_CHECKING:
    from collections.abc import Sequence


@counted
def unpack(answer: Any, names: str | Sequence[str], *, of: str) -> tuple[Any, ...]:
    """Return the values of an answer that must be several, or say what came instead.

    Parameters
    ----------
    answer
        By value, or kept in the candidate (``submission.f.keep(x)``).
    names
        What the values are called: ``"out cache"``.
    of
        The function.

    Raises
    ------
    CheckFailed
        Of kind "type" or "shape".

    Examples
    --------
    >>> out, cache = unpack((1.0, None), "out cache", of="relu_forward")
    >>> unpack(None, "out cache", of="relu_forward")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: relu_forward returned None, expected 2 values (out, cache). \
Is a `return` missing?
    """
    called = names.replace(",", " ").split() if isinstance(names, str) else list(names)
    if not called:
        raise CourseError(f"unpack: the values of {of} have no names.")
    due = f"expected {len(called)} values ({', '.join(called)})"
    if isinstance(answer, (tuple, list)) or values.class_name(answer) in ("tuple", "list"):
        # One more than is due: an answer kept in the candidate might never end.
        items = tuple(itertools.islice(answer, len(called) + 1))
    else:
        hint = " Is a `return` missing?" if values.is_none(answer) else ""
        raise CheckFailed(f"{of} returned {values.describe(answer)}, {due}.{hint}", "type")
    if len(items) != len(called):
        raise CheckFailed(f"{of} returned {_amount(answer, items, len(called))}, {due}.", "shape")
    return items


def _amount(answer: Any, items: tuple[Any, ...], due: int) -> str:
    """Say how many values an answer has; of one in the candidate, no more than that they are too many."""
    if len(items) > due and not isinstance(answer, (tuple, list)):
        return f"more than {due} values"
    number = len(answer) if isinstance(answer, (tuple, list)) else len(items)
    return f"{number} value" if number == 1 else f"{number} values"
