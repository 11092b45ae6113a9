"""Finds the statements in which the loading of a submission ends, so that the others can be graded.

A statement that trains for an hour, fills the memory or ends the process cannot be stopped from inside. So the candidate says
which statement is about to run; if it ends, that statement is left out and loading begins anew. This is learned once per
submission, without functions of the reference: one of these could tell the submission where to end.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from autograder.outcome import Limits
from autograder.remote.bounds import crowding
from autograder.remote.ends import CandidateEnd, end_from
from autograder.remote.loading import LeftOut
from autograder.sandbox import Candidate, Sandbox
from autograder.wire import Channel, WireError

MAX_RESTARTS = 8
LEARNING_S = 60.0  # of wall time; none is begun after it
LOAD_SLACK = 1.5  # loads after a trial may take this times the limit: what just fitted then fits in all of them
MAX_PLACES = 200_000
_HEAVY = 0.2  # share of the limit beyond which a statement is left out with the others, from the second restart on
_INTERVAL_S = 0.05

Place = tuple[str, int, int]
#: Per file and cell, whether each statement is an import or a definition.
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


def learn(load: Callable[[Sequence[LeftOut]], Course], table: Table, load_s: float) -> tuple[LeftOut, ...] | None:
    """Find out what has to be left out.

    Parameters
    ----------
    load
        Loads the submission without some statements.
    table
        Every statement that there is.
    load_s
        The limit on CPU time [s].

    Returns
    -------
    tuple
        Nothing if the submission loads as it is; None if it does not load whatever is left out.
    """
    left_out: list[LeftOut] = []
    began = time.monotonic()
    for restart in range(MAX_RESTARTS + 1):
        course = load(left_out)
        if course.end is None and course.is_sound:
            return tuple(left_out)
        known = {(one.file, one.cell, one.statement) for one in left_out}
        culprits = _culprits(course, table, load_s, is_first=not restart) if course.is_sound else []
        if not set(culprits) - known or time.monotonic() - began > LEARNING_S:
            return None
        assert course.end is not None
        why = f"it {course.end.message.removeprefix('the submission ').removesuffix(' while loading')}"
        left_out += [LeftOut(*place, course.end.kind, why) for place in culprits if place not in known]
    return None


def _culprits(course: Course, table: Table, load_s: float, *, is_first: bool) -> list[Place]:
    """Choose what to leave out: where it ended; or what used most of the time, if that is what was exceeded."""
    if not course.places or course.end is None:
        return []
    last = course.places[-1][0]
    if course.end.kind != "time limit":
        return [last]
    costs = {place: spent for place, spent in course.costs().items() if not table[place[0]][place[1] - 1][place[2]]}
    if not costs:
        return [last]
    heaviest = max(costs, key=lambda place: costs[place])
    if costs[heaviest] < _HEAVY * load_s:  # it waited instead
        return [last]
    return [heaviest] if is_first else [place for place, spent in costs.items() if spent >= _HEAVY * load_s]


class TrialLoad:
    """Loads a submission in a candidate of its own, and watches.

    Parameters
    ----------
    sandbox
        Makes the candidates.
    message
        What a candidate is asked.
    table
        Every statement that there is.
    limits
        Of the assignment.
    frameworks
        If True, the submission imports a framework.
    """

    def __init__(
        self, sandbox: Sandbox, message: Mapping[str, Any], table: Table, limits: Limits, *, frameworks: bool
    ) -> None:
        self._sandbox = sandbox
        self._message = message
        self._table = table
        self._limits = limits
        self._frameworks = frameworks
        self._wall_s = crowding() * (2.0 * limits.load_s + 5.0)

    def __call__(self, left_out: Sequence[LeftOut]) -> Course:
        """Load once without some statements."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with open(os.devnull, "wb") as nowhere, theirs:  # noqa: PTH123 - a descriptor is all that is wanted
            out, channel = nowhere.fileno(), theirs.fileno()
            try:
                candidate = self._sandbox.fork(
                    frameworks=self._frameworks, limits=self._limits, channel=channel, stdout=out, stderr=out
                )
            except BaseException:
                ours.close()
                raise
        with closing(Channel(ours)) as talk:
            return self._watch(candidate, talk, left_out)

    def _watch(self, candidate: Candidate, talk: Channel, left_out: Sequence[LeftOut]) -> Course:
        course = Course()
        limit: str | None = None
        deadline = time.monotonic() + self._wall_s
        message = {**self._message, "left_out": [[*_place(one), one.limit, one.why] for one in left_out], "n": 1}
        try:
            talk.send(message, deadline=deadline)
            while limit is None:
                has_spoken = bool(select.select([talk.fileno()], [], [], _INTERVAL_S)[0])
                if has_spoken and not self._hear(talk.recv(deadline=deadline), course, candidate):
                    candidate.dismiss()
                    return course
                self._sandbox.watch()
                limit = self._exceeded(candidate, deadline)
        except TimeoutError:
            limit = "wall"
        except WireError:
            course.is_sound = False
        except (EOFError, OSError):
            pass  # it has ended
        course.cpu_s = candidate.cpu_s()
        ending = candidate.end(limit)
        course.end = end_from(
            ending,
            "while loading",
            cpu_s=self._limits.load_s,
            wall_s=self._wall_s,
            memory_mib=self._limits.memory_mib,
        )
        return course

    def _exceeded(self, candidate: Candidate, deadline: float) -> str | None:
        if candidate.cpu_s() > self._limits.load_s:
            return "cpu"
        return "wall" if time.monotonic() > deadline else None

    def _hear(self, message: object, course: Course, candidate: Candidate) -> bool:
        """Take note of a place; False when everything was loaded, or when what was said makes no sense."""
        if not isinstance(message, dict) or message.get("op") != "place":
            course.is_sound = isinstance(message, dict) and "ok" in message
            return False
        place = self._known(message.get("place"))
        if place is None or len(course.places) >= MAX_PLACES:
            course.is_sound = False
            return False
        course.places.append((place, candidate.cpu_s()))
        return True

    def _known(self, place: object) -> Place | None:
        if not (isinstance(place, list) and len(place) == 3 and type(place[0]) is str):
            return None
        file, cell, statement = place
        cells = self._table.get(file, ())
        if type(cell) is not int or type(statement) is not int or not 1 <= cell <= len(cells):
            return None
        return (file, cell, statement) if 0 <= statement < len(cells[cell - 1]) else None


def _place(one: LeftOut) -> Place:
    return one.file, one.cell, one.statement
