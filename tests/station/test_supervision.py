"""Whatever dies or hangs in the middle of a submission: it has its outcome, and the next one is graded as if nothing had been."""

import os
import shutil
import threading
from dataclasses import replace

import psutil
import pytest

from autograder.errors import InfrastructureError, SandboxError
from autograder.records.outcome import Fault, Outcome, Status
from autograder.station import ExamObserver, Station
from autograder.uploads.find import upload_of
from tests.writing import ONE, examine, write_course, write_criterion

REFERENCE = "def f(x):\n    return x * 2.0\n\ndef g(x):\n    return x + 1.0\n"
HONEST = REFERENCE + ONE

# What an answer brings the examiner to, once or for ever; the reference never gives these answers.
TRIGGERED = """
answer = submission.f(1.0)
if answer in (7.0, 8.0, 9.0, 10.0, 11.0):
    happen(answer)
check(answer == 2.0, "f(1) is not 2")
"""

HEAD = """
import os
import signal
import time
from pathlib import Path

FOLDER = Path(__file__).parents[3] / ".happened"


def is_first(name):
    try:
        (FOLDER / name).mkdir(parents=True)
    except FileExistsError:
        return False
    return True


def happen(answer):
    if answer == 7.0 and is_first("exam killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    if answer == 8.0:
        os.kill(os.getpid(), signal.SIGKILL)
    if answer == 9.0:
        time.sleep(600)
    if answer == 10.0 and is_first("examiner killed"):
        os.kill(os.getppid(), signal.SIGKILL)
    if answer == 11.0 and is_first("warden killed"):
        os.kill(int((FOLDER / "warden").read_text()), signal.SIGKILL)
"""


def answering(number, then=""):
    """Sources whose first answer is a number, and right wherever that is forgotten."""
    return f"{HONEST}\ndef f(x):\n    return {number}\n{then}"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Settings of a rubric that dies as it is told to."""
    rubric = write_criterion("triggered", TRIGGERED) + write_criterion(
        "other", "assert_close(submission.g(1.0), 2.0)", tests=["g"]
    )
    folder = tmp_path_factory.mktemp("course")
    settings = write_course(folder, REFERENCE, rubric, head=HEAD, sandbox="auto", rubric_s=1.0)
    path = folder / "assignments/small/assignment.toml"
    path.write_text(
        path.read_text().replace("timeout_s = 2.0\nload_timeout_s = 2.0", "timeout_s = 0.5\nload_timeout_s = 0.5")
    )
    return settings


@pytest.fixture(scope="module")
def station(course):
    """A walled station of it."""
    with Station(course) as station:
        yield station


@pytest.fixture
def grade(station, tmp_path):
    """Grade sources; the report, and outcomes by criterion."""

    def grade_source(source, name="ada"):
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        report = station.grade(upload_of(path)).report
        return report, {one.id.removeprefix("x_"): one for one in report.criteria}

    return grade_source


@pytest.fixture(autouse=True)
def next_one_is_fine(request, grade):
    """After each test an honest submission gets full marks at the first try, and no process is left of the others."""
    yield
    report, _ = grade(HONEST, "next")
    assert (report.status, report.score, report.attempts) == (Status.GRADED, report.max_score, 1)
    station = request.getfixturevalue("station")
    station._examiner.settle()
    assert psutil.Process(station._examiner._process.pid).children() == []


class Listing(ExamObserver):
    """Keeps what it hears."""

    def __init__(self):
        self.heard = []

    def begin(self, criterion):
        self.heard.append(("begin", criterion))

    def end(self, record):
        self.heard.append((str(record.outcome), record.id))


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ("2.0", ["begin x_triggered", "passed x_triggered"]),
        ("8.0", ["begin x_triggered", "begin x_triggered", "memory x_triggered"]),
    ],
    ids=["graded", "lost twice"],
)
def test_observer_hears_of_each_criterion(station, tmp_path, answer, heard):
    """It hears where each begins and what became of it; nothing of the reference's own run."""
    path = tmp_path / "ada.py"
    path.write_text(answering(answer))
    listing = Listing()
    station.grade(upload_of(path), observer=listing)
    assert [" ".join(one) for one in listing.heard if one[1] == "x_triggered"] == heard
    ended = [name for what, name in listing.heard if what != "begin"]
    assert sorted(ended) == sorted(one.id for one in station.criteria)


def test_exam_killed_once_is_run_again(grade):
    """What killed it may have been the machine: nobody pays for one death."""
    report, criteria = grade(answering("2.0 if __import__('random').random() < 0 else 7.0"))
    assert criteria["triggered"].outcome is Outcome.FAILED  # the second time the rubric lived, and 7 is not 2
    assert (criteria["other"].outcome, report.attempts) == (Outcome.PASSED, 1)


