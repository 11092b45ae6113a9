"""What a second station costs in memory, with TensorFlow in its warden and none in its examiner.

Proportional set size: shared pages are divided among the processes that share them. Each station grades a few submissions with
a Keras criterion first, so that everything it imports is there.

    python benchmarks/station_memory.py [--write]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import processes
import results
from variants import ASSIGNMENT, FIT, make_course, make_submissions

from autograder.course.seeds import Secret
from autograder.grading.lanes import Lanes, Task
from autograder.station import StationSettings
from autograder.uploads.find import find_uploads

MAX_MIB = 260
ROUNDS = 4  # submissions per station
_QUIET_S = 1.0  # in which what was dismissed is gone


@dataclass(frozen=True)
class Memory:
    """Memory of the stations of a run, by kind of process [MiB]."""

    by_kind: dict[str, float]
    has_framework: dict[str, bool]

    @property
    def total_mib(self) -> float:
        """All of it."""
        return sum(self.by_kind.values())


def measure(course: Path, submissions: Path, stations: int) -> Memory:
    """Open some stations, let each grade, and add up what they hold."""
    settings = StationSettings(course, ASSIGNMENT, Secret(b"a benchmark's secret, known to all"))
    uploads = find_uploads([submissions], latest=False)[: stations * ROUNDS]
    with Lanes(settings, stations) as lanes:
        lanes.wait_until_ready()
        graded = list(lanes.run([Task(upload, upload.student) for upload in uploads]))
        assert all(one.report is not None and one.report.score == one.report.max_score for one in graded)
        time.sleep(_QUIET_S)
        return _add_up()


def _add_up() -> Memory:
    by_kind: dict[str, float] = {}
    has_framework: dict[str, bool] = {}
    for pid in processes.descendants(os.getpid())[1:]:
        kind = _kind(pid)
        by_kind[kind] = by_kind.get(kind, 0.0) + processes.proportional_mib(pid)
        has_framework[kind] = has_framework.get(kind, False) or processes.maps_module(pid, "libtensorflow")
    return Memory(by_kind, has_framework)


def _kind(pid: int) -> str:
    command = processes.command_of(pid)
    if "autograder.examiner" in command:
        return "examiner"
    if "inside.entry" in command:
        return "warden with frameworks" if processes.maps_module(pid, "libtensorflow") else "other wardens"
    return "bubblewrap" if "bwrap" in command else "worker"


def render(one: Memory, two: Memory, load: str) -> str:
    """Write the result in Markdown."""
    kinds = sorted(two.by_kind, key=lambda kind: -two.by_kind[kind])
    rows = [
        [
            kind,
            f"{one.by_kind.get(kind, 0.0):.0f}",
            f"{two.by_kind[kind]:.0f}",
            f"{two.by_kind[kind] - one.by_kind.get(kind, 0.0):.0f}",
        ]
        for kind in kinds
    ]
    cost_mib = two.total_mib - one.total_mib
    rows.append(["all", f"{one.total_mib:.0f}", f"{two.total_mib:.0f}", f"**{cost_mib:.0f}**"])
    head = ["proportional set size [MiB]", "one station", "two stations", "the second"]
    verdict = f"At most {MAX_MIB} MiB: {'met' if cost_mib <= MAX_MIB else '**not met**'}."
    examiner = "The examiner has " + ("TensorFlow mapped." if two.has_framework.get("examiner") else "no TensorFlow.")
    why = "Most of it is what TensorFlow has in memory once it is imported, which stations do not share."
    return "\n\n".join(
        [results.table(head, rows), f"{verdict} {examiner} {why}", f"{results.describe_machine()}; {load}."]
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args(arguments)
    load = results.describe_load()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = make_course(FIT, Path(folder, "course"))
        submissions = make_submissions(2 * ROUNDS, Path(folder, "in"))
        measure(course, submissions, 1)  # the reference's own run, which a course has once, is not to be measured
        one, two = (measure(course, submissions, stations) for stations in (1, 2))
    text = render(one, two, load)
    print(text)
    if options.write:
        results.write_section("station-memory", f"## A second station\n\n{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
