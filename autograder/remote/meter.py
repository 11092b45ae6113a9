"""The cost of a candidate's callbacks to the examiner.

They are its calls of the examiner's functions.
"""

from __future__ import annotations

import math
import time
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MIB = 2**20
_MIN_CPU_S, _MIN_MIB = 10.0, 512
_CPU_FACTOR, _SIZE_FACTOR = 10, 4  # of what the reference needs: a submission may call more often, with larger arrays


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
        return Cost(math.ceil(1000 * cpu_s), *(max(_MIN_MIB, _SIZE_FACTOR * size) for size in sizes))

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
        sizes = (math.ceil(size / _MIB) for size in (self.peak_bytes, received_bytes, answered_bytes))
        return Cost(math.ceil(1000 * self.used_s), *sizes)
