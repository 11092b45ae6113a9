"""A candidate as the examiner holds it.

It is a channel, the candidate's output, and a way to end the candidate.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, Protocol

from autograder.remote.output import OutputTail, PipeTail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograder.remote.ends import Ending
    from autograder.wire import Channel


class Link(ABC):
    """One candidate, as the examiner holds it.

    Kinds differ in the process that ends the candidate, and in the source of its output.

    Parameters
    ----------
    channel
        Leads to the candidate; the link closes it.
    stdout, stderr
        Where the candidate's output arrives.

    Attributes
    ----------
    idle
        Functions to call when a descriptor can be read while the examiner waits for the candidate.
    """

    def __init__(self, channel: Channel, *, stdout: OutputTail | None = None, stderr: OutputTail | None = None) -> None:
        self.channel = channel
        self.stdout = OutputTail() if stdout is None else stdout
        self.stderr = OutputTail() if stderr is None else stderr
        self._pipes = [tail for tail in (self.stdout, self.stderr) if isinstance(tail, PipeTail)]
        self.idle: Mapping[int, Callable[[], None]] = {pipe.fd: pipe.drain for pipe in self._pipes}
        self._ending: Ending | None = None

    def loaded(self) -> None:  # noqa: B027  # not every link measures
        """Note that the submission has been loaded.

        From now on its CPU time counts against the criterion.
        """

    @abstractmethod
    def finish(self, limit: str | None) -> Ending:
        """End the candidate and everything it started.

        It is called once.

        Parameters
        ----------
        limit
            The limit it is ended for, None at the end of a criterion or when its channel broke.
        """

    def leave(self) -> Ending:
        """End the candidate without waiting for its last process.

        That is done where it can be. It is called once.
        """
        return self.finish(None)

    def end(self, limit: str | None = None) -> Ending:
        """End the candidate and return its ending.

        The rest of its output is kept. The first call counts.
        """
        return self._end(lambda: self.finish(limit))

    def dismiss(self) -> Ending:
        """End a candidate that is over, and return its use.

        The rest of its output is kept. The first call counts.
        """
        return self._end(self.leave)

    def _end(self, finish: Callable[[], Ending]) -> Ending:
        if self._ending is None:
            try:
                self._ending = finish()
            finally:
                for pipe in self._pipes:
                    pipe.close()
                self.idle = {}
                self.channel.close()
        return self._ending

    @property
    def is_ended(self) -> bool:
        """True if `end` was called."""
        return self._ending is not None

    def take_output(self) -> tuple[str, str]:
        """Return the output kept so far, and begin anew.

        From here on `output` begins anew.
        """
        told = self.output
        self.stdout.clear()
        self.stderr.clear()
        return told

    @property
    def output(self) -> tuple[str, str]:
        """The kept part of standard output and standard error."""
        for pipe in self._pipes:
            pipe.drain()
        return self.stdout.text(), self.stderr.text()


class Spawner(Protocol):
    """Starts candidates."""

    def spawn(self, *, frameworks: bool, kind: Literal["submission", "reference"]) -> Link:
        """Start one.

        Parameters
        ----------
        frameworks
            Whether it may use the assignment's frameworks.
        kind
            Whose code it is to run; a reference never runs where submissions do.
        """
