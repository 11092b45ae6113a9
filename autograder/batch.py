"""Many submissions through a few stations side by side.

Each lane is a process pool of one worker that keeps its station warm. A lane whose worker dies is rebuilt and its
submission tried once more; the other lanes do not notice.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from autograder.errors import AutograderError, InfrastructureError
from autograder.intake import Upload
from autograder.report.model import Report
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
    report: Report | None
    error: AutograderError | None = None


# in the worker ------------------------------------------------------------------------------------------------

_station: Station | None = None


def _open_station(settings: StationSettings) -> None:
    """Begin a worker: Ctrl-C is the driver's business."""
    global _station  # noqa: PLW0603 - a pool's worker has no other place to keep it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _station = Station(settings)


def _start_station() -> None:
    assert _station is not None
    _station.start()


def _grade(task: Task) -> str:
    assert _station is not None
    return _station.grade(task.upload, submission_id=task.submission_id).model_dump_json()


def _close_station() -> None:
    if _station is not None:
        _station.close()


# in the driver ------------------------------------------------------------------------------------------------


class Lane:
    """One worker process with a warm station; rebuilt when it dies."""

    def __init__(self, settings: StationSettings) -> None:
        self._settings = settings
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Start worker and station.

        Raises
        ------
        AutograderError
            The station cannot start; a later lane would fail the same way.
        """
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), _open_station, (self._settings,))
        try:
            self._pool.submit(_start_station).result()
        except BrokenProcessPool as error:
            raise InfrastructureError("A worker died while its station started.") from error

    def grade(self, task: Task) -> Graded:
        """Grade one submission; a worker that dies costs a try."""
        for _ in range(MAX_WORKER_DEATHS):
            try:
                if self._pool is None:
                    self.start()
                assert self._pool is not None
                return Graded(task, Report.model_validate_json(self._pool.submit(_grade, task).result()))
            except BrokenProcessPool:
                self.kill()
            except AutograderError as error:
                return Graded(task, None, error)
        return Graded(task, None, InfrastructureError(f"{task.upload.student}: the worker died {MAX_WORKER_DEATHS} times."))

    def close(self) -> None:
        """End the station and the worker in good order."""
        if self._pool is not None:
            with contextlib.suppress(BrokenProcessPool):
                self._pool.submit(_close_station).result()
            self._pool.shutdown()
            self._pool = None

    def kill(self) -> None:
        """End the worker at once; the kernel ends its station with it."""
        if self._pool is not None:
            for process in list((self._pool._processes or {}).values()):  # noqa: SLF001 - 3.14 has kill_workers()
                process.kill()
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def grade_batch(settings: StationSettings, tasks: Sequence[Task], *, jobs: int) -> Iterator[Graded]:
    """Grade tasks on ``jobs`` lanes; yields what became of each as it finishes.

    Closing the iterator, or an exception in the caller (Ctrl-C), ends all lanes at once.

    Raises
    ------
    AutograderError
        The first lane's station cannot start: nothing was graded.
    """
    lanes = [Lane(settings) for _ in range(max(1, min(jobs, len(tasks))))]
    todo: queue.SimpleQueue[Task] = queue.SimpleQueue()
    done: queue.SimpleQueue[Graded | AutograderError | None] = queue.SimpleQueue()
    for task in tasks:
        todo.put(task)
    stop = threading.Event()
    threads = [threading.Thread(target=_run_lane, args=(lane, todo, done, stop), daemon=True) for lane in lanes]
    for thread in threads:
        thread.start()
    try:
        yield from _collect(done, len(lanes))
    except BaseException:
        stop.set()
        for lane in lanes:
            lane.kill()
        raise
    finally:
        for thread in threads:
            thread.join()


def _collect(done: queue.SimpleQueue[Graded | AutograderError | None], lanes: int) -> Iterator[Graded]:
    while lanes:
        item = done.get()
        if item is None:
            lanes -= 1
        elif isinstance(item, AutograderError):
            raise item
        else:
            yield item


def _run_lane(
    lane: Lane,
    todo: queue.SimpleQueue[Task],
    done: queue.SimpleQueue[Graded | AutograderError | None],
    stop: threading.Event,
) -> None:
    """Be one lane's thread: pull tasks until there are none."""
    try:
        lane.start()
        while not stop.is_set():
            try:
                task = todo.get_nowait()
            except queue.Empty:
                break
            done.put(lane.grade(task))
        if not stop.is_set():
            lane.close()
    except AutograderError as error:
        done.put(error)
    finally:
        done.put(None)


def default_jobs() -> int:
    """One station per core that this process may use."""
    return len(os.sched_getaffinity(0))
