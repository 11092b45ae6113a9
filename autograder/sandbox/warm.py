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
from dataclasses import asdict
from itertools import count
from typing import IO, TYPE_CHECKING, Self

from autograder.errors import SandboxError
from autograder.inside.messages import Fork, Share
from autograder.inside.walls.accelerator import Accelerator
from autograder.inside.walls.birth import STACK_BYTES
from autograder.sandbox.conformance.driving import SERIAL
from autograder.sandbox.control import Control
from autograder.sandbox.seam import Candidate, Image, SandboxSettings
from autograder.sandbox.warm_candidate import Request, WarmCandidate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograder.inside.walls.config import Config
    from autograder.records.outcome import Limits, Strength
    from autograder.sandbox.host.cgroup import Group

_START_TIMEOUT_S = 60.0
_FORK_TIMEOUT_S = 30.0
_IMPORT_TIMEOUT_S = 180.0  # the first candidate with frameworks waits for their import
_CLOSE_TIMEOUT_S = 10.0
_MEBIBYTE = 1 << 20
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
        self._talk: IO[bytes] | None = None  # what the wardens write, to be quoted
        self._numbers = count(1)
        self._living: dict[int, WarmCandidate] = {}
        self._leaving: list[WarmCandidate] = []  # dismissed, and not yet cleaned up

    @property
    @abstractmethod
    def strengths(self) -> Mapping[str, Strength]:
        """The strength with which each limit is applied."""

    @abstractmethod
    def _connect(self, count: int, talk: int) -> tuple[subprocess.Popen[bytes], list[socket.socket]]:
        """Start the first warden and connect to all wardens.

        Returns its process and the station's ends of ``count`` connections.
        """

    @property
    def _is_serial(self) -> bool:
        """True if the sandbox makes one candidate at a time.

        Such a sandbox cannot be looked into. See `autograder.inside.walls.serial`.
        """
        return bool(self._controls) and self._controls[0].is_serial

    @property
    def differences(self) -> Mapping[str, str]:
        """The conformance checks that the sandbox is known to fail.

        Each has its reason. They are known once the sandbox was started.
        """
        return SERIAL if self._is_serial else {}

    @abstractmethod
    def _explain(self, talk: str) -> SandboxError:
        """Return the reason for which the warden did not start.

        It is found in the output of the warden and the wall.
        """

    def _open_group(self, number: int, limits: Limits) -> Group | None:  # noqa: ARG002 - for the sandboxes that have groups
        """Make the control groups of a candidate."""
        return None

    @abstractmethod
    def _share(self, number: int, limits: Limits) -> Share:
        """Work out a candidate's share."""

    def _clean(self) -> None:  # noqa: B027 - not every sandbox has something to remove
        """Remove the remains when every process is gone."""

    def start(self) -> None:
        """Build the walls and warm up."""
        if self._process is not None:
            return
        timeouts_s = (_FORK_TIMEOUT_S, _IMPORT_TIMEOUT_S) if self._settings.frameworks else (_FORK_TIMEOUT_S,)
        self._talk = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        try:
            self._process, connections = self._connect(len(timeouts_s), self._talk.fileno())
            self._controls = [Control(*pair) for pair in zip(timeouts_s, connections, strict=True)]
            self._await_ready()
        except BaseException:
            self.close()
            raise

    def _await_ready(self) -> None:
        if not self._controls[0].wait(lambda: self._controls[0].is_ready, _START_TIMEOUT_S):
            raise self._explain(self._read_talk())

    def fork(self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int) -> WarmCandidate:
        """Make a candidate.

        Its walls stand when this returns.
        """
        candidate = self.prepare(frameworks=frameworks, limits=limits, channel=channel, stdout=stdout, stderr=stderr)
        self.hand_over(candidate)
        return candidate

    def prepare(self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int) -> WarmCandidate:
        """Have a candidate made, and go on meanwhile."""
        if self._process is None or (frameworks and len(self._controls) == 1):
            raise SandboxError("the sandbox was not started, or has no frameworks to offer.")
        control = self._controls[1 if frameworks else 0]
        number = next(self._numbers)
        account = control.open_account(number)
        group = self._open_group(number, limits)
        candidate = WarmCandidate(number, limits, control, account, group, has_gpu=self._settings.gpu is not None)
        members = group.open_members() if group else []
        try:
            fork = Fork(number, self._share(number, limits))
            if control.is_serial:
                candidate.request = Request([os.dup(fd) for fd in (channel, stdout, stderr)], fork)
            else:
                control.send(fork, [channel, stdout, stderr, *members])
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
        others = [one.id for one in self._living.values() if one is not candidate and one.request is None]
        if others:
            raise SandboxError(f"this sandbox has room for one candidate at a time, and {others} still live.")
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
        if self._talk is not None:
            self._talk.close()
            self._talk = None

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
        if self._talk is None:
            return ""
        self._talk.seek(0)
        return self._talk.read()[-_TAIL_BYTES:].decode(errors="replace").strip()


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
    limits: Limits, *, work: str, uid: int | None, processes: int, slack: float | None, kept: list[str] | None = None
) -> Share:
    """Work out the resource limits of a candidate.

    A process may reserve ``slack`` times the memory limit, and the stacks of frameworks. If
    ``slack`` is None, it may reserve any amount.
    """
    stacks = limits.framework_threads * STACK_BYTES[0]
    return Share(
        uid=uid,
        work=work,
        processes=processes,
        open_files=limits.open_files,
        file_bytes=limits.disk_mib * _MEBIBYTE,
        data_bytes=None if slack is None else int(limits.memory_mib * _MEBIBYTE * slack) + stacks,
        disk_bytes=limits.disk_mib * _MEBIBYTE,
        inodes=limits.inodes,
        kept=kept or [],
    )


def accelerator_of(settings: SandboxSettings) -> Accelerator | None:
    """Return a candidate's facts about its GPU, or None."""
    if settings.gpu is None:
        return None
    return Accelerator(settings.gpu.name, settings.gpu_memory_mib, settings.gpu.memory_mib)


def warden_command(executable: str, folders: list[str], config: Config) -> list[str]:
    """Build the command that runs a warden.

    The warden is isolated from folders and user packages, and has our environment.
    """
    code = f"import sys; sys.path[:0] = {folders!r}; from autograder.inside.walls.entry import main; main()"
    return [executable, "-P", "-s", "-B", "-c", code, json.dumps(asdict(config))]


def _quote(talk: str) -> str:
    return f" It wrote:\n{talk}" if talk else ""


def _await_end(process: subprocess.Popen[bytes]) -> None:
    """Wait for the warden's end, or else kill the warden.

    The warden ends when its control sockets are closed. Killing it ends everything below it.
    """
    try:
        process.wait(_CLOSE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
