r"""Bounds, rates of convergence and orders of accuracy [RATE].

A linear rate is measured over an *asymptotic window*: the first steps belong to the
other eigenvalues, the last ones to rounding. For norms :math:`r_i` and a window from
step i to step j it is :math:`(r_j / r_i)^{1/(j-i)}`; a polynomial factor, as heavy ball
has it, leaves about 2 %.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from autograder.rubric import wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, counted_check, note_score
from autograder.rubric.comparing import values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@counted_check
@takes(value=wanted.ANSWER, low=wanted.BOUND, high=wanted.BOUND, name=wanted.TEXT)
def assert_between(value: object, low: float, high: float, *, name: str) -> None:
    """Check that numbers lie within bounds, both included.

    Parameters
    ----------
    value
        Of the submission.
    low, high
        ``-math.inf`` and ``math.inf`` stand for no bound.
    name
        What the student calls it.

    Raises
    ------
    CheckFailed
        Of kind "wrong values" outside the bounds, "NaN" for what is not finite, "shape"
        for an empty array.

    Examples
    --------
    >>> assert_between(4.05, 3.8, 4.2, name="energy drift ratio")
    >>> assert_between(np.array([0.2, 1.5]), 0, 1, name="iou")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: iou: 1 of 2 values are outside 0 to 1; the
    worst is 1.5 at [1].
    """
    array = finite_numbers(value, name)
    if not low <= high:
        raise refuse("assert_between", f"`low` must be at most `high`, got {low} and {high}")
    outside = ~((array >= low) & (array <= high))
    if not outside.any():
        return
    excess = np.where(outside, np.maximum(low - array, array - high), -np.inf)
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), array.shape))
    bounds = _bound_words(low, high)
    evidence = {
        "name": name,
        "worst_index": list(worst),
        "actual": float(array[worst]),
        "expected": bounds,
    }
    if not array.ndim:
        raise CheckFailed(
            f"{name}: got {values.number(array[worst])}, expected {bounds}.",
            "wrong values",
            evidence,
        )
    raise CheckFailed(
        f"{name}: {np.count_nonzero(outside)} of {array.size} values are outside {bounds}; "
        f"the worst is {values.number(array[worst])} at {values.place(worst)}.",
        "wrong values",
        evidence | {"mismatched": int(np.count_nonzero(outside)), "total": int(array.size)},
    )


def _bound_words(low: float, high: float) -> str:
    if math.isinf(low):
        return f"at most {high:g}"
    return f"at least {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"


def finite_numbers(value: object, name: str) -> values.Array:
    """Return real, finite numbers of a submission as float64, or fail.

    There must be one at least.
    """
    array = values.array_of(value, name, "numbers")
    if array.dtype.kind not in "biuf":
        raise CheckFailed(f"{name}: expected real numbers, got {array.dtype}.", "type")
    if array.size == 0:
        raise CheckFailed(
            f"{name}: expected numbers, got an empty array of shape {array.shape}.", "shape"
        )
    if not np.isfinite(array).all():
        first = tuple(np.argwhere(~np.isfinite(array))[0])
        where = f" at {values.place(first)}" if first else ""
        raise CheckFailed(
            f"{name} is {values.number(array[first])}{where}, expected a finite number.", "NaN"
        )
    return values.widened(array)


@counted_check
@takes(
    norms=wanted.ANSWER,
    expected=wanted.NUMBER,
    window=wanted.WINDOW,
    tolerance=wanted.TOLERANCE,
    name=wanted.TEXT,
)
def assert_rate(
    norms: object,
    expected: float,
    *,
    window: tuple[int, int],
    tolerance: float = 0.02,
    name: str = "rate",
) -> None:
    """Check a linear rate of convergence over an asymptotic window.

    Parameters
    ----------
    norms : float[n]
        Of the error or the residual, one for each step, the first before any step.
    expected
        The rate of the theory, a factor per step.
    window
        First and last step that count.
    tolerance
        Largest relative error of the rate: 2 % for heavy ball, 1e-4 for gradient descent.
    name
        What the student calls it.

    Raises
    ------
    CheckFailed
        Of kind "wrong values"; of kind "shape" if the norms end before the window does,
        "NaN" if one is not finite.

    Examples
    --------
    >>> assert_rate(0.5 ** np.arange(30), 0.5, window=(10, 29))
    >>> assert_rate(0.9 ** np.arange(30), 0.5, window=(10, 29), name="rate of heavy ball")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: rate of heavy ball: got 0.9 per step over
    steps 10 to 29, expected 0.5 \
