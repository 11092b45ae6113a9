"""Search for the statements that end a submission's loading.

Without them, the others can be graded.

A statement that trains for an hour, fills the memory or ends the process cannot be stopped from
inside. So the candidate says which statement is about to run; if it ends, that statement is left
out and loading begins anew. This is learned once per submission, without functions of the
reference: one of these could tell the submission where to end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.remote.endings import CandidateEnd
from autograder.remote.loading import LeftOut

MAX_RESTARTS = 8
LEARNING_S = 60.0  # of wall time on an idle machine; after it, everything that works is left out
MAX_LEFT_OUT = 20_000
# loads after a trial may take this times the limit: what just fitted then fits in all of them
LOAD_SLACK = 1.5
# share of the limit beyond which a statement is left out with the others, from the second restart
# on
_HEAVY = 0.2

Place = tuple[str, int, int]
#: Per file and cell, whether each statement is an import, a definition or a plain value.
Table = Mapping[str, Sequence[Sequence[bool]]]


@dataclass(slots=True)
class Course:
    """The course of one load.

    Attributes
    ----------
    places
        Statements in the order in which they began, with the CPU time at which they did [s].
    cpu_s
        CPU time at the end [s].
    end
        How it ended, None if everything was loaded.
    is_sound
        False if the candidate said what it could not know.
    """

    places: list[tuple[Place, float]] = field(default_factory=list)
    cpu_s: float = 0.0
    end: CandidateEnd | None = None
    is_sound: bool = True

    def costs(self) -> dict[Place, float]:
        """CPU time of each statement that began [s]."""
        spent: dict[Place, float] = {}
        ends = [*(at for _, at in self.places[1:]), self.cpu_s]
        for (place, began), ended in zip(self.places, ends, strict=True):
            spent[place] = spent.get(place, 0.0) + ended - began
        return spent


def find_left_out(
    load: Callable[[Sequence[LeftOut]], Course],
    table: Table,
    load_s: float,
    *,
    crowding: float = 1.0,
) -> tuple[LeftOut, ...] | None:
    """Find the statements that have to be left out.

    Parameters
    ----------
    load
        Loads the submission without some statements.
    table
        Every statement that there is.
    load_s
        The limit on CPU time [s].
    crowding
        By how much everything takes longer than on an idle machine.

    Returns
    -------
    tuple
        Nothing if the submission loads as it is; None if it does not load whatever is left out.
        What cannot be learned statement by statement is left out altogether: everything but
        imports, definitions and plain values.
    """
    left_out: list[LeftOut] = []
    began = time.monotonic()
    for restart in range(MAX_RESTARTS + 1):
        course = load(left_out)
        if course.end is None and course.is_sound:
            return tuple(left_out)
        known = {(one.file, one.cell, one.statement) for one in left_out}
        culprits = _culprits(course, table, load_s, is_first=not restart) if course.is_sound else []
        fresh = [place for place in culprits if place not in known]
        if not fresh or course.end is None:
            return None
        end = course.end
        why = _why(end)
        if restart == MAX_RESTARTS or time.monotonic() - began > crowding * LEARNING_S:
            left_out = [LeftOut(*place, end.kind, why) for place in _all_work(table)]
            course = load(left_out)
            return tuple(left_out) if course.end is None and course.is_sound else None
        left_out += [LeftOut(*place, end.kind, why) for place in fresh]
    return None


def _why(end: CandidateEnd) -> str:
    said = end.message.removeprefix("the submission ").removesuffix(" while loading")
    return f"it {said.rstrip(',')}"


def _all_work(table: Table) -> list[Place]:
    """List the statements that do real work.

    They are neither imports, definitions nor plain values.
    """
    return [
        (file, cell, number)
        for file, cells in table.items()
        for cell, statements in enumerate(cells, start=1)
        for number, is_kept in enumerate(statements)
        if not is_kept
    ][:MAX_LEFT_OUT]


def _culprits(course: Course, table: Table, load_s: float, *, is_first: bool) -> list[Place]:
    """Choose the statements to leave out.

    It is the one in which loading ended, or those that used most of the time if the time was
    exceeded.
    """
    if not course.places or course.end is None:
        return []
    last = course.places[-1][0]
    if course.end.kind != "time limit":
        return [last]
    costs = {
        place: spent
        for place, spent in course.costs().items()
        if not table[place[0]][place[1] - 1][place[2]]
    }
    if not costs:
        return [last]
    heaviest = max(costs, key=lambda place: costs[place])
    if costs[heaviest] < _HEAVY * load_s:  # it waited instead
        return [last]
    return (
        [heaviest]
        if is_first
        else [place for place, spent in costs.items() if spent >= _HEAVY * load_s]
    )


def known_place(place: object, table: Table) -> Place | None:
    """Return the place that a candidate names, or None.

    None means that there is no such statement.
    """
    if not (isinstance(place, list) and len(place) == 3 and type(place[0]) is str):
        return None
    file, cell, statement = place
    cells = table.get(file, ())
    if type(cell) is not int or type(statement) is not int or not 1 <= cell <= len(cells):
        return None
    return (file, cell, statement) if 0 <= statement < len(cells[cell - 1]) else None
