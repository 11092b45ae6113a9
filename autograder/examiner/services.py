"""The exam's end of its post.

It asks the station for candidates and hands records in.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from autograder.examiner import messages
from autograder.examiner.message_socket import MessageSocket, MessageSocketError
from autograder.examiner.messages import CandidateNeeds, Kind
from autograder.examiner.verdict import InfrastructureEnd
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import Limits
from autograder.remote import Link
from autograder.remote.bounds import Meter
from autograder.remote.link import KEPT_BYTES, PipeTail
from autograder.sandbox.seam import Ending
from autograder.wire import Budget, Channel

_Answer = TypeVar("_Answer", bound=messages.Message)

#: A frame of a candidate; decoding may cost four times this, within the examiner's own memory
#: limit.
REPLY = Budget(frame_bytes=128 * 2**20)


class ExamServices(Protocol):
    """An exam's source of candidates and receiver of records."""

    meter: type[Meter]

    def begin(
        self,
        criterion: str,
        limits: Limits,
        need: CandidateNeeds | None,
        following: CandidateNeeds | None,
    ) -> None:
        """Begin a criterion and its deadline.

        It tells what this criterion and the one after it will probably need.
        """

    def spawn(self, *, frameworks: bool, kind: Kind, gpu: bool = False) -> Link:
        """Start a candidate for the criterion that was begun."""

    def spawn_shared(self, *, frameworks: bool, kind: Kind) -> Link:
        """Start a candidate for that criterion and those after it."""

    def experiment(self, criterion: str) -> CriterionRecord | None:
        """Return the reference's record of a criterion, or None.

        The reference is asked with the same draws. It is None where there is no reference.
        """

    def check_gpu(self, kind: Kind, *, frameworks: bool) -> str | None:
        """Return the GPU's problem, or None.

        It is asked where a criterion was lost on the GPU.
        """

    @property
    def failure(self) -> str | None:
        """The machine's failure in this exam, or None.

        It is kept even if the rubric swallowed it.
        """

    def tell_loading(self, loading: LoadingRecord) -> None:
        """Tell the station about the submission's first load.

        This exam may not come to its end.
        """

    def hand_in(self, record: CriterionRecord) -> None:
        """Hand in the record of the criterion that was begun."""

    def finish(self, loading: LoadingRecord | None) -> None:
        """End the exam, with the record of the submission's load."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A candidate in the making, with the exam's ends.

    The ends are those of its channel and its output. The station makes the candidate.
    """

    need: CandidateNeeds
    channel: socket.socket
    stdout: int
    stderr: int

    def close(self) -> None:
        """Give the ends up."""
        self.channel.close()
        os.close(self.stdout)
        os.close(self.stderr)


