"""What would have been right: one short sentence beside a failed comparison, where it is exact and cheap to find.

A sentence is given only if the answer, so changed, agrees with the expected values within the tolerance of the check;
nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from autograder.rubric.values import Array, number, widened

#: Answers with more values than this are not diagnosed: a failed check of a million values stays below 20 ms.
LARGEST = 1 << 16

#: A factor this close to 1 is no factor.
_NEARLY_ONE = 1e-3

Agrees = Callable[[Array], bool]


def diagnose(
    actual: Array, expected: Array, allowed: float | Array, lengths: Mapping[str, int] | None = None
) -> str | None:
    """Return what would make a wrong answer right, or None.

    Parameters
    ----------
    actual, expected
        Numbers; of one shape, or the second's transposed.
    allowed
        Largest absolute error of the check.
    lengths
        Lengths of axes by letter, to name a factor: ``{"N": 12}``.

    Examples
    --------
    >>> e = np.array([[1.0, 2.0], [3.0, 5.0]])
    >>> diagnose(e.T, e, 1e-7)
    'It would be right if transposed.'
    >>> diagnose(2 * e, e, 1e-7, {"N": 2})
    'Every value is 2 times (N = 2) what it should be.'
    """
    if not 0 < actual.size <= LARGEST or actual.dtype.kind == "b" or expected.dtype.kind == "b":
        return None
    a, e = widened(actual), widened(expected)
    if not (np.isfinite(a).all() and np.isfinite(e).all()):
        return None

    def agrees(changed: Array) -> bool:
        return changed.shape == e.shape and bool((np.abs(changed - e) <= allowed).all())

    with np.errstate(all="ignore"):
        return next(_sentences(a, e, agrees, lengths or {}), None)


def _sentences(a: Array, e: Array, agrees: Agrees, lengths: Mapping[str, int]) -> Iterator[str]:
    """Yield what is true of the answer, the most telling first."""
    if not a.any() and e.any():
        yield "Every value is zero." if a.ndim else "It is zero."
        return
    if a.shape == e.shape:
        yield from _of_scale(a, e, agrees, lengths)
    if a.ndim > 1 and agrees(a.T):
        yield "It would be right if transposed."
    if a.shape != e.shape:
        return
    yield from _of_order(a, e, agrees)


def _of_scale(a: Array, e: Array, agrees: Agrees, lengths: Mapping[str, int]) -> Iterator[str]:
    whole = "It is" if a.ndim == 0 else "Every value is"
    if e.any() and agrees(-a):
        yield f"{'It' if a.ndim == 0 else 'Every value'} has the wrong sign."
    factor = _factor(a, e)
    if factor is not None and agrees(a / factor):
        named = _named_factor(factor, lengths)
        if named is not None or np.count_nonzero(e) > 1:
            yield f"{whole} {named or number(factor) + ' times'} what it should be."
    if a.size > 1:
        offset = (a - e).mean()
        if agrees(a - offset):
            yield f"{whole} off by the same amount, {number(offset)}."


def _factor(a: Array, e: Array) -> float | None:
    """Return the least-squares factor of the answer, or None if it is none or nearly 1."""
    power = float(np.vdot(e, e).real)
    if power == 0 or a.dtype.kind == "c":
        return None
    factor = float(np.vdot(e, a)) / power
    return None if factor == 0 or abs(factor - 1) < _NEARLY_ONE or not np.isfinite(factor) else factor


def _named_factor(factor: float, lengths: Mapping[str, int]) -> str | None:
    """Return a factor in words if it is the length of an axis, two, or the inverse of one of these."""
    for size, name in [*((size, letter) for letter, size in lengths.items()), (2, "")]:
        meaning = f" ({name} = {size})" if name else ""
        if size > 1 and np.isclose(factor, size, rtol=1e-6, atol=0):
            return f"{size} times{meaning}"
        if size > 1 and np.isclose(factor, 1 / size, rtol=1e-6, atol=0):
            return f"1/{size}{meaning} of"
    return None


def _of_order(a: Array, e: Array, agrees: Agrees) -> Iterator[str]:
    for axis in range(a.ndim):
        if a.shape[axis] > 1 and agrees(np.flip(a, axis)):
            yield (
                "It would be right in reverse order."
                if a.ndim == 1
                else f"It would be right with axis {axis} reversed."
            )
    if a.size > 1 and a.dtype.kind == "f" and agrees(_in_order_of(a, e)):
        yield "The values are right, but in another order."


def _in_order_of(a: Array, e: Array) -> Array:
    """Return the values of one array, the smallest where the other has its smallest, and so on."""
    placed = np.empty_like(a).reshape(-1)
    placed[np.argsort(e, axis=None, kind="stable")] = np.sort(a, axis=None)
    return placed.reshape(e.shape)
