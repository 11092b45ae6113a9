"""A trial load of a submission in a candidate of its own.

It finds the statement in which loading ends. See `autograder.remote.trial`.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from autograder.inside.requests import AtStatement, Load, as_message, is_a
from autograder.records.outcome import Limits
from autograder.remote.bounds import crowding
from autograder.remote.endings import end_from
from autograder.remote.loading import LeftOut, as_lists
from autograder.remote.trial import Course, Table, known_place
from autograder.sandbox.seam import Candidate, Sandbox
from autograder.wire import Budget, Channel, WireError

MAX_PLACES = 200_000
MESSAGE_S = 5.0  # a place is sent in one call: what takes longer is held back
#: Of a place, a few hundred bytes; of the reply, which nobody reads, a few MiB.
ANSWERS = Budget(frame_bytes=8 * 2**20)
_INTERVAL_S = 0.05


class TrialLoad:
    """A load of a submission in a candidate of its own.

    The load is watched.

    Parameters
    ----------
    sandbox
        Makes the candidates.
    request
        What a candidate is asked.
    table
        Every statement that there is.
    limits
        Of the assignment.
    frameworks
        If True, the submission imports a framework.
    """

    def __init__(
        self, sandbox: Sandbox, request: Load, table: Table, limits: Limits, *, frameworks: bool
    ) -> None:
        self._sandbox = sandbox
        self._request = request
        self._table = table
        self._limits = limits
        self._frameworks = frameworks
        self._wall_s = crowding() * (2.0 * limits.load_s + 5.0)

    def __call__(self, left_out: Sequence[LeftOut]) -> Course:
        """Load once without some statements."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        # a descriptor is all that is wanted
        with open(os.devnull, "wb") as nowhere, theirs:  # noqa: PTH123
            out, channel = nowhere.fileno(), theirs.fileno()
            try:
                candidate = self._sandbox.fork(
                    frameworks=self._frameworks,
                    limits=self._limits,
                    channel=channel,
                    stdout=out,
                    stderr=out,
                )
            except BaseException:
                ours.close()
                raise
        with closing(Channel(ours, budget=ANSWERS)) as talk:
            return self._watch(candidate, talk, left_out)

    def _watch(self, candidate: Candidate, talk: Channel, left_out: Sequence[LeftOut]) -> Course:
        course = Course()
        limit: str | None = None
        deadline = time.monotonic() + self._wall_s
        message = {**as_message(replace(self._request, left_out=as_lists(left_out))), "n": 1}
        try:
            talk.send(message, deadline=deadline)
            while limit is None:
                # A place may lie in the channel's own buffer, where no `select` sees it.
                has_spoken = (
                    not talk.is_quiet() or select.select([talk.fileno()], [], [], _INTERVAL_S)[0]
                )
                if has_spoken and not self._hear(
                    talk.recv(deadline=min(deadline, time.monotonic() + MESSAGE_S)),
                    course,
                    candidate,
                ):
                    candidate.dismiss()
                    return course
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
        self._sandbox.watch()
        if candidate.cpu_s() > self._limits.load_s:
            return "cpu"
        return "wall" if time.monotonic() > deadline else None

    def _hear(self, message: object, course: Course, candidate: Candidate) -> bool:
        """Take note of a place, and return False at the end.

        The end is when everything was loaded, or when a message makes no sense.
        """
        if not isinstance(message, dict):
            course.is_sound = False
            return False
        if not is_a(AtStatement, message):
            course.is_sound = "ok" in message
            return False
        place = known_place(message.get("place"), self._table)
        if place is None or len(course.places) >= MAX_PLACES:
            course.is_sound = False
            return False
        course.places.append((place, candidate.cpu_s()))
        return True
