"""Training outcomes: a bar that some of several runs must reach [OUT]."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from autograder.rubric import values, wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, counted, note_score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@counted
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

    Training ends as soon as the verdict is certain. Compute the score in `train` from *predictions*, with labels that
    never went into the candidate: what a submission says of its own accuracy is its own word.

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
        Of kind "training" if too few runs reach the bar; "type" or "NaN" if a score is no finite number.
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
        note_score(scores[-1] if higher_is_better else -scores[-1], bar if higher_is_better else -bar)
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