def test_exam_that_dies_of_an_answer_again_is_the_submissions_fault(grade):
    """The reference passes with the same draws, so it was the answer; the other criteria are graded."""
    report, criteria = grade(answering("8.0"))
    lost = criteria["triggered"]
    assert (lost.outcome, lost.fault, lost.kind) == (Outcome.MEMORY, Fault.SUBMISSION, "memory limit")
    assert lost.message == "Checking what the submission returned ended the process that checks it."
    assert (criteria["other"].outcome, report.status) == (Outcome.PASSED, Status.GRADED)


def test_exam_that_hangs_on_an_answer_is_ended_at_its_deadline(grade, monkeypatch):
    """The station keeps it; the reference is quick, so it was the answer."""
    monkeypatch.setattr(
        "autograder.station.supervise.crowding", lambda: 1.0
    )  # it would wait longer on a crowded machine
    _, criteria = grade(answering("9.0"))
    lost = criteria["triggered"]
    assert (lost.outcome, lost.fault, lost.kind) == (Outcome.TIMEOUT, Fault.SUBMISSION, "time limit")
    assert lost.message == "Checking what the submission returned took longer than its deadline."
    assert criteria["other"].outcome is Outcome.PASSED


def test_examiner_that_dies_costs_a_try_and_no_points(grade):
    """It is started anew with the sandbox, and everything is graded once more."""
    report, criteria = grade(answering("10.0"))
    assert (report.attempts, report.status) == (2, Status.GRADED)
    assert (criteria["triggered"].outcome, criteria["other"].outcome) == (Outcome.FAILED, Outcome.PASSED)


def test_warden_that_dies_costs_a_try_and_no_points(grade, station, course):
    """A submission is never blamed for the end of the sandbox."""
    folder = course.course / ".happened"
    folder.mkdir(exist_ok=True)
    (folder / "warden").write_text(str(station._sandbox._process.pid))
    report, criteria = grade(answering("11.0"))
    assert (report.attempts, report.status) == (2, Status.GRADED)
    assert (criteria["triggered"].outcome, criteria["other"].outcome) == (Outcome.FAILED, Outcome.PASSED)


@pytest.mark.parametrize(
    ("body", "outcome", "kind"),
    [
        ("while True: pass", Outcome.TIMEOUT, "time limit"),
        ("__import__('time').sleep(600)", Outcome.TIMEOUT, "time limit"),
        ("bytearray(2 << 30).find(b'x')", Outcome.MEMORY, "memory limit"),
        ("__import__('os')._exit(0)", Outcome.CRASHED, "ended the process"),
        ("__import__('os').kill(__import__('os').getpid(), 11)", Outcome.CRASHED, "crash"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", Outcome.CRASHED, "crash"),
        ("__import__('os').close(3)", Outcome.CRASHED, None),
        ("__import__('os').closerange(3, 100)", Outcome.CRASHED, None),
    ],
)
def test_candidate_that_ends_costs_its_criterion_alone(grade, body, outcome, kind):
    """However it ends, the end is the submission's, and at the first try."""
    report, criteria = grade(answering("7.5").replace("return 7.5", f"{body}\n    return 7.5"))
    lost = criteria["triggered"]
    assert (lost.outcome, lost.fault, report.attempts) == (outcome, Fault.SUBMISSION, 1)
    assert kind is None or lost.kind == kind
    assert criteria["other"].outcome is Outcome.PASSED


def test_candidate_that_kills_the_first_process_costs_its_criterion_alone(grade, station):
    """With a user of its own it may not; with the warden's, the kernel keeps the first process from harm: an answer of 7."""
    body = "__import__('os').kill(1, 9)"
    report, criteria = grade(answering("7.5").replace("return 7.5", f"{body}\n    return 7.5"))
    lost = criteria["triggered"]
    is_refused = station._sandbox._users is not None
    expected = (Outcome.RAISED, "PermissionError") if is_refused else (Outcome.FAILED, lost.kind)
    assert (lost.outcome, lost.kind, lost.fault, report.attempts) == (*expected, Fault.SUBMISSION, 1)
    assert criteria["other"].outcome is Outcome.PASSED


def test_candidate_that_ends_whatever_is_left_out_is_not_loaded(grade):
    """What defines something is never left out for another statement: every criterion says why, and none tries again."""
    text = "import threading, os, time\nthreading.Thread(target=os._exit, args=(3,)).start()\ntime.sleep(5)\n"
    _report, criteria = grade("".join(f"class K{number}:\n    exec({text!r})\n" for number in range(12)))
    assert {one.outcome for one in criteria.values()} == {Outcome.NOT_LOADED}
    assert {one.fault for one in criteria.values()} == {Fault.SUBMISSION}
    assert all("ended the process (exit status 3)" in one.message for one in criteria.values())


def test_sandbox_that_fails_now_and_then_costs_a_try(grade, station, monkeypatch):
    """A failure of the sandbox is the machine's, also if it comes between two criteria."""
    sandbox, failures = station._sandbox, iter([SandboxError("the disk is full")])
    prepare = sandbox.prepare

    def fail_once(**options):
        for failure in failures if not options["frameworks"] else ():
            raise failure
        return prepare(**options)

    monkeypatch.setattr(sandbox, "prepare", fail_once)
    report, criteria = grade(HONEST)
    assert (report.attempts, report.score) == (2, report.max_score)
    assert {one.outcome for one in criteria.values()} == {Outcome.PASSED}


def test_sandbox_that_never_works_is_an_error_of_the_machine_and_is_forgotten(station, grade, monkeypatch):
    """There is no report and no score; when it works again, so does the station."""

    def fail(*_arguments, **_options):
        raise SandboxError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("autograder.sandbox.warm.WarmSandbox.prepare", fail)
        with pytest.raises(InfrastructureError, match="the disk is full"):
            grade(HONEST)


def test_station_without_bubblewrap_says_what_to_do_and_leaves_nothing(course, monkeypatch, tmp_path):
    """The error has a hint, and the examiner that was started before is gone."""
    before = psutil.Process().children()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError) as raised:
        Station(course).start()
    assert raised.value.hint
    assert psutil.Process().children() == before


