"""Stations side by side in one process.

One is already open. The others have threads of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from autograder.station.settings import StationSettings
from autograder.station.station import Station

T = TypeVar("T")


def work_in_parallel(
    settings: StationSettings,
    station: Station,
    jobs: int,
    work: Callable[[Station, int], T],
    stop: Callable[[], None] = lambda: None,
) -> list[T]:
    """Have stations do the same work, and return each one's result.

    Work must not parse Python in this process: on CPython 3.11 two threads that call `ast.parse` at
    once may fail with a SystemError. So the other stations, which parse what they load, are made
    before any thread begins.

    Parameters
    ----------
    station
        One that is open; ``jobs - 1`` others are opened beside it, each in a thread that lives as
        long as its processes.
    work
        Gets a station, and its number from 0 on.
    stop
        Called when the first has ended, also by an exception (Ctrl-C): the others are to end with
        what they have in hand.
    """
    others = [Station(settings) for _ in range(jobs - 1)]

    def work_alone(other: Station, number: int) -> T:
        with other:
            return work(other, number)

    with ThreadPoolExecutor(max(1, jobs - 1)) as pool:
        futures = [pool.submit(work_alone, other, number) for number, other in enumerate(others, 1)]
        try:
            first = work(station, 0)
        finally:
            stop()
        return [first, *(future.result() for future in futures)]
