"""The supervision of one exam.

It hands candidates over, keeps every deadline, and alone decides the meaning of an end.
"""

from __future__ import annotations

import math
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from autograder.errors import InfrastructureError
from autograder.examiner import messages
from autograder.examiner.message_socket import MessageSocket, MessageSocketError, close_all
from autograder.examiner.messages import CandidateNeeds, ExamRequest, Message
from autograder.records.criterion import CriterionRecord, LoadingRecord
from autograder.records.outcome import Limits
from autograder.remote.bounds import crowding
from autograder.sandbox.seam import Candidate, Ending, Sandbox

WATCH_INTERVAL_S = 0.05
_CROWDED = 2.0  # patience from which on waiting may be the machine's doing
RUBRIC_S = 60.0  # what a rubric and its reference may take by themselves, per criterion


class ExamLost(Exception):  # noqa: N818 - it is no error of anybody's yet
    """An exam died or was killed during one criterion.

    It is killed at its deadline.

    Attributes
    ----------
    criterion
        The criterion that was running, None between two.
    is_timeout
        Whether its deadline passed.
    is_over
        Whether the submission has waited for as long as it may in all.
    is_crowded
        Whether the machine had so much else to do that this may not have been its doing.
    is_in_callback
        Whether it was ended within a function of the grader that a submission had called.
    """

    def __init__(
        self,
        criterion: str | None,
        *,
        is_timeout: bool,
        is_over: bool = False,
        is_crowded: bool = False,
    ) -> None:
        super().__init__(criterion)
        self.criterion = criterion
        self.is_timeout = is_timeout
        self.is_over = is_over
        self.is_crowded = is_crowded
        self.is_in_callback = False


