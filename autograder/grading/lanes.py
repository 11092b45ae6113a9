"""Many submissions through a few stations side by side.

Each lane has a worker process that keeps its station warm. A lane whose worker dies is rebuilt and
its submission tried once more; the other lanes do not notice.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Self, TypeVar

from autograder.course import CriterionInfo
from autograder.errors import AutograderError, InfrastructureError
from autograder.examiner.message_socket import die_with_parent
from autograder.records.report import Report
from autograder.report.html import Pages, render_pages
from autograder.station import Station, StationSettings
from autograder.uploads.read import Upload

MAX_WORKER_DEATHS = 2  # tries of one submission whose worker died


@dataclass(frozen=True, slots=True)
class Task:
    """One submission to grade, and the safe name that its files get."""

    upload: Upload
    submission_id: str


@dataclass(frozen=True, slots=True)
class GradedTask:
    """A task's report, or the reason why it has none."""

    task: Task
    report: Report | None = None
    pages: Pages | None = None
    error: AutograderError | None = None


# between the driver and its workers ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """A worker's answer that its station runs.

    It has the criteria of the station's rubric.
    """

    criteria: list[CriterionInfo]


@dataclass(frozen=True, slots=True)
class Finished:
    """A task was graded."""

    pages: Pages


@dataclass(frozen=True, slots=True)
class WorkerError:
    """A worker's error in place of an answer."""

    error: AutograderError


@dataclass(frozen=True, slots=True)
class Stop:
    """End the station, or tell that it has ended.

    The driver asks with it, and the worker sends it back.
    """


Request = Task | Stop
Answer = Started | Finished | WorkerError | Stop
_Answer = TypeVar("_Answer", bound=Answer)


def exception_in_words(error: BaseException) -> str:
    """Return an exception's name, text and raising line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}{f': {text}' if text else ''}{where}"


# in the worker ------------------------------------------------------------------------------------


def _work(driver: Connection, settings: StationSettings) -> None:
    """Run as a worker process until `Stop` comes.

    A worker has one station. It answers with the criteria first, then with the pages of one task
    after another.

    Ctrl-C is the driver's business, and its death is the worker's.
    """
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(driver.fileno(), False)
    with contextlib.suppress(EOFError, OSError):  # a driver that has gone wants no answer
        with contextlib.closing(Station(settings)) as station:
            driver.send(_answer(partial(_start_station, station)))
            while isinstance(task := driver.recv(), Task):
                driver.send(_answer(partial(_finish_task, station, task)))
        driver.send(Stop())


def _start_station(station: Station) -> Started:
    station.start()
    return Started(station.criteria)


def _finish_task(station: Station, task: Task) -> Finished:
    graded = station.grade(task.upload, submission_id=task.submission_id)
    show_lines = station.assignment.settings.feedback.show_lines
    sources = json.dumps(graded.sources.as_json())
    return Finished(render_pages(graded.report, show_lines=show_lines, sources=sources))


def _answer(work: Callable[[], Answer]) -> Answer:
    """Return the answer of some work, or its error."""
    try:
        return work()
    except AutograderError as error:
        return WorkerError(error)
    except Exception as error:  # noqa: BLE001 - one submission's accident must not end the batch
        return WorkerError(InfrastructureError(f"The grader failed: {exception_in_words(error)}."))


# in the driver ------------------------------------------------------------------------------------


class _WorkerDiedError(Exception):
    """The worker ended without an answer."""


class Lane:
    """One worker process with a warm station.

    It is rebuilt when it dies.

    A worker has a socket of its own, and the driver keeps no copy of the worker's end: however the
    worker ends, in the middle of an answer too, the driver reads an end of file and never waits for
    the rest.

    One thread uses it; `interrupt` alone may be called from another.
    """

    def __init__(self, settings: StationSettings) -> None:
        self._settings = settings
        self._process: SpawnProcess | None = None
        self._worker: Connection | None = None
        self._is_interrupted = False

    @property
    def pid(self) -> int | None:
        """The worker's process id, or None without a worker."""
        return self._process.pid if self._process is not None else None

    def start(self) -> list[CriterionInfo]:
        """Start worker and station, and return the rubric's criteria.

        Raises
        ------
        AutograderError
            The station cannot start; a later lane would fail the same way.
        """
        try:
            return self._start()
        except _WorkerDiedError as error:
            raise InfrastructureError("A worker died while its station started.") from error

    def _start(self) -> list[CriterionInfo]:
        context = get_context("spawn")
        self._worker, driver = context.Pipe()
        with driver:
            self._process = context.Process(
                target=_work, args=(driver, self._settings), daemon=True
            )
            try:
                self._process.start()
            except OSError as error:
                raise _WorkerDiedError from error
        if self._is_interrupted:
            self._process.kill()
        return self._receive(Started).criteria

    def run(self, task: Task) -> GradedTask:
        """Have one submission graded.

        A worker that dies costs a try.
        """
        student = task.upload.student
        for _ in range(MAX_WORKER_DEATHS):
            try:
                if self._process is None:
                    self._start()
                self._send(task)
                pages = self._receive(Finished).pages
            except _WorkerDiedError:
                self.kill()
                if self._is_interrupted:
                    return GradedTask(
                        task, error=InfrastructureError(f"{student}: the run was interrupted.")
                    )
            except AutograderError as error:
                self.kill()
                return GradedTask(task, error=error)
            else:
                return GradedTask(task, Report.model_validate_json(pages.json), pages)
        return GradedTask(
            task,
            error=InfrastructureError(f"{student}: the worker died {MAX_WORKER_DEATHS} times."),
        )

    def close(self) -> None:
        """End the station and the worker in good order."""
        if self._process is not None and not self._is_interrupted:
            with contextlib.suppress(_WorkerDiedError):
                self._send(Stop())
                self._receive(Stop)
        self.kill()

    def interrupt(self) -> None:
        """Kill the worker, and so end every wait for its answer.

        The kernel ends the worker's station with it.
        """
        self._is_interrupted = True
        process = self._process
        if process is not None and process.pid is not None:
            process.kill()

    def kill(self) -> None:
        """End the worker at once."""
        if self._process is not None and self._process.pid is not None:
            self._process.kill()
            self._process.join()
        if self._worker is not None:
            self._worker.close()
        self._process = self._worker = None

    def _send(self, request: Request) -> None:
        assert self._worker is not None
        try:
            self._worker.send(request)
        except OSError as error:
            raise _WorkerDiedError from error

    def _receive(self, kind: type[_Answer]) -> _Answer:
        """Wait for an answer of one kind.

        An answer of another kind raises, and so does the worker's end. An error of the worker's is
        raised here.
        """
        assert self._worker is not None
        try:
            answer = self._worker.recv()
        except (EOFError, OSError) as error:
            raise _WorkerDiedError from error
        if isinstance(answer, WorkerError):
            raise answer.error
        if not isinstance(answer, kind):
            raise InfrastructureError(
                f"lane: expected {kind.__name__}, got {type(answer).__name__}."
            )
        return answer


