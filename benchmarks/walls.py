"""What the walls cost: a submission behind each of them, in turn, and each part of what stands around a candidate.

A submission (5 NumPy checks) is graded by one warm station in bubblewrap, Docker and Podman, with their own runtime and with gVisor
where that is installed, with candidates of its own in a sandbox that stays, and with a sandbox that is started for it (``--isolation container``); beside the limit, the same calls in one
warm process. The rounds are interleaved; a figure is a median. Engines need the grading image (``autograder image build``).

::

    python benchmarks/walls.py [--rounds N] [--count N] [--image NAME] [--runtime NAME] [--write]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import results
from entrants import Limit
from variants import ASSIGNMENT, NUMPY, make_course, make_submissions

from autograder.course.seeds import Secret
from autograder.errors import SandboxError
from autograder.records.outcome import Limits
from autograder.sandbox.bubblewrap import BubblewrapSandbox
from autograder.sandbox.engine.gvisor import RUNTIME as GVISOR
from autograder.sandbox.seam import DEFAULT_IMAGE, ENGINES, ISOLATIONS, SandboxSettings
from autograder.station import Station, StationSettings
from autograder.uploads.find import find_uploads

_INSIDE = Path(__file__).parent / "inside"
_WARM_UP = 3


@dataclass
class Wall:
    """A station behind one wall, and what its submissions took.

    Attributes
    ----------
    start_s
        From nothing to the first submission [s].
    """

    name: str
    isolation: str
    station: Station
    start_s: float
    taken_s: list[float] = field(default_factory=list)

    def grade(self, uploads: list[object]) -> None:
        """Grade some submissions."""
        for upload in uploads:
            begun_s = time.perf_counter()
            report = self.station.grade(upload).report
            self.taken_s.append(time.perf_counter() - begun_s)
            assert report.score == report.max_score, report.to_json()

    @property
    def median_s(self) -> float:
        """Median of a submission [s]."""
        return statistics.median(self.taken_s)


def find_walls(runtime: str) -> list[tuple[str, str]]:
    """Name every sandbox, and what starts its containers; gVisor where it is installed."""
    own = [("bubblewrap", ""), *((name, runtime if name == "podman" else "") for name in ENGINES)]
    return own + [(name, GVISOR) for name in ENGINES if shutil.which(GVISOR)]


def open_walls(course: Path, image: str, runtime: str, stack: ExitStack) -> list[Wall]:
    """Open a station behind every wall that works here."""
    found = []
    for isolation in ISOLATIONS:
        for name, started_by in find_walls(runtime):
            settings = StationSettings(
                course,
                ASSIGNMENT,
                Secret(b"x" * 32),
                name,
                image=image,
                runtime=started_by,
                isolation=isolation,
            )
            begun_s = time.perf_counter()
            try:
                station = stack.enter_context(Station(settings))
            except SandboxError as error:
                print(f"{name} {started_by} is left out: {error.message}", file=sys.stderr)
                continue
            title = f"{name}, {GVISOR}" if started_by == GVISOR else name
            found.append(Wall(title, isolation, station, time.perf_counter() - begun_s))
    return found


def measure_walls(options: argparse.Namespace) -> list[list[str]]:
    """Grade in turn behind every wall; a row of each."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        course = make_course(NUMPY, Path(folder, "course"))
        uploads = find_uploads([make_submissions(options.count, Path(folder, "submissions"))])
        walls = open_walls(course, options.image, options.runtime, stack)
        for wall in walls:
            wall.grade(uploads[:_WARM_UP] if wall.isolation == ISOLATIONS[0] else uploads[:1])
            wall.taken_s.clear()
        limits_s = []
        for _ in range(options.rounds):
            limits_s.append(Limit(NUMPY, Path(folder)).measure().wall_s)
            for wall in walls:
                wall.grade(uploads if wall.isolation == ISOLATIONS[0] else uploads[:_WARM_UP])
    base_s = walls[0].median_s
    rows = [["the limit: one warm process", f"{1e3 * statistics.median(limits_s):.1f} ms", "", ""]]
    for wall in walls:
        own = "" if wall.isolation == ISOLATIONS[0] else ", a sandbox for each"
        ratio = f"{wall.median_s / base_s:.2f}"
        rows.append([f"{wall.name}{own}", f"{1e3 * wall.median_s:.0f} ms", ratio, f"{wall.start_s:.1f} s"])
    return rows


def measure_parts(count: int) -> list[list[str]]:
    """What each wall of a candidate takes in bubblewrap; a row of each [ms]."""
    parts: dict[str, list[float]] = {}
    settings = SandboxSettings(entry="timed_walls:serve", entry_folder=_INSIDE)
    with BubblewrapSandbox(settings) as sandbox, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        for _ in range(count):
            ours, theirs = socket.socketpair()
            with ours:
                out = nowhere.fileno()
                begun_s = time.perf_counter()
                candidate = sandbox.fork(
                    frameworks=False, limits=Limits(), channel=theirs.fileno(), stdout=out, stderr=out
                )
                theirs.close()
                forked_s = time.perf_counter()
                said = json.loads(ours.recv(1 << 16))
                ending_s = time.perf_counter()
                candidate.end()
                said["asked for until its walls stand"] = 1e6 * (forked_s - begun_s)
                said["ended, until nothing is left of it"] = 1e6 * (time.perf_counter() - ending_s)
            for name, taken_us in said.items():
                parts.setdefault(name, []).append(taken_us)
    return [[name, f"{1e-3 * statistics.median(taken):.2f} ms"] for name, taken in parts.items()]


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="[default: 5]")
    parser.add_argument("--count", type=int, default=20, help="submissions in a round [default: 20]")
    parser.add_argument("--image", default=DEFAULT_IMAGE, help=f"[default: {DEFAULT_IMAGE}]")
    parser.add_argument("--runtime", default="", help="what starts Podman's containers")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    options = parser.parse_args()
    load = results.describe_load()
    walls = results.table(
        ["a submission behind", "median", "of bubblewrap", "start of a station"], measure_walls(options)
    )
    parts = results.table(["a candidate's walls in bubblewrap", "median"], measure_parts(10 * options.count))
    about = f"Medians of {options.rounds} rounds of {options.count}. {results.describe_machine()}; {load}."
    print(f"{walls}\n\n{parts}\n\n{about}")
    if options.write:
        results.write_section("walls", f"## The walls\n\n{walls}\n\n{parts}\n\n{about}")


if __name__ == "__main__":
    main()
