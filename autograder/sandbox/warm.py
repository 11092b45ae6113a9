"""A sandbox from the station's side.

It starts the wardens, asks them for candidates, and watches and ends the candidates.

`WarmSandbox` is what `bubblewrap` and `plain` have in common; they differ in the command that
starts the first warden, and in whether there are walls and control groups.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from itertools import count
from typing import IO, TYPE_CHECKING, Self

from autograder.errors import SandboxError
from autograder.inside.messages import CandidateResources, End, Fork
from autograder.inside.walls.accelerator import Accelerator, Gpu
from autograder.inside.walls.setup import STACK_BYTES
from autograder.sandbox.control import Control
from autograder.sandbox.host.sample import is_exiting, peak_memory_mib
from autograder.sandbox.kernel import HOST_KERNEL, MEBIBYTE, SandboxKernel
from autograder.sandbox.seam import Candidate, Ending, Image, SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograder.inside.walls.config import Config
    from autograder.records.outcome import Limits, Strength
    from autograder.sandbox.host.cgroup import CandidateGroups
    from autograder.sandbox.kernel import CandidateAccount


_END_TIMEOUT_S = 30.0
_EXIT_TIMEOUT_S = 5.0


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
        account: CandidateAccount,
        group: CandidateGroups | None,
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
        # what it was forked with; None where something else counts
        self._start_memory_mib: float | None = None
        self.request: Request | None = None  # not yet sent
        self._start_cpu_s = 0.0  # what making it ready has cost, where that is much: nobody's time
        self.on_end: Callable[[WarmCandidate], None] = lambda _: None

    def cpu_s(self) -> float:
        """Return the candidate's CPU time since its walls stand [s].

        It is that of all its processes so far.
        """
        if self._ending is not None:
            return self._ending.cpu_s
        return max(0.0, self._whole_cpu_s() - self._start_cpu_s)

    def _whole_cpu_s(self) -> float:
        counted = self._group.cpu_s() if self._group else None
        if counted is not None:
            return counted
        if self._account.is_gone:
            return self._account.cpu_s
        return self.control.kernel.used_cpu_s(self._account, self.control.listen)

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
                self.control.send(End(self.id))
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
            self.control.send(End(self.id))
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
        if (
            control.wait(lambda: account.is_up or account.is_gone, control.fork_timeout_s)
            and account.is_up
        ):
            self._start_cpu_s = (
                self._whole_cpu_s() if self._has_gpu else control.kernel.start_cpu_s(account)
            )
            if not self._is_counted:
                self._start_memory_mib = control.kernel.start_memory_mib(account)
            return None
        if control.is_lost:
            return "the warden of the sandbox has ended."
        if account.failure is not None:
            return f"no candidate could be made: {account.failure}."
        return f"no candidate could be made within {control.fork_timeout_s:.0f} s."

    def _await_gone(self) -> None:
        if not self.control.wait(lambda: self._account.is_gone, _END_TIMEOUT_S):
            raise SandboxError(
                f"candidate {self.id} could not be ended within {_END_TIMEOUT_S:.0f} s."
            )

    def _await_exit(self) -> None:
        """Let the candidate finish dying, if that has begun.

        Otherwise it would count as killed, and its own status would be lost.
        """
        self.control.listen()
        if (
            not self._account.has_exited
            and self._account.pid is not None
            and is_exiting(self._account.pid)
        ):
            self.control.wait(lambda: self._account.has_exited, _EXIT_TIMEOUT_S)

    @property
    def _is_counted(self) -> bool:
        """True if a control group counts the candidate's memory."""
        return self._group is not None and self._group.limits_memory

    def _note_peak(self) -> None:
        """Note the candidate's peak memory beyond that of its start.

        It is read while the candidate's main process is there.
        """
        pid = self._account.pid
        peak_mib = None if pid is None or self._start_memory_mib is None else peak_memory_mib(pid)
        if peak_mib is not None:
            own_mib = max(0.0, peak_mib - (self._start_memory_mib or 0.0))
            self._peak_memory_mib = max(own_mib, self._peak_memory_mib or 0.0)

    def _memory_mib(self) -> float:
        memory_mib = self.control.kernel.used_memory_mib(self._account, self._limits.memory_mib)
        self._peak_memory_mib = max(memory_mib, self._peak_memory_mib or 0.0)
        return memory_mib

    def _describe_end(self, limit: str | None) -> Ending:
        group, account = self._group, self._account
        is_oom = group is not None and group.oom_kills() > 0
        if limit is None and is_oom:
            limit = "memory"
        elif (
            limit is None
            and group is not None
            and account.signal is not None
            and group.refused_forks() > 0
        ):
            limit = "pids"
        return Ending(
            exit_status=account.exit_status,
            signal=account.signal,
            is_oom=is_oom,
            cpu_s=self.cpu_s(),
            peak_memory_mib=group.peak_memory_mib()
            if group and self._is_counted
            else self._peak_memory_mib,
            limit=limit,
        )