class Lanes:
    """A few lanes side by side.

    Leaving the context ends the lanes, at once if an exception left it (Ctrl-C).

    Parameters
    ----------
    settings
        What each lane's station is built from.
    count
        How many lanes.
    """

    def __init__(self, settings: StationSettings, count: int) -> None:
        self._lanes = [Lane(settings) for _ in range(max(1, count))]
        self._todo: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[GradedTask | AutograderError | list[CriterionInfo]] = (
            queue.SimpleQueue()
        )
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), daemon=True) for lane in self._lanes
        ]
        self._is_stopped = False

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._is_stopped = True
        if kind is not None:
            for lane in self._lanes:
                lane.interrupt()
        for _lane in self._lanes:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()

    def wait_until_ready(self) -> list[CriterionInfo]:
        """Wait for every station, and return the rubric's criteria.

        They are in order.

        Raises
        ------
        AutograderError
            A station cannot start: nothing is graded.
        """
        criteria: list[CriterionInfo] = []
        for _ in self._lanes:
            answer = self._done.get()
            if isinstance(answer, AutograderError):
                raise answer
            assert isinstance(answer, list)
            criteria = answer
        return criteria

    def run(self, tasks: Sequence[Task]) -> Iterator[GradedTask]:
        """Run tasks and yield each result as the task finishes."""
        for task in tasks:
            self._todo.put(task)
        for _ in tasks:
            answer = self._done.get()
            assert isinstance(answer, GradedTask)
            yield answer

    def _run(self, lane: Lane) -> None:
        """Be one lane's thread."""
        try:
            self._done.put(_start(lane))
            while (task := self._todo.get()) is not None and not self._is_stopped:
                self._done.put(_run_in(lane, task))
        finally:
            lane.close()


def _start(lane: Lane) -> list[CriterionInfo] | AutograderError:
    """Start a lane and return its criteria or its error.

    Every error is returned, so that the caller, who waits for this lane, gets an answer.
    """
    try:
        return lane.start()
    except AutograderError as error:
        return error
    except Exception as error:  # noqa: BLE001 - of whatever kind
        return InfrastructureError(f"A station could not start: {exception_in_words(error)}.")


def _run_in(lane: Lane, task: Task) -> GradedTask:
    """Grade a submission and return its report or its error.

    An unexpected exception costs this submission's try alone, and its error names that exception.
    """
    try:
        return lane.run(task)
    except Exception as error:  # noqa: BLE001 - of whatever kind
        lane.kill()
        what = f"{task.upload.student}: the grader failed: {exception_in_words(error)}."
        return GradedTask(task, error=InfrastructureError(what))


def default_jobs() -> int:
    """One station per core that this process may use."""
    return len(os.sched_getaffinity(0))