@dataclass(slots=True)
class Waiting:
    """The time that a submission may wait in all its criteria.

    A submission that sleeps must not hold up a batch.

    Time in which its candidates use a core does not count: that has limits of its own.

    Attributes
    ----------
    limit_s
        On an idle machine [s].
    waited_s
        So far [s].
    """

    limit_s: float = math.inf
    waited_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for every exam of a station.

    Attributes
    ----------
    sandbox_for
        The sandbox for a kind of candidate, ``submission`` or ``reference``, with a GPU or without.
    limits
        The assignment's limits; a criterion's own time limit replaces ``cpu_s``.
    rubric_s
        The time that a rubric and its reference may take by themselves, per criterion [s].
    shared_cpu_s
        CPU time of a candidate that serves all criteria [s].
    """

    sandbox_for: Callable[[str, bool], Sandbox]
    limits: Limits
    rubric_s: float
    shared_cpu_s: float


@dataclass(slots=True)
class _Watched:
    """A living candidate and the CPU time of its loading.

    That is the CPU time at which its loading ended.
    """

    candidate: Candidate
    sandbox: Sandbox
    limits: Limits
    loaded_at_s: float | None = None

    def has_exceeded_cpu(self) -> bool:
        used_s = self.candidate.cpu_s()
        if self.loaded_at_s is None:
            return used_s > self.limits.load_s
        return used_s - self.loaded_at_s > self.limits.cpu_s


class ExamObserver:
    """Hears of each criterion of an exam, and does nothing.

    An exam that is lost is run again, so a criterion may begin more than once. It ends once per
    grading of its submission, and a submission is graded anew when the machine has failed.
    """

    def begin(self, criterion: str) -> None:
        """Hear that a criterion begins."""

    def end(self, record: CriterionRecord) -> None:
        """Hear what became of a criterion."""


SILENT = ExamObserver()


class Supervisor:
    """Serves the requests of one exam.

    Parameters
    ----------
    post
        The exam's post.
    rules
        What holds for every exam of the station.
    experiment
        Asks the reference a criterion, in an exam of its own.
    waiting
        Of the submission, in this exam and those that it continues.
    observer
        Hears of each criterion.
    """

    def __init__(
        self,
        post: MessageSocket,
        rules: Rules,
        experiment: Callable[[str], CriterionRecord],
        waiting: Waiting | None = None,
        observer: ExamObserver = SILENT,
    ) -> None:
        self._post = post
        self._observer = observer
        self._rules = rules
        self._limits = rules.limits
        self._experiment = experiment
        self._watched: dict[int, _Watched] = {}
        # or why there is none
        self._prepared: _Watched | InfrastructureError | OSError | None = None
        self._next_id = 0
        self._criterion: str | None = None
        self.patience = crowding()
        self._deadline = time.monotonic() + self.patience * rules.rubric_s
        self._waiting = waiting or Waiting()
        self._begun = time.monotonic()
        self._candidates_cpu_s = 0.0  # of those that have ended
        self.records: list[CriterionRecord] = []
        self.loading: LoadingRecord | None = None

    def run(self, request: ExamRequest) -> None:
        """Send the request and serve until the exam is done.

        `records` then holds the exam's records.

        Raises
        ------
        ExamLost
            The exam died or overran the deadline of a criterion.
        """
        self._limits = replace(self._limits, load_s=request.load_slack * self._limits.load_s)
        try:
            messages.send(self._post, request)
            while self._serve_one():
                pass
        except (
            EOFError,
            MessageSocketError,
            KeyError,
            ValueError,
        ) as error:  # it is gone, or talks nonsense
            raise ExamLost(self._criterion, is_timeout=False) from error
        finally:
            self._waiting.waited_s += max(0.0, self._waited_s())
            self._end_all()

    def _waited_s(self) -> float:
        """Return this exam's time without any candidate on a core [s]."""
        used_s = self._candidates_cpu_s + sum(
            watched.candidate.cpu_s() for watched in self._watched.values()
        )
        return time.monotonic() - self._begun - used_s

    def _put_off(self, begun: float) -> None:
        """Put off the deadline by the time since `begun`.

        The exam does not pay for this time.
        """
        passed_s = time.monotonic() - begun
        self._deadline += passed_s
        self._begun += passed_s

    def _serve_one(self) -> bool:
        wake = self._deadline
        if self._watched:
            wake = min(wake, time.monotonic() + WATCH_INTERVAL_S)
        try:
            message, fds = messages.receive_message(self._post, wake)
        except TimeoutError:
            self._watch()
            return True
        try:
            return self._dispatch(message, fds)
        finally:
            close_all(fds)

    def _dispatch(self, message: Message, fds: tuple[int, ...]) -> bool:
        match message:
            case messages.Begin():
                self._begin(message)
            case messages.Loaded():
                watched = self._watched.get(message.candidate)
                if watched is not None:
                    watched.loaded_at_s = watched.candidate.cpu_s()
            case messages.Experiment():
                self._answer_experiment(message.criterion)
            case messages.HandIn():
                self.records.append(message.record)
                self._criterion = None
                self._observer.end(message.record)
            case messages.CheckGpu():
                self._check_gpu(message.kind, frameworks=message.frameworks)
            case messages.SubmissionLoaded():
                self.loading = message.loading
            case messages.Done():
                self.loading = message.loading
                return False
            case _:
                self._dispatch_order(message, fds)
        return True

    def _answer(self, message: Message) -> None:
        messages.send(self._post, message)

    def _dispatch_order(self, message: Message, fds: tuple[int, ...]) -> None:
        """Carry out an exam's order about its candidates."""
        match message:
            case messages.Prepare():
                self._prepare(message.need, fds)
            case messages.HandOver():
                self._hand_over()
            case messages.EndCandidate():
                self._answer_end(message.candidate, lambda candidate: candidate.end(message.limit))
            case messages.DismissCandidate():
                self._answer_end(message.candidate, lambda candidate: candidate.dismiss())
            case _:
                raise MessageSocketError(f"exam: {type(message).__name__} is not for a station")

    def _begin(self, message: messages.Begin) -> None:
        self._criterion = message.criterion
        self._observer.begin(message.criterion)
        for watched in self._watched.values():  # a candidate that goes on with this criterion
            watched.limits = replace(watched.limits, cpu_s=message.timeout_s)
            watched.loaded_at_s = watched.candidate.cpu_s()
        student_s = 3 * (message.timeout_s + self._limits.load_s) + 10
        self._deadline = time.monotonic() + self.patience * (self._rules.rubric_s + student_s)

    def _prepare(self, need: CandidateNeeds, fds: tuple[int, ...]) -> None:
        """Begin to make a candidate.

        One that was prepared before is not wanted.
        """
        self._dismiss_prepared()
        limits = replace(self._limits, cpu_s=need.cpu_s)
        whole = replace(limits, cpu_s=self._rules.shared_cpu_s) if need.is_shared else limits
        channel, stdout, stderr = fds
        begun = time.monotonic()
        try:
            sandbox = self._rules.sandbox_for(need.kind, need.gpu)
            candidate = sandbox.prepare(
                frameworks=need.frameworks,
                limits=whole,
                channel=channel,
                stdout=stdout,
                stderr=stderr,
            )
            self._prepared = _Watched(candidate, sandbox, limits)
        except (InfrastructureError, OSError) as error:
            self._prepared = error
        self._put_off(begun)  # it may have waited for a GPU

    def _hand_over(self) -> None:
        """Answer with the prepared candidate.

        No process of the candidates before it then runs any more.
        """
        prepared, self._prepared = self._prepared, None
        try:
            if not isinstance(prepared, _Watched):
                raise prepared or ValueError("no candidate was prepared")
            prepared.sandbox.hand_over(prepared.candidate)
        except (InfrastructureError, OSError) as error:
            self._answer(messages.Refused(str(error)))
            return
        self._next_id += 1
        self._watched[self._next_id] = prepared
        self._answer(messages.HandedOver(self._next_id))

    def _dismiss_prepared(self) -> None:
        prepared, self._prepared = self._prepared, None
        if isinstance(prepared, _Watched):
            prepared.candidate.dismiss()

    def _answer_end(self, number: int, end: Callable[[Candidate], Ending]) -> None:
        watched = self._watched.pop(number)
        try:
            ending = end(watched.candidate)
        except InfrastructureError as error:
            self._answer(messages.Refused(str(error)))
            return
        self._candidates_cpu_s += ending.cpu_s or 0.0
        self._answer(messages.Ended(ending))

    def _answer_experiment(self, criterion: str) -> None:
        """Ask the reference and answer with its record.

        The exam that waits for it does not pay for the time.
        """
        begun = time.monotonic()
        try:
            record = self._experiment(criterion)
        except InfrastructureError as error:
            self._answer(messages.Refused(str(error)))
            return
        self._put_off(begun)
        self._answer(messages.Experimented(record))

    def _check_gpu(self, kind: str, *, frameworks: bool) -> None:
        """Try the GPU with a candidate that loads nothing.

        The answer tells the GPU's problem, or None.
        """
        begun = time.monotonic()
        problem = None
        ours, theirs = socket.socketpair()
        # a descriptor is all that is wanted
        with open(os.devnull, "wb") as nowhere, ours, theirs:  # noqa: PTH123
            ends = {
                "channel": theirs.fileno(),
                "stdout": nowhere.fileno(),
                "stderr": nowhere.fileno(),
            }
            try:
                sandbox = self._rules.sandbox_for(kind, True)
                sandbox.fork(frameworks=frameworks, limits=self._limits, **ends).end()
            except (InfrastructureError, OSError) as error:
                problem = str(error)
        self._put_off(begun)
        self._answer(messages.GpuChecked(problem))

    def _watch(self) -> None:
        for sandbox in {
            id(watched.sandbox): watched.sandbox for watched in self._watched.values()
        }.values():
            sandbox.watch()
        for watched in self._watched.values():
            if watched.has_exceeded_cpu():
                watched.candidate.end("cpu")
        left_s = self.patience * self._waiting.limit_s - self._waiting.waited_s
        if time.monotonic() - self._begun > left_s and self._waited_s() > left_s:
            is_crowded = self.patience >= _CROWDED
            raise ExamLost(self._criterion, is_timeout=True, is_over=True, is_crowded=is_crowded)
        if time.monotonic() > self._deadline:
            raise ExamLost(self._criterion, is_timeout=True)

    def _end_all(self) -> None:
        self._dismiss_prepared()
        for watched in self._watched.values():
            watched.candidate.end()
        self._watched.clear()
