"""Which submissions of a batch are alike beyond chance: for staff to look at, never for the score.

Two people who solve the same exercise write many of the same statements. So only uncommon ones count: those that a few
submissions of the batch share, and that the template does not have.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.report.summary import Row

LEAST_ROWS = 20  # in fewer submissions nothing can be told to be uncommon
FEW, FEW_SHARE = 5, 0.02  # as many submissions, or as large a share of them, may have what counts as uncommon
LEAST_SHARED, LEAST_SHARE = 5, 0.6
MOST_PAIRS = 200


@dataclass(frozen=True, slots=True)
class Similar:
    """Two submissions that are alike.

    Attributes
    ----------
    shared
        How many uncommon statements they share.
    share
        Of the uncommon statements of the one that has fewer.
    """

    first: Row
    second: Row
    shared: int
    share: float


def pack_shapes(shapes: Iterable[int]) -> bytes:
    """Pack shapes of statements, 4 bytes each: a row is kept for each of thousands of submissions."""
    return array("I", sorted(shapes)).tobytes()


def find_similar(rows: Sequence[Row]) -> list[Similar]:
    """Find pairs of submissions that are alike, the most alike first; in time linear in the number of statements."""
    if len(rows) < LEAST_ROWS:
        return []
    few = max(FEW, int(FEW_SHARE * len(rows)))
    owners: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        for shape in array("I", row.shapes):
            held = owners.setdefault(shape, [])
            if len(held) <= few:  # one more than a few is as good as all
                held.append(place)
    own: Counter[int] = Counter()
    shared: Counter[tuple[int, int]] = Counter()
    for places in owners.values():
        if len(places) <= few:
            own.update(places)
            shared.update(combinations(places, 2))
    found = [
        Similar(rows[first], rows[second], count, count / min(own[first], own[second]))
        for (first, second), count in shared.items()
        if count >= LEAST_SHARED and count >= LEAST_SHARE * min(own[first], own[second])
    ]
    return sorted(found, key=lambda pair: (-pair.share, -pair.shared, pair.first.student, pair.second.student))[
        :MOST_PAIRS
    ]
