"""Many submissions in one run: whether the time is linear, the driver's memory flat, and nothing left behind.

python benchmarks/scale.py [--count N] [--jobs N] [--write]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import processes
import results
from entrants import AUTOGRADER
from variants import ASSIGNMENT, NUMPY, make_course, make_submissions

EARLY = 100  # the submission at which the driver's memory is measured first: caches are filled by then
MAX_GROWTH = 0.10
MAX_DEVIATION = 0.10


@dataclass(frozen=True)
class Course:
    """How a run went.

    Attributes
    ----------
    moments_s
        When each result was there.
    driver_mib
        The driver's memory at the early submission and at the last.
    left
        What was left behind.
    exit_code
        Of the command.
    """

    moments_s: list[float]
    driver_mib: tuple[float, float]
    left: list[str]
    exit_code: int

    @property
    def growth(self) -> float:
        """By what part of itself the driver grew."""
        return self.driver_mib[1] / self.driver_mib[0] - 1

    @property
    def pace_s(self) -> float:
        """Time per submission: the slope of the fitted line [s]."""
        return statistics.linear_regression(range(len(self.moments_s)), self.moments_s).slope

    @property
    def drift(self) -> float:
        """By what part the last third is slower than the first."""
        third = len(self.moments_s) // 3
        first, last = self.moments_s[:third], self.moments_s[-third:]
        return (last[-1] - last[0]) / (first[-1] - first[0]) - 1

    @property
    def correlation(self) -> float:
        """Of the moments with the numbers of the submissions."""
        return statistics.correlation(range(len(self.moments_s)), self.moments_s)


def run(count: int, jobs: int, folder: Path) -> Course:
    """Grade ``count`` copies and watch the driver."""
    course, submissions = make_course(NUMPY, folder / "course"), make_submissions(count, folder / "in")
    mounts, temporary = processes.read_mounts(), folder / "tmp"
    temporary.mkdir()
    command = [
        *AUTOGRADER,
        "grade",
        ASSIGNMENT,
        submissions,
        "--course",
        course,
        "--out",
        folder / "out",
        "--jobs",
        str(jobs),
    ]
    env = {**os.environ, "TMPDIR": str(temporary)}
    driver = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    stations: set[int] = set()
    moments_s: list[float] = []
    sizes_mib: list[float] = []
    with driver.stderr:
        for line in driver.stderr:
            if line.startswith("["):
                moments_s.append(time.perf_counter())
                if len(moments_s) in (min(EARLY, count), count):
                    sizes_mib.append(processes.proportional_mib(driver.pid, "Rss"))
                    stations.update(processes.descendants(driver.pid))
    exit_code = driver.wait()
    left = processes.find_remains(stations, temporary, mounts)
    return Course(moments_s, (sizes_mib[0], sizes_mib[-1]), left, exit_code)


def render(course: Course, count: int, jobs: int, load: str) -> str:
    """Write the result in Markdown."""
    (early_mib, late_mib), left = course.driver_mib, course.left
    rows = [
        [
            "every submission graded",
            str(len(course.moments_s)),
            _met(len(course.moments_s) == count and not course.exit_code),
        ],
        ["time per submission (slope of the fitted line)", f"{1e3 * course.pace_s:.1f} ms", ""],
        ["time is linear: correlation with the count", f"{course.correlation:.5f}", _met(course.correlation > 0.999)],
        [
            "time is linear: last third against the first",
            f"{course.drift:+.1%}",
            _met(abs(course.drift) <= MAX_DEVIATION),
        ],
        [
            f"the driver's memory, submission {min(EARLY, count)} to {count}",
            f"{early_mib:.1f} to {late_mib:.1f} MiB, {course.growth:+.1%}",
            _met(course.growth <= MAX_GROWTH),
        ],
        ["processes, control groups, mounts, files left behind", str(len(left)), _met(not left)],
    ]
    about = f"{results.describe_machine()}; {load}; {jobs} station{'s' if jobs > 1 else ''}."
    return "\n\n".join([results.table(["what", "measured", "met"], rows), about, *left])


def _met(is_met: bool) -> str:  # noqa: FBT001
    return "yes" if is_met else "**no**"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="submissions [default: 1000]")
    parser.add_argument("--jobs", type=int, default=1, help="stations [default: 1]")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args(arguments)
    load = results.describe_load()
    processes.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = run(options.count, options.jobs, Path(folder))
    text = render(course, options.count, options.jobs, load)
    print(text)
    if options.write:
        results.write_section("scale", f"## {options.count} submissions\n\n{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