def test_station_with_a_required_limit_that_is_not_kept_refuses(course, tmp_path):
    """Which limit, how it would be kept here, and what to do."""
    shutil.copytree(course.course, tmp_path / "course", ignore=shutil.ignore_patterns(".*"))
    path = tmp_path / "course/assignments/small/assignment.toml"
    path.write_text(path.read_text().replace("memory_mib = 512", 'memory_mib = 512\nrequire = ["pids", "memory"]'))
    with pytest.raises(
        InfrastructureError, match="'small' requires that the (pids|memory) limit is kept by a control group"
    ):
        Station(replace(course, course=tmp_path / "course", sandbox="plain")).start()


def test_station_closed_leaves_neither_threads_nor_descriptors(course):
    """Nothing of a station outlives it."""
    threads = threading.active_count()
    descriptors = len(os.listdir("/proc/self/fd"))
    for _ in range(2):
        with Station(course):
            pass
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) <= descriptors + 1


def test_submission_that_sleeps_everywhere_is_cut_off(tmp_path, monkeypatch):
    """What is left of it is not run and says why; the next submission is graded as ever."""
    names = ("a", "b", "c", "d")
    rubric = "".join(write_criterion(name, "assert submission.f(1.0) == 2.0") for name in names)
    settings = write_course(tmp_path / "course", "def f(x):\n    return x * 2.0\n", rubric, limits="waiting_s = 3\n")
    with Station(settings) as station:
        with monkeypatch.context() as alone:
            alone.setattr("autograder.station.supervise.crowding", lambda: 1.0)
            sleeper = examine(station, "import time\ndef f(x):\n    time.sleep(2)\n    return x * 2.0\n" + ONE)
        honest = examine(station, "def f(x):\n    return x * 2.0\n" + ONE)
        busy = "import time\ndef f(x):\n    began = time.process_time()\n    while time.process_time() - began < 1.5: pass\n"
        slow = examine(station, f"{busy}    return x * 2.0\n{ONE}")
    assert sleeper["a"].outcome is Outcome.PASSED
    assert {sleeper[name].outcome for name in "cd"} == {Outcome.TIMEOUT}
    assert sleeper["d"].fault is Fault.SUBMISSION
    assert sleeper["d"].message.startswith(
        "The submission waited for more than 3 s in all, without using the processor"
    )
    others = [*honest.values(), *slow.values()]  # on a crowded machine another try may be due, but nobody is at fault
    assert {one.fault for one in others if one.outcome is not Outcome.PASSED} <= {Fault.INFRASTRUCTURE}


def test_waiting_on_a_crowded_machine_leaves_the_rest_for_another_try(tmp_path, monkeypatch):
    """It may have been the machine's doing, so nobody loses points; nor is it tried again at once."""
    monkeypatch.setattr("autograder.station.supervise.crowding", lambda: 2.0)
    rubric = "".join(write_criterion(name, "assert submission.f(1.0) == 2.0") for name in "abc")
    settings = write_course(tmp_path / "course", "def f(x):\n    return x * 2.0\n", rubric, limits="waiting_s = 1\n")
    with Station(settings) as station:
        path = tmp_path / "submission.py"
        path.write_text(f"import time\ndef f(x):\n    time.sleep(1.5)\n    return x * 2.0\n{ONE}")
        report = station.grade(upload_of(path)).report
    left = report.criteria[-1]
    assert (left.outcome, left.fault) == (Outcome.UNGRADED, Fault.INFRASTRUCTURE)
    assert (report.status, report.attempts) == (Status.PARTLY_GRADED, 1)
