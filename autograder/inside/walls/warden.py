"""The warden, warm and trusted code in the sandbox.

It forks candidates into walls of their own.

There are two. The first has imported NumPy; the second is forked from it before anything else
happens and imports the frameworks when it is asked for the first time. Each sits on a control
socket, whose messages `autograder.inside.messages` lists.

Nothing of a submission passes through a warden, since the next candidate is a fork of its memory:
it reads no channel and no pipe, and learns of a candidate nothing but the wait status and the CPU
time of a process.

What a warden can do depends on the kernel: `autograder.inside.walls.parallel` and
`autograder.inside.walls.serial` are the two kinds.
"""

from __future__ import annotations

import gc
import importlib
import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NoReturn

from autograder.inside.messages import End, Failed, Fork, Gone, Ready, decode_message
from autograder.inside.walls import syscalls
from autograder.inside.walls.setup import CandidateSetup, tell_station

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from autograder.inside.walls.config import Config


class Warden(ABC):
    """A warden that forks candidates as its control socket asks.

    Parameters
    ----------
    config
        What the station said.
    control
        This warden's control socket.
    imports
        Modules to import at the first request.

    Attributes
    ----------
    kernel
        What its candidates run on, in the word of `Ready`.
    """

    kernel: ClassVar[str]
    _inherited: ClassVar[str]  # the size in /proc/self/status that a candidate's limit counts

    def __init__(self, config: Config, control: socket.socket, imports: list[str]) -> None:
        self._config = config
        self._control = control
        self._imports = imports
        self._inherited_bytes = 0

    def serve(self) -> CandidateSetup:
        """Answer requests until the station is gone.

        It returns in a process that is to become a candidate.
        """
        self._settle()
        try:
            tell_station(self._control, Ready(Path("/proc/self/uid_map").read_text(), self.kernel))
            while True:
                setup = self._take_turn()
                if setup is not None:
                    return setup
        except (BrokenPipeError, ConnectionResetError):
            self._leave()

    @abstractmethod
    def _take_turn(self) -> CandidateSetup | None:
        """Wait for something to do, and do it.

        A set-up is returned in the process that is to become this candidate.
        """

    @abstractmethod
    def _make_setup(self, request: Fork, fds: Sequence[int]) -> CandidateSetup:
        """Return the set-up of a candidate that was asked for."""

    @abstractmethod
    def _fork(self, setup: CandidateSetup) -> bool:
        """Fork, and return True in the future candidate."""

    @abstractmethod
    def _end(self, number: int) -> None:
        """Kill a candidate with everything it has started."""

    def _leave(self) -> NoReturn:
        """End, since the station is gone.

        Candidates with walls end with this process.
        """
        os._exit(0)

    def _obey(self) -> CandidateSetup | None:
        """Do what one message of the station asks."""
        text, fds = syscalls.receive_datagram(self._control)
        if not text:
            self._leave()
        request = decode_message(text)
        if isinstance(request, End):
            self._end(request.id)
        if not isinstance(request, Fork):
            return None
        setup = self._make_setup(request, fds)
        is_candidate = False
        try:
            is_candidate = self._fork(setup)
        except Exception as error:  # noqa: BLE001 - told to the station, whatever it is
            tell_station(self._control, Failed(setup.id, f"{type(error).__name__}: {error}"))
            tell_station(self._control, Gone(setup.id, 0.0))
        finally:
            if not is_candidate:
                for fd in fds:
                    os.close(fd)
        return setup if is_candidate else None

    def _import(self) -> None:
        """Import what every candidate of this warden has."""
        if self._imports:
            for name in self._imports:
                importlib.import_module(name)
            self._imports = []
            self._share_pages()
            self._settle()

    def _share_pages(self) -> None:  # noqa: B027 - not every kernel can
        """Share pages with the other warden, where the kernel can."""

    def _settle(self) -> None:
        """Hide all objects from the garbage collector.

        It then does not write to shared pages.
        """
        gc.collect()
        gc.freeze()
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(f"{self._inherited}:"):
                self._inherited_bytes = int(line.split()[1]) << 10
