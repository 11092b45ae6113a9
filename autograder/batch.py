"""Many submissions through a few stations side by side.

Each lane is a process pool of one worker that keeps its station warm. A lane whose worker dies is rebuilt and its
submission tried once more; the other lanes do not notice.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Self

from autograder.assignment import CriterionInfo
from autograder.errors import AutograderError, InfrastructureError
from autograder.intake import Upload
from autograder.lifeline import die_with_parent
from autograder.report.model import Report
from autograder.report.pages import Pages, render_pages
from autograder.station import Station, StationSettings

MAX_WORKER_DEATHS = 2  # tries of one submission whose worker died


@dataclass(frozen=True, slots=True)
class Task:
    """One submission to grade, and the safe name that its files get."""

    upload: Upload
    submission_id: str


@dataclass(frozen=True, slots=True)
class Graded:
    """What became of a task: a report, or why there is none."""

    task: Task
    report: Report | None = None
    pages: Pages | None = None
    error: AutograderError | None = None


# in the worker ------------------------------------------------------------------------------------------------

_station: Station | None = None


def _open_station(settings: StationSettings) -> None:
    """Begin a worker: Ctrl-C is the driver's business, and its death is the worker's."""
    global _station  # noqa: PLW0603 - a pool's worker has no other place to keep it
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _station = Station(settings)


def _start_station() -> list[CriterionInfo]:
    assert _station is not None
    _station.start()
    return _station.criteria


def _grade(task: Task) -> Pages:
    assert _station is not None
    report = _station.grade(task.upload, submission_id=task.submission_id)
    show_lines = _station.assignment.settings.feedback.show_lines
    return render_pages(report, show_lines=show_lines, sources=json.dumps(_station.sources))


def _close_station() -> None:
    if _station is not None:
        _station.close()


# in the driver ------------------------------------------------------------------------------------------------


class Lane:
    """One worker process with a warm station; rebuilt when it dies.

    One thread uses it; `interrupt` alone may be called from another.
    """

    def __init__(self, settings: StationSettings) -> None:
        self._settings = settings
        self._pool: ProcessPoolExecutor | None = None
        self._is_interrupted = False

    def start(self) -> list[CriterionInfo]:
        """Start worker and station; the criteria of its rubric.

        Raises
        ------
        AutograderError
            The station cannot start; a later lane would fail the same way.
        """
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), _open_station, (self._settings,))
        try:
            return self._pool.submit(_start_station).result()
        except BrokenProcessPool as error:
            raise InfrastructureError("A worker died while its station started.") from error

    def grade(self, task: Task) -> Graded:
        """Grade one submission; a worker that dies costs a try."""
        student = task.upload.student
        for _ in range(MAX_WORKER_DEATHS):
            try:
                if self._pool is None:
                    self.start()
                assert self._pool is not None
                pages = self._pool.submit(_grade, task).result()
                return Graded(task, Report.model_validate_json(pages.json), pages)
            except BrokenProcessPool:
                self.kill()
                if self._is_interrupted:
                    return Graded(task, error=InfrastructureError(f"{student}: the run was interrupted."))
            except AutograderError as error:
                self.kill()
                return Graded(task, error=error)
            except Exception as error:  # noqa: BLE001 - one submission's accident must not end the batch
                self.kill()
                return Graded(task, error=InfrastructureError(f"{student}: {type(error).__name__}: {error}"))
        return Graded(task, error=InfrastructureError(f"{student}: the worker died {MAX_WORKER_DEATHS} times."))

    def close(self) -> None:
        """End the station and the worker in good order."""
        if self._pool is not None and not self._is_interrupted:
            with contextlib.suppress(BrokenProcessPool):
                self._pool.submit(_close_station).result()
        self.kill()

    def interrupt(self) -> None:
        """Kill the worker, so that whoever waits for it stops waiting; the kernel ends its station with it."""
        self._is_interrupted = True
        self._kill_worker()

    def kill(self) -> None:
        """End the worker at once."""
        self._kill_worker()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _kill_worker(self) -> None:
        processes = getattr(self._pool, "_processes", None) or {}  # 3.14 has kill_workers()
        for process in list(processes.values()):
            process.kill()


class Lanes:
    """A few lanes side by side; leaving the context ends them, at once if by an exception (Ctrl-C).

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
        self._done: queue.SimpleQueue[Graded | AutograderError | list[CriterionInfo]] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._run, args=(lane,), daemon=True) for lane in self._lanes]
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
        """Wait for every station; the criteria of the rubric in order.

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

    def grade(self, tasks: Sequence[Task]) -> Iterator[Graded]:
        """Grade tasks; yields what became of each as it finishes."""
        for task in tasks:
            self._todo.put(task)
        for _ in tasks:
            answer = self._done.get()
            assert isinstance(answer, Graded)
            yield answer

    def _run(self, lane: Lane) -> None:
        """Be one lane's thread."""
        try:
            self._done.put(lane.start())
            while (task := self._todo.get()) is not None and not self._is_stopped:
                self._done.put(lane.grade(task))
        except AutograderError as error:
            self._done.put(error)
        except Exception as error:  # noqa: BLE001 - the driver waits for an answer of every lane
            self._done.put(InfrastructureError(f"A station could not start: {type(error).__name__}: {error}."))
        finally:
            lane.close()


def default_jobs() -> int:
    """One station per core that this process may use."""
    return len(os.sched_getaffinity(0))
