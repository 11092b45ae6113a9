"""Submissions of a batch that are alike beyond chance.

They are for staff to look at, never for the score.

Two people who solve the same exercise write many of the same statements. So each statement weighs
as much as it is rare in the batch, and what the template or most submissions have weighs nothing. A
ring of friends is one group, however many they are, as long as they are not most of the batch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from autograder.report.summary import Row

LEAST_ROWS = 20  # in fewer submissions nothing can be told to be uncommon
USUAL_SHARE = 0.75  # what more of the batch has is what one writes
LEAST_SHARED, LEAST_SHARE = 5, 0.7
# submissions that show what a ring has in common, and who is like them
LEAST_CORE, LEAST_OF_CORE = (5, 0.8)
MOST_GROUPS = 200

#: Shares of its statements that a copy has from its original, of which the most likely one counts.
_KEPT = np.array([0.7, 0.85, 0.95])
#: Odds that a pair is no chance, beside the number of pairs: in one of twenty batches there is one
#: by chance.
_ODDS = math.log(20)
_MOST_COLUMNS = 4_000  # statements in a matrix: those that most submissions have
_FEW = 20  # owners of another one, which is counted pair by pair
_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Similar:
    """A group of submissions that are alike.

    Each is like another one of them.

    Attributes
    ----------
    shared
        How many uncommon statements each shares with the one that is most like it, at least.
    share
        Of the uncommon statements of the one that has fewer.
    """

    rows: tuple[Row, ...]
    shared: int
    share: float


def find_similar_submissions(rows: Sequence[Row]) -> list[Similar]:
    r"""Find groups of submissions that are alike, the largest first.

    A pair is alike if it shares `LEAST_SHARED` uncommon statements and the share `LEAST_SHARE` of
    those of the one that has fewer, and if that is more likely of a copy than of two who work
    apart:

    .. math:: \sum_{s \in A \cap B} \log \frac{q}{p_s} + \sum_{s \in A \setminus B} \log
    \frac{1 - q}{1 - p_s}
              > \log \frac{n^2}{2} + \log 20

    where A is the one that has fewer, p the share of the batch that has a statement, and q what a
    copy keeps, for one of several q. Groups are the connected components of alike pairs; to those
    of `LEAST_CORE` and more come submissions with `LEAST_OF_CORE` of what most of the group have,
    since two copies differ by the changes of both.
    """
    if len(rows) < LEAST_ROWS:
        return []
    statements = _Statements(rows)
    best: dict[int, tuple[int, float]] = {}
    for first, second, shared, share in (pairs := list(statements.alike_pairs())):
        for one in (first, second):
            most, largest = best.get(one, (0, 0.0))
            best[one] = max(most, shared), max(largest, share)
    groups = _components([(first, second) for first, second, _, _ in pairs])
    for group in groups:
        for one, shared, share in (
            statements.like_most_of(group) if len(group) >= LEAST_CORE else ()
        ):
            if one not in best:
                best[one] = shared, share
                group.append(one)
    found = [
        Similar(
            tuple(sorted((rows[one] for one in group), key=lambda row: row.student)),
            min(best[one][0] for one in group),
            min(best[one][1] for one in group),
        )
        for group in groups
    ]
    found.sort(
        key=lambda group: (-len(group.rows), -group.share, -group.shared, group.rows[0].student)
    )
    return found[:MOST_GROUPS]


def _components(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Join pairs that have one in common."""
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        while leader.setdefault(one, one) != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for first, second in pairs:
        leader[find(second)] = find(first)
    groups: dict[int, list[int]] = {}
    for one in leader:
        groups.setdefault(find(one), []).append(one)
    return list(groups.values())


