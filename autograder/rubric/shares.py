"""Answers that are right in part: but for a factor, in some of their parts, or in what they depend on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.rubric import values, wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, partial
from autograder.rubric.close import Names, is_close, part_names


@takes(actual=wanted.ANSWER, expected=wanted.REALS, factors=wanted.REALS | wanted.NONE)
def is_multiple(actual: object, expected: Sequence[float], factors: Sequence[float] | None = None) -> bool:
    """Return True if all numbers are the expected ones times the same positive factor.

    Parameters
    ----------
    actual
        The submission's answers, one number for each expected one.
    expected
        The right numbers, of which the first is not 0.
    factors
        Also right: a factor for each number, such as the size of its batch where a sum stands for the mean.

    Examples
    --------
    >>> is_multiple([2.0, 6.0], [1.0, 3.0]), is_multiple([4.0, 15.0], [1.0, 3.0], [4, 5])
    (True, True)
    >>> is_multiple([-1.0, -3.0], [1.0, 3.0])
    False
    """
    if factors is not None and len(factors) != len(expected):
        raise refuse("is_multiple", f"{len(factors)} factors do not fit {len(expected)} expected numbers")
    if not isinstance(actual, (list, tuple, np.ndarray)) or len(actual) != len(expected):
        return False
    candidates = [] if factors is None else [factors]
    common = _number(actual[0]) / expected[0]
    if common > 0:
        candidates.append([common] * len(expected))
    return any(
        all(is_close(one, factor * due) for one, factor, due in zip(actual, some, expected, strict=True))
        for some in candidates
    )


def _number(answer: object) -> float:
    """Return the number that an answer is, or NaN."""
    try:
        array = values.array_of(answer, "answer")
    except CheckFailed:
        return np.nan
    return float(array.real.item()) if array.size == 1 else np.nan


@takes(one=wanted.ANSWER, other=wanted.ANSWER)
def has_other_direction(one: object, other: object) -> bool:
    """Return True if two arrays of one shape point in different directions, up to their sign.

    Used to find out whether a gradient depends on what it should: then it turns where that changes. An array of zeros has
    no direction, so that the answer is False.

    Examples
    --------
    >>> import numpy as np
    >>> has_other_direction(np.array([1.0, 2.0]), np.array([2.0, 1.0]))
    True
    >>> has_other_direction(np.array([1.0, 2.0]), np.array([-2.0, -4.0]))
    False
    """
    try:
        first, second = (values.array_of(value, "answer") for value in (one, other))
    except CheckFailed:
        return False
    if first.shape != second.shape:
        return False
    with np.errstate(all="ignore"):  # the numbers of a submission may overflow
        norms = float(np.linalg.norm(first) * np.linalg.norm(second))
        return norms > 0 and bool(abs(np.sum(first * second)) < 0.9999 * norms)


@takes(actual=wanted.ANSWER, expected=wanted.EXPECTED, inputs=wanted.FED)
def count_close(actual: object, expected: Sequence[object], *, inputs: object = ()) -> int:
    """Return how many parts of an answer are right.

    Parameters
    ----------
    actual
        The submission's answer: a tuple or list with a part for each expected one; otherwise no part is right.
    expected
        The right parts.
    inputs
        What the function was fed, as for `assert_close`.

    Examples
    --------
    >>> count_close((1.0, 3.0), (1.0, 2.0))
    1
    """
    return sum(_are_close(actual, expected, inputs))


def _are_close(actual: object, expected: Sequence[object], inputs: object) -> list[bool]:
    if not isinstance(actual, (list, tuple)) or len(actual) != len(expected):
        return [False] * len(expected)
    return [is_close(one, due, inputs=inputs) for one, due in zip(actual, expected, strict=True)]


@takes(actual=wanted.ANSWER, expected=wanted.EXPECTED, name=wanted.NAMES, inputs=wanted.FED | wanted.NONE)
def partial_for_close(
    actual: Sequence[object],
    expected: Sequence[Sequence[object]],
    *,
    name: Names,
    inputs: Sequence[object] | None = None,
) -> None:
    """End the criterion with the share of the parts that are right for every draw, if others are wrong.

    Parameters
    ----------
    actual
        The submission's answers, one for each draw, each a tuple of parts.
    expected
        The right answers, as many, each with as many parts.
    name
        The names of the parts: ``"dx dw db"``.
    inputs
        What the function was fed for each draw, as for `assert_close`.

    Raises
    ------
    Partial
        If some parts are right for all draws and some are not. If all are, or none, nothing happens.

    Examples
    --------
    >>> partial_for_close([(1.0, 3.0), (2.0, 5.0)], [(1.0, 2.0), (2.0, 4.0)], name="dx dw")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.Partial: Right: dx.
    """
    fed = [()] * len(expected) if inputs is None else inputs
    if not (len(actual) == len(expected) == len(fed)):
        raise refuse("partial_for_close", "actual, expected and inputs have one item for each draw")
    rows = [_are_close(*one) for one in zip(actual, expected, fed, strict=True)]
    names = part_names(name, len(rows[0]) if rows else 0)
    right = [part for part, column in zip(names, zip(*rows, strict=True), strict=True) if all(column)]
    if right and len(right) < len(names):
        partial(len(right) / len(names), f"Right: {', '.join(right)}.")
