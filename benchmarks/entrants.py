"""The graders that are compared. Each measures what one submission takes: wall time, and CPU time of all its processes."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType

import variants
from processes import total_cpu_s

AUTOGRADER = (sys.executable, "-c", "from autograder.cli import main; main()")
LIMIT_RUNS = 21  # of the same calls in one warm process; the median leaves out the first, which imports
NBGRADER_COUNTS = (1, 4)


class EntrantError(Exception):
    """A grader cannot run here, or did not give full marks to the reference."""


@dataclass(frozen=True)
class Timing:
    """What one submission takes [s]."""

    wall_s: float
    cpu_s: float


class Entrant(ABC):
    """A grader, set up for one variant of the assignment.

    Parameters
    ----------
    variant
        Of `variants`.
    folder
        An empty folder of its own.

    Attributes
    ----------
    name
        What the table calls it.
    isolation
        What stands between a submission and the grader.
    """

    name: str
    isolation: str

    def __init__(self, variant: str, folder: Path) -> None:
        self.variant = variant
        self.folder = folder

    @abstractmethod
    def measure(self) -> Timing:
        """Grade, and say what one submission takes.

        Raises
        ------
        EntrantError
            It cannot run here.
        """


class Autograder(Entrant):
    """``autograder grade`` on many copies by one station, from the first result to the end of the command."""

    name = "autograder"
    isolation = "a walled process per criterion"
    count = 200

    def __init__(self, variant: str, folder: Path) -> None:
        super().__init__(variant, folder)
        self._course = variants.make_course(variant, folder / "course")
        self._many = variants.make_submissions(self.count, folder / "many")

    def measure(self) -> Timing:
        """Grade all copies, from the first result on."""
        out, clock = self.folder / "out", _ResultClock(self.count)
        where = ("--course", self._course, "--out", out, "--jobs", "1")
        run_timed((*AUTOGRADER, "grade", variants.ASSIGNMENT, self._many, *where), self.folder, clock.hear)
        ended_s = time.perf_counter()
        self._check(out)
        (first, last), rest = clock.moments, self.count - 1
        return Timing((ended_s - first.wall_s) / rest, (last.cpu_s - first.cpu_s) / rest)

    def _check(self, out: Path) -> None:
        with (out / "gradebook.csv").open(newline="") as file:
            lost = [row["student"] for row in csv.DictReader(file) if row["score"] != row["max_score"]]
        if lost:
            raise EntrantError(f"the reference lost points as {lost[0]}")
        shutil.rmtree(out)


class _ResultClock:
    """Notes time and CPU time at the first and the last result: the command writes a line for each."""

    def __init__(self, count: int) -> None:
        self._places = {1, count}
        self._heard = 0
        self.moments: list[Timing] = []

    def hear(self, line: str) -> None:
        if line.startswith("["):
            self._heard += 1
            if self._heard in self._places:
                self.moments.append(Timing(time.perf_counter(), total_cpu_s(os.getpid())))


class Otter(Entrant):
    """``otter run``, which takes one submission."""

    name = "otter run"
    isolation = "none"

    def __init__(self, variant: str, folder: Path) -> None:
        super().__init__(variant, folder)
        variants.make_otter_zip(variant, folder / "autograder.zip")
        shutil.copy(variants.REFERENCE, folder)

    def measure(self) -> Timing:
        """Grade one submission."""
        timing = run_timed([sys.executable, "-m", "otter", "run", "--no-logo", variants.REFERENCE.name], self.folder)
        tests = json.loads((self.folder / "results.json").read_text())["tests"]
        if any(test.get("score") != test.get("max_score") for test in tests):
            raise EntrantError("the reference lost points")
        return timing


class Nbgrader(Entrant):
    """``nbgrader autograde`` on a few submissions, less what a run with a single one takes."""

    name = "nbgrader autograde"
    isolation = "none"

    def measure(self) -> Timing:
        """Grade one submission, then a few."""
        few, many = (self._grade(count) for count in NBGRADER_COUNTS)
        rest = NBGRADER_COUNTS[1] - NBGRADER_COUNTS[0]
        return Timing((many.wall_s - few.wall_s) / rest, (many.cpu_s - few.cpu_s) / rest)

    def _grade(self, count: int) -> Timing:
        course = self.folder / "course"
        variants.make_nbgrader_course(self.variant, count, course)
        run_timed([sys.executable, "-m", "nbgrader", "generate_assignment", variants.ASSIGNMENT], course)
        timing = run_timed([sys.executable, "-m", "nbgrader", "autograde", variants.ASSIGNMENT], course)
        graded = list(course.glob("autograded/*/*/layers.ipynb"))
        if len(graded) != count or any('"ename"' in path.read_text() for path in graded):
            raise EntrantError("the reference lost points")
        shutil.rmtree(course)
        return timing


class Pytest(Entrant):
    """The checks as tests, by pytest in a fresh process for each submission."""

    name = "pytest, fresh process"
    isolation = "none"

    def __init__(self, variant: str, folder: Path) -> None:
        super().__init__(variant, folder)
        self._tests = variants.make_pytest_folder(variant, folder / "tests")

    def measure(self) -> Timing:
        """Grade one submission."""
        return run_timed([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], self._tests)


class Limit(Entrant):
    """The same calls in one warm process, loaded anew for each submission: nobody can be faster."""

    name = "the limit: one warm process"
    isolation = "none"

    def measure(self) -> Timing:
        """Grade a few times in a child process."""
        answer = subprocess.run(
            [sys.executable, str(Path(__file__).resolve()), self.variant], capture_output=True, text=True, check=False
        )
        if answer.returncode:
            raise EntrantError(last_line(answer.stderr))
        return Timing(*json.loads(answer.stdout.splitlines()[-1]))


ENTRANTS: tuple[type[Entrant], ...] = (Autograder, Otter, Nbgrader, Pytest, Limit)
DISTRIBUTIONS = ("otter-grader", "nbgrader", "pytest", "numpy", "tensorflow", "keras")


def run_timed(command: Sequence[str | Path], folder: Path, hear: Callable[[str], object] = lambda _: None) -> Timing:
    """Run a command to its end.

    Parameters
    ----------
    hear
        Called with every line that it writes, at that moment.

    Raises
    ------
    EntrantError
        It failed; with the last line that it wrote.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls a neighbour by name
    env = {**os.environ, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    lines: deque[str] = deque(maxlen=100)
    begun_s = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    with process.stdout:
        for line in process.stdout:
            hear(line)
            lines.append(line)
    _, status, usage = os.wait4(process.pid, 0)
    timing = Timing(time.perf_counter() - begun_s, usage.ru_utime + usage.ru_stime)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise EntrantError(last_line("".join(lines)))
    return timing


def last_line(text: str) -> str:
    """Give the last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no word")


def version_of(distribution: str) -> str:
    """Give the version of an installed distribution."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def measure_limit(variant: str) -> Timing:
    """Load the submission anew and make the calls of every check, again and again; the median."""
    source, checks = variants.REFERENCE.read_text(), variants.load_checks()
    names = list(variants.checks_of(variant))
    timings = sorted((_run_checks(source, checks, names) for _ in range(LIMIT_RUNS)), key=lambda one: one.wall_s)
    return timings[len(timings) // 2]


def _run_checks(source: str, checks: ModuleType, names: list[str]) -> Timing:
    begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
    submission = ModuleType("layers")
    exec(compile(source, "layers.py", "exec"), submission.__dict__)
    for name in names:
        check = getattr(checks, name)
        check(*(getattr(submission, one) for one in check.__code__.co_varnames[: check.__code__.co_argcount]))
    return Timing(time.perf_counter() - begun_s, time.process_time() - begun_cpu_s)


if __name__ == "__main__":
    measured = measure_limit(sys.argv[1])
    print(json.dumps([measured.wall_s, measured.cpu_s]))
