"""Bounds on a candidate's cost to the examiner, and their meter.

The bounds hold whatever messages the candidate sends.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_MIB = 2**20
_MIN_CPU_S, _MIN_MIB = 10.0, 512
# of what the reference needs: a submission may call more often, with larger arrays
_CPU_FACTOR, _SIZE_FACTOR = (10, 4)


@dataclass(frozen=True, slots=True)
class Cost:
    """The candidate's cost to the examiner in one criterion.

    Attributes
    ----------
    cpu_ms
        CPU time of callbacks, with their arguments and answers [ms].
    memory_mib
        By how much memory grew most in one of them [MiB]; 0 where that is not measured.
    received_mib, answered_mib
        Size of all messages of the candidate, and of all answers to its callbacks [MiB].
    """

    cpu_ms: int = 0
    memory_mib: int = 0
    received_mib: int = 0
    answered_mib: int = 0

    def allowed(self, most_cpu_s: float) -> Cost:
        """Return the allowed cost of a submission in a criterion.

        This is the criterion's cost with the reference.

        Parameters
        ----------
        most_cpu_s
            CPU time of callbacks that no criterion may exceed [s].
        """
        cpu_s = min(max(_MIN_CPU_S, _CPU_FACTOR * self.cpu_ms / 1000), most_cpu_s)
        sizes = (self.memory_mib, self.received_mib, self.answered_mib)
        return Cost(
            math.ceil(1000 * cpu_s), *(max(_MIN_MIB, _SIZE_FACTOR * size) for size in sizes)
        )

    @classmethod
    def largest(cls, costs: Iterable[Cost]) -> Cost:
        """Return the largest of each part of some costs."""
        parts = [astuple(one) for one in costs]
        return cls(*map(max, zip(*parts, strict=True))) if parts else cls()


class Meter:
    """A meter of the CPU time of callbacks.

    A subclass can stop a callback that does not come back.

    CPU time is that of the whole process: a function that starts threads is counted with them.
    Only the outermost of nested callbacks begins and ends.

    Parameters
    ----------
    cpu_s
        CPU time that callbacks may take altogether [s].
    memory_mib
        Memory that one callback may take, with what earlier ones have kept [MiB]; kept by a
        subclass.
    """

    def __init__(self, cpu_s: float = math.inf, memory_mib: float = math.inf) -> None:
        self.cpu_s, self.memory_mib = cpu_s, memory_mib
        self.used_s = 0.0
        self.peak_bytes = 0
        self._began_s = 0.0

    @property
    def is_over(self) -> bool:
        """True if callbacks have used up their CPU time."""
        return self.used_s > self.cpu_s

    def begin(self) -> None:
        """Begin a callback.

        From here on its CPU time counts.
        """
        self._began_s = time.process_time()

    def end(self) -> None:
        """End a callback."""
        self.used_s += time.process_time() - self._began_s

    def cost(self, received_bytes: int, answered_bytes: int) -> Cost:
        """Return the criterion's cost, with the given sizes of messages."""
        sizes = (
            math.ceil(size / _MIB) for size in (self.peak_bytes, received_bytes, answered_bytes)
        )
        return Cost(math.ceil(1000 * self.used_s), *sizes)


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
        # Each has its time, and how long the process ran and waited until then [ns].
        self._sums: deque[tuple[float, int, int]] = deque([(-_WINDOW_S, 0, 0)])

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
            # of threads that ended, nothing is lost but their last moments
            self._last = dict(times)
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
