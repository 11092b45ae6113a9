"""Lanes of stations: every submission gets its result, whatever happens to a worker."""

import os
import re
import signal

import pytest

from autograder.errors import CourseError
from autograder.grading.lanes import Lane, Lanes, Task
from autograder.records.outcome import Status
from autograder.uploads.find import find_uploads
from tests.conftest import HONEST

KILLED_AFTER = 5


def tasks_of(folder):
    return [Task(upload, upload.student) for upload in find_uploads([folder])]


def pids_of(lanes):
    return [lane.pid for lane in lanes._lanes]


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_lanes_worker_killed_in_the_middle_of_twenty_loses_nothing(settings, uploads):
    """A worker that dies costs a try of one submission: there are 20 results, all with full marks."""
    folder = uploads(**{f"student{number:02}": HONEST for number in range(20)})
    results = []
    with Lanes(settings, 2) as lanes:
        lanes.wait_until_ready()
        for graded in lanes.run(tasks_of(folder)):
            results.append(graded)
            if len(results) == KILLED_AFTER:
                os.kill(pids_of(lanes)[0], signal.SIGKILL)
    assert sorted(graded.task.submission_id for graded in results) == [f"student{number:02}" for number in range(20)]
    assert {(graded.report.status, graded.report.score) for graded in results} == {(Status.GRADED, 20.0)}


def test_lanes_broken_rubric_is_told_before_anything_is_graded(settings, course):
    """A rubric that cannot be collected is an error of the course, with file and cause."""
    from dataclasses import replace

    (course / "assignments/affine_softmax/rubric/test_a.py").write_text('"""A."""\nimport nowhere\n')
    with (
        pytest.raises(CourseError, match="No module named 'nowhere'"),
        Lanes(replace(settings, course=course), 1) as lanes,
    ):
        lanes.wait_until_ready()


def test_lanes_left_by_an_exception_end_their_workers(settings, uploads):
    """Ctrl-C in the driver leaves no worker behind."""
    folder = uploads(**{f"student{number}": HONEST for number in range(6)})
    pids = []
    with pytest.raises(KeyboardInterrupt), Lanes(settings, 2) as lanes:
        lanes.wait_until_ready()
        pids = pids_of(lanes)
        for _ in lanes.run(tasks_of(folder)):
            raise KeyboardInterrupt
    assert [is_running(pid) for pid in pids] == [False, False]


def test_lanes_accident_of_one_submission_is_told_as_what_it_is(settings, uploads, monkeypatch):
    """What nobody expected costs that submission its try; the others are graded, and the message names it."""
    real = Lane.run

    def fail(lane, task):
        if task.submission_id == "student1":
            raise ZeroDivisionError("by design")
        return real(lane, task)

    monkeypatch.setattr(Lane, "run", fail)
    folder = uploads(**{f"student{number}": HONEST for number in range(3)})
    with Lanes(settings, 1) as lanes:
        lanes.wait_until_ready()
        errors = {graded.task.submission_id: graded.error for graded in lanes.run(tasks_of(folder))}
    told = re.fullmatch(
        r"student1: the grader failed: ZeroDivisionError: by design \(test_batch.py, line \d+\)\.",
        str(errors.pop("student1")),
    )
    assert told is not None
    assert set(errors.values()) == {None}
