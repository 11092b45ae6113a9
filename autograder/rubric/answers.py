"""The answer of a function that returns several values."""

from __future__ import annotations

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
        items = tuple(answer)
    else:
        hint = " Is a `return` missing?" if values.is_none(answer) else ""
        raise CheckFailed(f"{of} returned {values.describe(answer)}, {due}.{hint}", "type")
    if len(items) != len(called):
        word = "value" if len(items) == 1 else "values"
        raise CheckFailed(f"{of} returned {len(items)} {word}, {due}.", "shape")
    return items