(within 2 %).
    """
    start, stop = window
    array = finite_numbers(norms, name)
    if array.ndim != 1 or array.size <= stop:
        raise CheckFailed(
            f"{name}: expected at least {stop + 1} norms, got shape {array.shape}.", "shape"
        )
    if array[start] <= 0 or array[stop] <= 0:
        raise CheckFailed(
            f"{name}: norms must be above 0, got {values.number(min(array[start], array[stop]))}."
        )
    rate = float((array[stop] / array[start]) ** (1 / (stop - start)))
    if not abs(rate - expected) <= tolerance * abs(expected):
        raise CheckFailed(
            f"{name}: got {rate:.6g} per step over steps {start} to {stop}, expected "
            f"{expected:.6g} "
            f"(within {100 * tolerance:g} %).",
            "wrong values",
            {
                "name": name,
                "actual": rate,
                "expected": expected,
                "tolerance": tolerance * abs(expected),
            },
        )


@counted_check
@takes(
    errors=wanted.ANSWER,
    steps=wanted.STEPS,
    expected=wanted.NUMBER,
    tolerance=wanted.TOLERANCE,
    name=wanted.TEXT,
)
def assert_order(
    errors: object,
    steps: Sequence[float],
    expected: float,
    *,
    tolerance: float = 0.1,
    name: str = "error",
) -> None:
    """Check the order of accuracy by the errors of several step sizes.

    .. math:: p_i = log(e_i / e_{i+1}) / log(h_i / h_{i+1})

    A method of order 2 has an error 4 times smaller when the step halves.

    Parameters
    ----------
    errors : float[n]
        One for each step size.
    steps
        The step sizes, all different.
    expected
        The order.
    tolerance
        Largest absolute error of the order.
    name
        What the error is of.

    Raises
    ------
    CheckFailed
        Of kind "wrong values"; of kind "shape" or "NaN" if these are no such errors.

    Examples
    --------
    >>> assert_order([4e-4, 1e-4], [0.02, 0.01], 2, name="energy drift")
    >>> assert_order([4e-4, 2e-4], [0.02, 0.01], 2, name="energy drift")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: energy drift: it shrinks 2 times from step
    0.02 to 0.01, expected 4 times \
(order 2).
    """
    array = finite_numbers(errors, name)
    if array.shape != (len(steps),):
        raise CheckFailed(
            f"{name}: expected {values.counted(len(steps), 'error')}, got shape {array.shape}.",
            "shape",
        )
    if not (np.abs(array) > 0).all():
        raise CheckFailed(f"{name} is 0, an order cannot be told from it.")
    for i in range(len(steps) - 1):
        shrunk, halved = abs(array[i] / array[i + 1]), steps[i] / steps[i + 1]
        order = math.log(shrunk) / math.log(halved)
        if not abs(order - expected) <= tolerance:
            raise CheckFailed(
                f"{name}: it shrinks {shrunk:.3g} times from step {steps[i]:g} to "
                f"{steps[i + 1]:g}, "
                f"expected {halved**expected:.3g} times (order {expected:g}).",
                "wrong values",
                {"name": name, "actual": order, "expected": expected, "tolerance": tolerance},
            )


@counted_check
@takes(
    train=wanted.function_of("a function of a seed", 1),
    bar=wanted.NUMBER,
    seeds=wanted.SEEDS,
    must_reach=wanted.whole(1) | wanted.NONE,
    name=wanted.TEXT,
    higher_is_better=wanted.FLAG,
)
def assert_trains(  # noqa: PLR0913  # each is one thing that an author may have to say
    train: Callable[[int], float],
    *,
    bar: float,
    seeds: Sequence[int],
    must_reach: int | None = None,
    name: str = "accuracy",
    higher_is_better: bool = True,
) -> None:
    """Check that training reaches a bar with enough of several seeds.

    Training ends as soon as the verdict is certain. Compute the score in `train` from
    *predictions*, with labels that never went into the candidate: what a submission
    says of its own accuracy is its own word.

    Parameters
    ----------
    train
        Trains with a seed and returns the score, such as the accuracy on held-out data.
    bar
        The score that must be reached; set it well below the spread of the reference.
    seeds
        One run each.
    must_reach
        Number of runs that must reach the bar; all by default.
    name
        What the score is.
    higher_is_better
        False for a loss: the bar is then the largest value allowed.

    Raises
    ------
    CheckFailed
        Of kind "training" if too few runs reach the bar; "type" or "NaN" if a score is
        no finite number.
    CourseError
        If there is no seed, or more runs must reach the bar than there are.

    Examples
    --------
    >>> assert_trains(lambda seed: 0.97 + 0.01 * seed, bar=0.95, seeds=(0, 1))
    >>> assert_trains(lambda seed: 0.5, bar=0.95, seeds=(0, 1))
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: accuracy: got 0.5; at least 0.95 is needed in 2 of 2 runs.
    """
    needed = len(seeds) if must_reach is None else must_reach
    if needed > len(seeds):
        what = f"`must_reach` must be at most the number of `seeds`, got {needed} and {len(seeds)}"
        raise refuse("assert_trains", what)
    scores: list[float] = []
    reached = 0
    for i, seed in enumerate(seeds):
        scores.append(_score(train(seed), name))
        note_score(
            scores[-1] if higher_is_better else -scores[-1], bar if higher_is_better else -bar
        )
        reached += scores[-1] >= bar if higher_is_better else scores[-1] <= bar
        if reached == needed:
            return
        if reached + len(seeds) - i - 1 < needed:
            break
    got = ", ".join(f"{score:.4g}" for score in scores)
    bound = "at least" if higher_is_better else "at most"
    raise CheckFailed(
        f"{name}: got {got}; {bound} {bar:g} is needed in {needed} of {len(seeds)} runs.",
        "training",
        {"name": name, "actual": got, "expected": f"{bound} {bar:g}"},
    )


def _score(value: object, name: str) -> float:
    array = values.array_of(value, name, "a number")
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise CheckFailed(f"{name}: expected a number, got {values.describe(value)}.", "type")
    score = float(array.item())
    if math.isnan(score) or np.isinf(score):
        raise CheckFailed(f"{name} is {score}, expected a finite number.", "NaN")
    return score