class _Statements:
    """The uncommon statements of each submission."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._count = len(rows)
        owned = [np.unique(np.frombuffer(row.shapes, np.uint32)) for row in rows]
        everything, columns, holders = np.unique(
            np.concatenate(owned), return_inverse=True, return_counts=True
        )
        owners = np.repeat(np.arange(self._count), [len(one) for one in owned])
        rarity = holders / self._count
        is_uncommon = (holders == 1) | (rarity <= USUAL_SHARE)
        rarity = np.minimum(rarity, USUAL_SHARE)[:, None]
        self._missing = missing = np.log((1 - _KEPT) / (1 - rarity))
        self._gain = (np.log(_KEPT / rarity) - missing).astype(np.float32)
        kept = is_uncommon[columns]
        owners, columns = owners[kept], columns[kept]
        self._own = np.bincount(owners, minlength=self._count)
        self._alone = np.zeros((self._count, len(_KEPT)))
        np.add.at(self._alone, owners, missing[columns])
        order = np.argsort(columns, kind="stable")
        starts = np.searchsorted(columns[order], np.arange(len(everything) + 1))
        self._held = {
            int(column): owners[order[starts[column] : starts[column + 1]]]
            for column in np.flatnonzero(is_uncommon & (holders > 1))
        }

    def like_most_of(self, group: Sequence[int]) -> Iterator[tuple[int, int, float]]:
        """Yield the submissions that are like most of a group.

        They are compared with the statements that most of the group have. Each comes with the
        number and the share of the statements in common.
        """
        inside = np.zeros(self._count, bool)
        inside[group] = True
        common = [
            column
            for column, owners in self._held.items()
            if 2 * np.count_nonzero(inside[owners]) > len(group)
        ]
        if not common:
            return
        shared = np.zeros(self._count, int)
        gained = np.zeros((self._count, len(_KEPT)))
        for column in common:
            shared[self._held[column]] += 1
            gained[self._held[column]] += self._gain[column]
        missing = self._missing[common].sum(axis=0)
        fewer = np.minimum(self._own, len(common))
        alone = np.where((self._own <= len(common))[:, None], self._alone, missing)
        odds = (gained + alone).max(axis=-1)
        is_alike = self._are_alike(shared, fewer, odds, math.log(self._count)) & (
            shared >= LEAST_OF_CORE * fewer
        )
        for one in np.flatnonzero(is_alike & ~inside).tolist():
            yield one, int(shared[one]), float(shared[one] / fewer[one])

    def alike_pairs(self) -> Iterator[tuple[int, int, int, float]]:
        """Yield the pairs that are alike.

        Each comes with the number and the share of statements in common.
        """
        columns = sorted(self._held, key=lambda column: -len(self._held[column]))
        dense, sparse = columns[:_MOST_COLUMNS], columns[_MOST_COLUMNS:]
        matrix = np.zeros((self._count, len(dense)), np.float32)
        for place, column in enumerate(dense):
            matrix[self._held[column], place] = 1
        rare = self._rare_pairs(sparse)
        for start in range(0, self._count, _BLOCK):
            block = matrix[start : start + _BLOCK]
            shared = block @ matrix.T
            gained = np.stack([(block * gain) @ matrix.T for gain in self._gain[dense].T])
            for place in range(len(block)):
                for other, (number, gain) in rare.get(start + place, {}).items():
                    shared[place, other] += number
                    gained[:, place, other] += gain
            yield from self._alike(start, shared, gained)

    def _rare_pairs(
        self, columns: Iterable[int]
    ) -> dict[int, dict[int, tuple[int, NDArray[np.float32]]]]:
        """Count the rare statements that pairs share.

        Few submissions have such a statement.
        """
        pairs: dict[int, dict[int, tuple[int, NDArray[np.float32]]]] = {}
        nothing = (0, np.zeros(len(_KEPT), np.float32))
        for column in columns:
            owners = self._held[column].tolist()
            for first, second in combinations(owners, 2) if len(owners) <= _FEW else ():
                others = pairs.setdefault(first, {})
                number, gain = others.get(second, nothing)
                others[second] = number + 1, gain + self._gain[column]
        return pairs

    def _alike(
        self, start: int, shared: NDArray[np.float32], gained: NDArray[np.float32]
    ) -> Iterator[tuple[int, int, int, float]]:
        place = np.arange(start, start + len(shared))[:, None]
        other = np.arange(self._count)[None, :]
        fewer = np.minimum(self._own[place], self._own[other])
        # Axes: place, other, q.
        alone = np.where(
            (self._own[place] <= self._own[other])[..., None],
            self._alone[place],
            self._alone[other],
        )
        odds = (gained + np.moveaxis(alone, -1, 0)).max(axis=0)
        is_alike = self._are_alike(shared, fewer, odds, math.log(self._count**2 / 2))
        for first, second in np.argwhere(is_alike & (other > place)).tolist():
            number = round(float(shared[first, second]))
            yield start + first, second, number, number / int(fewer[first, second])

    @staticmethod
    def _are_alike(
        shared: NDArray[Any], fewer: NDArray[Any], odds: NDArray[Any], tried: float
    ) -> NDArray[np.bool_]:
        """Return a mask of sharing beyond chance.

        ``tried`` is the logarithm of how many were tried.
        """
        return (shared >= LEAST_SHARED) & (shared >= LEAST_SHARE * fewer) & (odds > tried + _ODDS)