class StationServices:
    """The services of an exam that a station supervises.

    Parameters
    ----------
    post
        The exam's own post; one request and its answer at a time.
    meter
        The kind of meter that keeps what candidates cost this process.
    """

    def __init__(self, post: MessageSocket, meter: type[Meter]) -> None:
        self._post = post
        self.meter = meter
        self._cpu_s = 0.0
        self._kept_bytes = KEPT_BYTES
        self._following: CandidateNeeds | None = None
        self._ahead: _Order | None = None
        self._failure: str | None = None
        self._wants_gpu = False

    @property
    def failure(self) -> str | None:
        """The station's failure, or None.

        It is kept even if the rubric swallowed it.
        """
        return self._failure

    def begin(
        self,
        criterion: str,
        limits: Limits,
        need: CandidateNeeds | None,
        following: CandidateNeeds | None,
    ) -> None:
        """Begin a criterion and its deadline.

        It tells what this criterion and the one after it will probably need.
        """
        if self._wants_gpu:
            self._failure = None  # a GPU's, which says nothing of the criteria that have none
        self._wants_gpu = need is not None and need.gpu
        self._cpu_s = limits.cpu_s
        self._kept_bytes = 1024 * limits.output_kib
        self._following = following
        self.tell(messages.Begin(criterion, limits.cpu_s))
        if self._ahead is None and need is not None:
            self._ahead = self._order(need)

    def spawn(self, *, frameworks: bool, kind: Kind, gpu: bool = False) -> Link:
        """Ask for a candidate.

        Raises
        ------
        InfrastructureEnd
            The station could not fork a candidate.
        """
        return self._spawn(CandidateNeeds(frameworks, kind, self._cpu_s, gpu=gpu))

    def spawn_shared(self, *, frameworks: bool, kind: Kind) -> Link:
        """Ask for a candidate that goes on after the criterion."""
        return self._spawn(CandidateNeeds(frameworks, kind, self._cpu_s, is_shared=True))

    def _spawn(self, need: CandidateNeeds) -> Link:
        """Return a candidate, and have the next one made.

        It was made ahead, or is made now.
        """
        order, self._ahead = self._ahead, None
        if order is None or order.need != need:
            if order is not None:
                order.close()
            order = self._order(need)  # takes the place of the other
        try:
            candidate = self.ask(messages.HandOver(), messages.HandedOver).candidate
        except BaseException:
            order.close()
            raise
        if self._following is not None:
            self._ahead = self._order(self._following)
        return StationLink(self, candidate, order, self._kept_bytes)

    def _order(self, need: CandidateNeeds) -> _Order:
        """Have the station begin to make a candidate."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        order = _Order(need, ours, out_read, err_read)
        try:
            messages.send(self._post, messages.Prepare(need), theirs.fileno(), out_write, err_write)
        except BaseException:
            order.close()
            raise
        finally:
            theirs.close()
            os.close(out_write)
            os.close(err_write)
        return order

    def experiment(self, criterion: str) -> CriterionRecord:
        """Have the station ask the reference in another fork.

        Nothing of this exam is in that fork of the examiner.
        """
        return self.ask(messages.Experiment(criterion), messages.Experimented).record

    def check_gpu(self, kind: Kind, *, frameworks: bool) -> str | None:
        """Have the station try the GPU.

        It uses a candidate of its own, which loads nothing of the submission.
        """
        return self.ask(messages.CheckGpu(kind, frameworks), messages.GpuChecked).problem

    def tell(self, message: messages.Message) -> None:
        """Send a message that needs no answer."""
        messages.send(self._post, message)

    def tell_loading(self, loading: LoadingRecord) -> None:
        """Tell the station about the submission's first load.

        This exam may not come to its end.
        """
        self.tell(messages.SubmissionLoaded(loading))

    def hand_in(self, record: CriterionRecord) -> None:
        """Hand in the record of the criterion that was begun."""
        try:
            self.tell(messages.HandIn(record))
        except MessageSocketError:  # too large, which must not cost the submission its record
            self.tell(messages.HandIn(replace(record, evidence=None, exception=None, trace=())))

    def finish(self, loading: LoadingRecord | None) -> None:
        """End the exam, with the record of the submission's load."""
        self.tell(messages.Done(loading))

    def ask(self, message: messages.Message, kind: type[_Answer]) -> _Answer:
        """Ask the station for something, and wait for the answer.

        Raises
        ------
        InfrastructureEnd
            The station could not do its part.
        """
        self.tell(message)
        answer, _ = messages.receive_message(self._post)
        if isinstance(answer, messages.Refused):
            self._failure = self._failure or answer.error
            raise InfrastructureEnd(self._failure)
        return messages.expect_message(kind, answer)


class StationLink(Link):
    """A candidate that only the station can end.

    The station forked it.
    """

    def __init__(
        self, services: StationServices, candidate: int, order: _Order, kept_bytes: int
    ) -> None:
        channel = Channel(order.channel, budget=REPLY)
        super().__init__(
            channel,
            stdout=PipeTail(order.stdout, kept_bytes),
            stderr=PipeTail(order.stderr, kept_bytes),
        )
        self._desk = services
        self._candidate = candidate

    def loaded(self) -> None:
        """From now on the candidate's time is the criterion's."""
        self._desk.tell(messages.Loaded(self._candidate))

    def finish(self, limit: str | None) -> Ending:
        """Have the station end the candidate."""
        return self._desk.ask(messages.EndCandidate(self._candidate, limit), messages.Ended).ending

    def leave(self) -> Ending:
        """Have the station end the candidate without a wait.

        The exam goes on meanwhile.
        """
        return self._desk.ask(messages.DismissCandidate(self._candidate), messages.Ended).ending
