"""The meter of an exam.

The kernel bounds what a candidate's callbacks may cost the exam.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource
import signal
import weakref
from pathlib import Path

from autograder.remote.bounds import Meter

_GRACE_S = 1.0  # after which a callback is ended that does not come back
_MIB = 2**20
_SIZES, _STATUS, _FORGET_PEAK = (
    Path("/proc/self") / name for name in ("statm", "status", "clear_refs")
)
_LONGEST = 200  # bytes of `statm`
_DATA = 5  # a place in `statm`: private pages that can be written, as RLIMIT_DATA counts them
_PAGE_BYTES = resource.getpagesize()


class ExamMeter(Meter):
    """Has the kernel bound a callback's memory and time.

    The kernel refuses memory, and ends this process in a callback that does not come back. Such a
    process has died of SIGPROF, which nothing else here sends.
    """

    def __init__(self, cpu_s: float = math.inf, memory_mib: float = math.inf) -> None:
        super().__init__(cpu_s, memory_mib)
        self._limits = resource.getrlimit(resource.RLIMIT_DATA)
        self._has_memory_bound = memory_mib < math.inf
        self._has_cpu_bound = cpu_s < math.inf
        self._kept_bytes = self._data_bytes = self._resident_bytes = 0
        self._sizes_fd: int | None = None  # open: callbacks come by the thousand

    def begin(self) -> None:
        """Begin a callback.

        From here on the kernel keeps its bounds.
        """
        super().begin()
        if self._has_memory_bound:
            self._bound_memory()
        else:
            self._begin_peak()
        if self._has_cpu_bound:
            left_s = max(0.0, self.cpu_s - self.used_s)
            signal.setitimer(signal.ITIMER_PROF, left_s + _GRACE_S)

    def end(self) -> None:
        """End a callback, and lift its bounds for the rubric's own code."""
        if self._has_cpu_bound:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if self._has_memory_bound:
            resource.setrlimit(resource.RLIMIT_DATA, self._limits)
            before, self._data_bytes = self._data_bytes, self._read_data_bytes()
            self._kept_bytes = max(0, self._kept_bytes + self._data_bytes - before)
        else:
            self.peak_bytes = max(self.peak_bytes, _read_status("VmHWM") - self._resident_bytes)
        super().end()

    def _bound_memory(self) -> None:
        """Bound a callback's memory.

        It may use what earlier callbacks of the criterion have not kept.
        """
        now = self._read_data_bytes()
        if self._data_bytes:  # what was freed between two callbacks may be used again
            self._kept_bytes = max(0, self._kept_bytes + min(0, now - self._data_bytes))
        self._data_bytes = now
        soft = now + max(0, int(self.memory_mib * _MIB) - self._kept_bytes)
        hard = self._limits[1]
        resource.setrlimit(
            resource.RLIMIT_DATA,
            (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard),
        )

    def _read_data_bytes(self) -> int:
        if self._sizes_fd is None:
            self._sizes_fd = os.open(_SIZES, os.O_RDONLY | os.O_CLOEXEC)
            weakref.finalize(self, os.close, self._sizes_fd)
        return int(os.pread(self._sizes_fd, _LONGEST, 0).split()[_DATA]) * _PAGE_BYTES

    def _begin_peak(self) -> None:
        with contextlib.suppress(
            OSError
        ):  # where the kernel forgets no peak, it shows more, which allows more
            _FORGET_PEAK.write_text("5")
        self._resident_bytes = _read_status("VmRSS")


def is_ended_by_meter(status: int) -> bool:
    """Return True if the meter ended a process.

    The process had this wait status, and ended in a callback.
    """
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF


def _read_status(name: str) -> int:
    """Return a size of this process [bytes].

    The kernel tells it. It is 0 where the kernel tells none.
    """
    lines = _STATUS.read_text(encoding="ascii").splitlines() if _STATUS.is_file() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)
