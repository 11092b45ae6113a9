"""A candidate of a `WarmSandbox`, from the station's side.

It covers the candidate's use of resources, its life and its end.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.errors import SandboxError
from autograder.inside.messages import End as EndMessage
from autograder.sandbox.host.sample import (
    find_descendants,
    is_exiting,
    own_memory_mib,
    peak_memory_mib,
    sample_trees,
    sum_cpu_s,
)
from autograder.sandbox.seam import Ending

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.inside.messages import Fork
    from autograder.records.outcome import Limits
    from autograder.sandbox.control import Account, Control
    from autograder.sandbox.host.cgroup import Group

_END_TIMEOUT_S = 30.0
_EXIT_TIMEOUT_S = 5.0
_MEBIBYTE = 1 << 20


@dataclass
class Request:
    """A request that a warden cannot serve yet.

    It holds its own copies of the descriptors, and the message.
    """

    fds: list[int]
    fork: Fork

    def close(self) -> None:
        """Close the descriptors."""
        for fd in self.fds:
            os.close(fd)


class WarmCandidate:
    """A candidate of a `WarmSandbox`."""

    def __init__(  # noqa: PLR0913 - one of each
        self,
        number: int,
        limits: Limits,
        control: Control,
        account: Account,
        group: Group | None,
        *,
        has_gpu: bool = False,
    ) -> None:
        self.id = number
        self._has_gpu = has_gpu
        self._limits = limits
        self.control = control
        self._account = account
        self._group = group
        self._ending: Ending | None = None
        self._peak_memory_mib: float | None = None
        self._birth_memory_mib: float | None = None  # what it was forked with; None where something else counts
        self.request: Request | None = None  # not yet sent
        self._birth_cpu_s = 0.0  # what making it ready has cost, where that is much: nobody's time
        self.on_end: Callable[[WarmCandidate], None] = lambda _: None

    def cpu_s(self) -> float:
        """Return the candidate's CPU time since its walls stand [s].

        It is that of all its processes so far.
        """
        if self._ending is not None:
            return self._ending.cpu_s
        return max(0.0, self._whole_cpu_s() - self._birth_cpu_s)

    def _whole_cpu_s(self) -> float:
        counted = self._group.cpu_s() if self._group else None
        if counted is not None:
            return counted
        if self._account.is_gone:
            return self._account.cpu_s
        if self.control.is_serial:
            self.control.listen()
            return self._account.used_cpu_s or 0.0
        return sum_cpu_s(pid for root in self._account.roots for pid in find_descendants(root))

    def is_alive(self) -> bool:
        """Return True if the candidate's main process still runs."""
        self.control.listen()
        return not (self._account.has_exited or self.control.is_lost)

    @property
    def is_gone(self) -> bool:
        """True if no process of the candidate runs any more."""
        return self._account.is_gone

    def check(self) -> None:
        """End the candidate if it is beyond a watched limit."""
        if self._ending is not None or not self.is_alive():
            return
        if self.cpu_s() > self._limits.cpu_s + self._limits.load_s:
            self.end("cpu")
        elif not self._is_counted and self._memory_mib() > self._limits.memory_mib:
            self.end("memory")

    def end(self, limit: str | None = None) -> Ending:
        """Kill the candidate's processes and return its ending."""
        self.withdraw()
        if self._ending is None:
            self._note_peak()
            self._await_exit()
            if not self._account.is_gone:
                self.control.send(EndMessage(self.id))
                self._await_gone()
            self._ending = self._describe_end(limit)
            self.on_end(self)
            self.clean_up()
        return self._ending

    def dismiss(self) -> Ending:
        """Have the candidate killed, and return its ending now.

        The ending has what the candidate has used until now. Call `clean_up` when there is time.
        """
        self.withdraw()
        if self._ending is None:
            self._note_peak()
            self._ending = self._describe_end(None)
            self.control.send(EndMessage(self.id))
            self.on_end(self)
        return self._ending

    def withdraw(self) -> None:
        """Give up a request that was not sent.

        There is nothing to end.
        """
        if self.request is not None:
            self.request.close()
            self.request = None
            self._account.has_exited = self._account.is_gone = True

    def clean_up(self) -> None:
        """Wait for the candidate's end and remove its control groups.

        Afterwards no process of the candidate runs any more.
        """
        self._await_gone()
        self.control.close_account(self.id)
        if self._group:
            self._group.remove()

    def await_walls(self) -> str | None:
        """Wait until the candidate's walls stand, or return the reason.

        None means that they stand.
        """
        control, account = self.control, self._account
        if control.wait(lambda: account.is_up or account.is_gone, control.fork_timeout_s) and account.is_up:
            if self._has_gpu:
                self._birth_cpu_s = self._whole_cpu_s()
            elif control.is_serial:  # there, a wall costs hundreds of milliseconds
                self._birth_cpu_s = account.birth_cpu_s
            if account.pid is not None and not (self._is_counted or control.is_serial):
                self._birth_memory_mib = own_memory_mib(account.pid)
            return None
        if control.is_lost:
            return "the warden of the sandbox has ended."
        if account.failure is not None:
            return f"no candidate could be made: {account.failure}."
        return f"no candidate could be made within {control.fork_timeout_s:.0f} s."

    def _await_gone(self) -> None:
        if not self.control.wait(lambda: self._account.is_gone, _END_TIMEOUT_S):
            raise SandboxError(f"candidate {self.id} could not be ended within {_END_TIMEOUT_S:.0f} s.")

    def _await_exit(self) -> None:
        """Let the candidate finish dying, if that has begun.

        Otherwise it would count as killed, and its own status would be lost.
        """
        self.control.listen()
        if not self._account.has_exited and self._account.pid is not None and is_exiting(self._account.pid):
            self.control.wait(lambda: self._account.has_exited, _EXIT_TIMEOUT_S)

    @property
    def _is_counted(self) -> bool:
        """True if a control group counts the candidate's memory."""
        return self._group is not None and self._group.limits_memory

    def _note_peak(self) -> None:
        """Note the candidate's peak memory beyond that of its birth.

        It is read while the candidate's main process is there.
        """
        pid = self._account.pid
        peak_mib = None if pid is None or self._birth_memory_mib is None else peak_memory_mib(pid)
        if peak_mib is not None:
            own_mib = max(0.0, peak_mib - (self._birth_memory_mib or 0.0))
            self._peak_memory_mib = max(own_mib, self._peak_memory_mib or 0.0)

    def _memory_mib(self) -> float:
        if self.control.is_serial:
            memory_mib = self._account.used_memory_bytes / _MEBIBYTE
        else:
            memory_mib = sample_trees(self._account.roots, self._limits.memory_mib * _MEBIBYTE).memory_mib
        self._peak_memory_mib = max(memory_mib, self._peak_memory_mib or 0.0)
        return memory_mib

    def _describe_end(self, limit: str | None) -> Ending:
        group, account = self._group, self._account
        is_oom = group is not None and group.oom_kills() > 0
        if limit is None and is_oom:
            limit = "memory"
        elif limit is None and group is not None and account.signal is not None and group.refused_forks() > 0:
            limit = "pids"
        return Ending(
            exit_status=account.exit_status,
            signal=account.signal,
            is_oom=is_oom,
            cpu_s=self.cpu_s(),
            peak_memory_mib=group.peak_memory_mib() if group and self._is_counted else self._peak_memory_mib,
            limit=limit,
        )
