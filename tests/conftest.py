"""What many tests share: a small course, and uploads made on the spot."""

import fcntl
import os
import shutil
import subprocess
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from xdist.scheduler.loadfile import LoadFileScheduling

from autograder.course.seeds import Secret
from autograder.station import StationSettings

# The suite says the same every time; new examples are looked for at night.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("nightly", deadline=None)
hypothesis.settings.load_profile(os.environ.get("AUTOGRADER_HYPOTHESIS", "steady"))

IS_COMPLETE = bool(os.environ.get("CI")) and os.geteuid() == 0

PROOF = "test_assignment_of_the_course_is_proved["
THREATS = Path(__file__).parent / "threats"

collect_ignore = ["course", "threats/programs"]  # what is graded is no test of ours

COURSE = Path(__file__).parent / "course"
HONEST = (COURSE / "reference" / "affine_softmax" / "submission.py").read_text()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with the proofs of the course, then the files with the most tests; end with the threats.

    Each proof takes minutes: one that began last would leave the other workers idle. Beside one, a
    program that fills its memory may meet its limit of time first.
    """
    tests = Counter(item.path for item in items)

    def place(item):
        return PROOF not in item.nodeid, THREATS in item.path.parents, -tests[item.path], str(item.path)

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker one file after the other, and each proof of the course to a free worker."""

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return nodeid if PROOF in nodeid else super()._split_scope(nodeid)

    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure on CI, unless the test says that it may be skipped there.

    Root on CI has everything; an ordinary user there lacks what only root may do.
    """
    report = yield
    if report.skipped and IS_COMPLETE and not hasattr(report, "wasxfail") and "may_skip" not in item.keywords:
        report.outcome = "failed"
        report.longrepr = f"skipped on CI: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Where tests run side by side, let one that is about what others leave on the machine run alone."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    folder = item.config._tmp_path_factory.getbasetemp().parent
    with (folder / "gate.lock").open("w") as gate, (folder / "turn.lock").open("w") as turn:
        fcntl.flock(gate, fcntl.LOCK_EX)  # who waits for all others keeps new ones from beginning
        fcntl.flock(turn, fcntl.LOCK_EX if "alone" in item.keywords else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        return (yield)


@pytest.fixture
def course(tmp_path):
    """A copy of the small course that a test may change."""
    copy = tmp_path / "course"
    shutil.copytree(COURSE, copy, ignore=shutil.ignore_patterns(".autograder"))
    return copy


@pytest.fixture(scope="session")
def settings():
    """What a station of the small course is built from."""
    return StationSettings(COURSE, "affine_softmax", Secret(b"x" * 32))


@pytest.fixture
def uploads(tmp_path):
    """A folder of submissions; call it with names and sources."""
    folder = tmp_path / "submissions"
    folder.mkdir()

    def write(**sources):
        for name, source in sources.items():
            (folder / f"{name}.py").write_text(source)
        return folder

    return write


@pytest.fixture
def start_process():
    """Start a process that does not outlive its test, however that ends; call it as `subprocess.Popen`."""
    with ExitStack() as started:

        def start(command, **options):
            process = started.enter_context(subprocess.Popen(command, **options))
            started.callback(process.kill)
            return process

        yield start
