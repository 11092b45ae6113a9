"""The most that a candidate may cost the examiner per criterion.

The bounds hold whatever messages the candidate sends.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.remote.meter import Meter

#: No higher: what only sleeps or waits would hold up a whole batch.
MAX_CROWDING = 6.0
_WINDOW_S = 30.0  # of the past, that tells what is to be expected
_LEAST_RUN_S = 0.02  # of CPU time in it: less says nothing
_TASKS = Path("/proc/self/task")

Times = Mapping[str, tuple[int, int]]


class Delays:
    """The waiting and running times of this process's threads.

    The threads wait for a core. No other process can feign that.

    A load average counts what sleeps in the kernel, too, which a submission can have by the dozen
    at no cost.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, tuple[int, int]] = {}
        self._sums: deque[tuple[float, int, int]] = deque([(-_WINDOW_S, 0, 0)])  # when, ran, waited [ns]

    def note(self, moment: float, times: Times) -> float:
        """Note the kernel's counts of each thread.

        Parameters
        ----------
        moment
            Now, on a clock of which only differences matter [s].
        times
            By thread, the times that it ran and waited since it began [ns].

        Returns
        -------
        float
            How many times longer things took of late than alone, at least 1.
        """
        with self._lock:
            _, ran, waited = self._sums[-1]
            for name, (ran_ns, waited_ns) in times.items():
                ran_before, waited_before = self._last.get(name, (0, 0))
                ran += max(0, ran_ns - ran_before)
                waited += max(0, waited_ns - waited_before)
            self._last = dict(times)  # of threads that ended, nothing is lost but their last moments
            self._sums.append((moment, ran, waited))
            while len(self._sums) > 2 and self._sums[1][0] < moment - _WINDOW_S:
                self._sums.popleft()
            _, ran_then, waited_then = self._sums[0]
        ran_ns, waited_ns = ran - ran_then, waited - waited_then
        return 1.0 + waited_ns / ran_ns if ran_ns >= _LEAST_RUN_S * 1e9 else 1.0


_delays = Delays()


def crowding() -> float:
    """Return the slow-down against an idle machine, as a factor.

    It follows from the time that this process waits for a core.

    Only backstops of wall time grow by it, which end what sleeps or waits. Limits of CPU time do
    not, and they decide. Where the kernel does not say, it is 1.
    """
    return min(MAX_CROWDING, _delays.note(time.monotonic(), _read_times()))


def _read_times() -> Times:
    """Read ``schedstat`` of every thread of this process.

    The result is empty where there is none.
    """
    found: dict[str, tuple[int, int]] = {}
    for task in _TASKS.iterdir() if _TASKS.is_dir() else ():
        try:
            ran, waited, _ = (task / "schedstat").read_text(encoding="ascii").split()
        except (OSError, ValueError):  # the thread has ended, or the kernel does not count
            continue
        found[task.name] = (int(ran), int(waited))
    return found


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds on a conversation.

    Past one of them the candidate is ended.

    Attributes
    ----------
    received_bytes
        Bytes of all its messages.
    messages
        Number of its messages.
    handles
        Objects of the candidate that the examiner refers to at one time.
    callbacks
        Calls of the examiner's functions.
    callback_depth
        Callbacks within callbacks; a deeper one raises RecursionError in the candidate.
    callback_cpu_s
        CPU time that callbacks take altogether, with their arguments and answers [s].
    callback_memory_mib
        Memory that one callback takes, with what earlier ones of the criterion have kept [MiB].
    answered_bytes
        Bytes of all answers to callbacks.
    lent
        The examiner's objects that the candidate holds at one time.
    patience
        How many times its wall time a candidate is waited for: no student loses points to a crowded
        machine.
    meter
        The kind of meter that keeps the bounds of callbacks.
    """

    received_bytes: int = 2 * 2**30
    messages: int = 2_000_000
    handles: int = 200_000
    callbacks: int = 100_000
    callback_depth: int = 16
    callback_cpu_s: float = math.inf
    callback_memory_mib: float = math.inf
    answered_bytes: int = 2 * 2**30
    lent: int = 200_000
    patience: float = 1.0
    meter: type[Meter] = Meter