_START_TIMEOUT_S = 60.0
_FORK_TIMEOUT_S = 30.0
_IMPORT_TIMEOUT_S = 180.0  # the first candidate with frameworks waits for their import
_CLOSE_TIMEOUT_S = 10.0
_TAIL_BYTES = 2000


class WarmSandbox(ABC):
    """Wardens in a child process, and the candidates they have made.

    Parameters
    ----------
    settings
        What candidates are offered.
    """

    name: str
    runtime = ""
    image: Image | None = None

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._controls: list[Control] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None  # what the wardens write, to be quoted
        self._numbers = count(1)
        self._living: dict[int, WarmCandidate] = {}
        self._leaving: list[WarmCandidate] = []  # dismissed, and not yet cleaned up

    @property
    @abstractmethod
    def strengths(self) -> Mapping[str, Strength]:
        """The strength with which each limit is applied."""

    @abstractmethod
    def _connect(self, count: int, log: int) -> tuple[subprocess.Popen[bytes], list[socket.socket]]:
        """Start the first warden and connect to all wardens.

        Returns its process and the station's ends of ``count`` connections.
        """

    @property
    def kernel(self) -> SandboxKernel:
        """The kernel that candidates run on.

        It is known once the sandbox was started.
        """
        return self._controls[0].kernel if self._controls else HOST_KERNEL

    @property
    def differences(self) -> Mapping[str, str]:
        """The conformance checks that the sandbox is known to fail.

        Each has its reason. They are known once the sandbox was started.
        """
        return self.kernel.differences

    @abstractmethod
    def _explain(self, log: str) -> SandboxError:
        """Return the reason for which the warden did not start.

        It is found in the output of the warden and the wall.
        """

    # for the sandboxes that have groups
    def _open_group(self, number: int, limits: Limits) -> CandidateGroups | None:  # noqa: ARG002
        """Make the control groups of a candidate."""
        return None

    @abstractmethod
    def _share(self, number: int, limits: Limits) -> CandidateResources:
        """Work out a candidate's share."""

    def _clean(self) -> None:  # noqa: B027 - not every sandbox has something to remove
        """Remove the remains when every process is gone."""

    def start(self) -> None:
        """Build the walls and warm up."""
        if self._process is not None:
            return
        timeouts_s = (
            (_FORK_TIMEOUT_S, _IMPORT_TIMEOUT_S)
            if self._settings.frameworks
            else (_FORK_TIMEOUT_S,)
        )
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        try:
            self._process, connections = self._connect(len(timeouts_s), self._log.fileno())
            self._controls = [Control(*pair) for pair in zip(timeouts_s, connections, strict=True)]
            self._await_ready()
        except BaseException:
            self.close()
            raise

    def _await_ready(self) -> None:
        if not self._controls[0].wait(lambda: self._controls[0].is_ready, _START_TIMEOUT_S):
            raise self._explain(self._read_talk())

    def fork(
        self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int
    ) -> WarmCandidate:
        """Make a candidate.

        Its walls stand when this returns.
        """
        candidate = self.prepare(
            frameworks=frameworks, limits=limits, channel=channel, stdout=stdout, stderr=stderr
        )
        self.hand_over(candidate)
        return candidate

    def prepare(
        self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int
    ) -> WarmCandidate:
        """Have a candidate made, and go on meanwhile."""
        if self._process is None or (frameworks and len(self._controls) == 1):
            raise SandboxError("the sandbox was not started, or has no frameworks to offer.")
        control = self._controls[1 if frameworks else 0]
        number = next(self._numbers)
        account = control.open_account(number)
        group = self._open_group(number, limits)
        candidate = WarmCandidate(
            number, limits, control, account, group, has_gpu=self._settings.gpu is not None
        )
        members = group.open_members() if group else []
        try:
            fork = Fork(number, self._share(number, limits))
            if control.kernel.has_room_for_many:
                control.send(fork, [channel, stdout, stderr, *members])
            else:
                candidate.request = Request([os.dup(fd) for fd in (channel, stdout, stderr)], fork)
        except BaseException:
            self._abandon(candidate)
            raise
        finally:
            for fd in members:
                os.close(fd)
        self._living[number] = candidate
        candidate.on_end = self._note_end
        return candidate

    def hand_over(self, candidate: Candidate) -> None:
        """Wait until the walls of a prepared candidate stand.

        Also wait until no process of a dismissed candidate runs any more.
        """
        self.settle()
        living = self._living.get(candidate.id)
        if living and living.request is not None:
            self._send(living)
        problem = living.await_walls() if living else None
        if living and problem is not None:
            quote = _quote(self._read_talk())
            self._abandon(living)
            raise SandboxError(f"{problem}{quote}")

    def _send(self, candidate: WarmCandidate) -> None:
        """Ask for a candidate that had to wait until no other lives."""
        others = [
            one.id for one in self._living.values() if one is not candidate and one.request is None
        ]
        if others:
            raise SandboxError(
                f"this sandbox has room for one candidate at a time, and {others} still live."
            )
        request, candidate.request = candidate.request, None
        if request is not None:
            try:
                candidate.control.send(request.fork, request.fds)
            finally:
                request.close()

    def settle(self) -> None:
        """Wait for the end of dismissed candidates, and clean up.

        Afterwards no process of theirs runs any more.
        """
        while self._leaving:
            self._leaving[-1].clean_up()
            self._leaving.pop()  # not before: what cannot be ended is met again when this is closed

    def watch(self) -> None:
        """End living candidates that are beyond an otherwise unkept limit."""
        for candidate in list(self._living.values()):
            candidate.check()

    def close(self) -> None:
        """End everything and leave nothing behind."""
        for candidate in list(self._living.values()):
            with contextlib.suppress(SandboxError):
                candidate.end()
        with contextlib.suppress(SandboxError):
            self.settle()
        self._living.clear()
        self._leaving.clear()
        for control in self._controls:
            control.close()
        self._controls = []
        if self._process is not None:
            _await_end(self._process)
            self._process = None
            self._clean()
        if self._log is not None:
            self._log.close()
            self._log = None

    def __enter__(self) -> Self:
        """Start the sandbox."""
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the sandbox."""
        self.close()

    def _abandon(self, candidate: WarmCandidate) -> None:
        with contextlib.suppress(SandboxError):
            candidate.end()

    def _note_end(self, candidate: WarmCandidate) -> None:
        self._living.pop(candidate.id, None)
        if not candidate.is_gone:
            self._leaving.append(candidate)

    def _read_talk(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read()[-_TAIL_BYTES:].decode(errors="replace").strip()


def connect_by_descriptors(
    count: int, run: Callable[[list[int]], subprocess.Popen[bytes]]
) -> tuple[subprocess.Popen[bytes], list[socket.socket]]:
    """Run a warden that inherits its ends of ``count`` connections.

    Returns its process and the station's ends.
    """
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(count)]
    try:
        process = run([theirs.fileno() for _, theirs in pairs])
    except BaseException:
        for ours, _ in pairs:
            ours.close()
        raise
    finally:
        for _, theirs in pairs:
            theirs.close()
    return process, [ours for ours, _ in pairs]


def share_of(  # noqa: PLR0913 - by name
    limits: Limits,
    *,
    work: str,
    uid: int | None,
    processes: int,
    slack: float | None,
    kept: list[str] | None = None,
) -> CandidateResources:
    """Work out the resource limits of a candidate.

    A process may reserve ``slack`` times the memory limit, and the stacks of frameworks. If
    ``slack`` is None, it may reserve any amount.
    """
    stacks = limits.framework_threads * STACK_BYTES[0]
    return CandidateResources(
        uid=uid,
        work=work,
        processes=processes,
        open_files=limits.open_files,
        file_bytes=limits.disk_mib * MEBIBYTE,
        data_bytes=None if slack is None else int(limits.memory_mib * MEBIBYTE * slack) + stacks,
        disk_bytes=limits.disk_mib * MEBIBYTE,
        inodes=limits.inodes,
        kept=kept or [],
    )


def accelerator_of(settings: SandboxSettings) -> Accelerator:
    """Return the device of a candidate."""
    if settings.gpu is None:
        return Accelerator()
    return Gpu(settings.gpu.name, settings.gpu_memory_mib, settings.gpu.memory_mib)


def warden_command(executable: str, folders: list[str], config: Config) -> list[str]:
    """Build the command that runs a warden.

    The warden is isolated from folders and user packages, and has our environment.
    """
    code = (
        f"import sys; sys.path[:0] = {folders!r}; from autograder.inside.walls.entry import "
        "main; main()"
    )
    return [executable, "-P", "-s", "-B", "-c", code, json.dumps(asdict(config))]


def _quote(log: str) -> str:
    return f" It wrote:\n{log}" if log else ""


def _await_end(process: subprocess.Popen[bytes]) -> None:
    """Wait for the warden's end, or else kill the warden.

    The warden ends when its control sockets are closed. Killing it ends everything below it.
    """
    try:
        process.wait(_CLOSE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
