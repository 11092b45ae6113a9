"""How fast submissions are graded, side by side with other graders.

The same assignment and the same submission (5 NumPy checks; 5 NumPy checks and a Keras model that is built, trained for an
epoch and run), graded in turn by this grader, `otter run`, `nbgrader autograde`, pytest in a fresh process, and the same calls in one warm process
without any isolation: the limit. A figure is the median over the rounds of what one submission takes; starting up is not in
it where a grader takes many submissions at once.

    pip install -e '.[keras,compare]'
    python benchmarks/compare.py [--runs N] [--count N] [--json FILE] [--write]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import results
from entrants import (
    DISTRIBUTIONS,
    ENTRANTS,
    Autograder,
    Entrant,
    EntrantError,
    Limit,
    Nbgrader,
    Otter,
    Pytest,
    Timing,
    version_of,
)
from variants import BATCH, FIT, NUMPY

CRITERIA = 5
PAGE_FAULTS = 12_700  # of a NumPy submission with 5 criteria on Python 3.11, by `perf stat -e page-faults`
TITLES = {NUMPY: "NumPy", FIT: "NumPy + Keras", BATCH: "NumPy + Keras, one batch"}
SHOWN = (NUMPY, FIT)
OURS = Autograder.name


@dataclass
class Measured:
    """What came of one grader on one variant."""

    timings: list[Timing] = field(default_factory=list)
    failure: str | None = None

    def wall_s(self) -> float | None:
        """Median wall time of a submission [s], None where the grader did not run."""
        return statistics.median(one.wall_s for one in self.timings) if self.timings else None

    def cpu_s(self) -> float | None:
        """Median CPU time of a submission [s]."""
        return statistics.median(one.cpu_s for one in self.timings) if self.timings else None


Board = dict[str, dict[str, Measured]]


@dataclass(frozen=True)
class Target:
    """What is aimed at, and what was reached."""

    text: str
    reached: float | None
    bar: float
    is_ceiling: bool
    unit: str = ""

    def row(self) -> list[str]:
        """Give its row of the table."""
        return [self.text, self.reached_text, "yes" if self.is_met else "" if self.reached is None else "**no**"]

    @property
    def reached_text(self) -> str:
        """What was reached, in words."""
        return "not measured" if self.reached is None else f"{self.reached:.3g}{self.unit}"

    @property
    def is_met(self) -> bool:
        """Whether it was reached."""
        if self.reached is None:
            return False
        return self.reached <= self.bar if self.is_ceiling else self.reached >= self.bar


def run_rounds(rounds: int, folder: Path) -> Board:
    """Let every grader take its turn, round after round."""
    board: Board = {variant: {one.name: Measured() for one in ENTRANTS} for variant in TITLES}
    turns = [(kind, variant) for variant in SHOWN for kind in ENTRANTS]
    turns += [(kind, BATCH) for kind in (Autograder, Limit)]
    entrants = [_set_up(kind, variant, folder, board) for kind, variant in turns]
    for number in range(1, rounds + 1):
        for entrant in entrants:
            if entrant is not None:
                _take_turn(entrant, board, f"round {number} of {rounds}")
    return board


def _set_up(kind: type[Entrant], variant: str, folder: Path, board: Board) -> Entrant | None:
    own = folder / f"{variant}-{kind.__name__}"
    own.mkdir()
    try:
        return kind(variant, own)
    except EntrantError as error:
        board[variant][kind.name].failure = str(error)
        return None


def _take_turn(entrant: Entrant, board: Board, turn: str) -> None:
    measured = board[entrant.variant][entrant.name]
    if measured.failure is not None:
        return
    try:
        timing = entrant.measure()
    except (EntrantError, OSError) as error:
        measured.failure = str(error)
        print(f"{turn}: {entrant.name}, {TITLES[entrant.variant]}: cannot run: {error}", file=sys.stderr)
        return
    measured.timings.append(timing)
    said = f"{1e3 * timing.wall_s:.1f} ms, {1e3 * timing.cpu_s:.1f} ms of CPU time"
    print(f"{turn}: {entrant.name}, {TITLES[entrant.variant]}: {said}", file=sys.stderr)


def find_targets(board: Board) -> list[Target]:
    """Say what is aimed at."""
    ours_s = board[NUMPY][OURS].wall_s()
    milliseconds = None if ours_s is None else 1e3 * ours_s
    budget = 15 + 8 * CRITERIA
    return [
        Target(
            f"NumPy: at most 15 ms and 8 ms per criterion, {budget} ms",
            milliseconds,
            budget,
            is_ceiling=True,
            unit=" ms",
        ),
        Target(
            "NumPy: at least 150 times Otter's throughput",
            _ratio(board, NUMPY, Otter),
            150,
            is_ceiling=False,
            unit=" x",
        ),
        Target("NumPy + Keras: at most 3 times the limit", _inverse(board, FIT, Limit), 3, is_ceiling=True, unit=" x"),
        Target("NumPy + Keras: at least 25 times Otter", _ratio(board, FIT, Otter), 25, is_ceiling=False, unit=" x"),
        Target(
            "NumPy + Keras: at least 12 times nbgrader",
            _ratio(board, FIT, Nbgrader),
            12,
            is_ceiling=False,
            unit=" x",
        ),
        Target("NumPy + Keras: at least 9 times pytest", _ratio(board, FIT, Pytest), 9, is_ceiling=False, unit=" x"),
    ]


def _ratio(board: Board, variant: str, other: type[Entrant]) -> float | None:
    theirs, ours = board[variant][other.name].wall_s(), board[variant][OURS].wall_s()
    return None if theirs is None or ours is None else theirs / ours


def _inverse(board: Board, variant: str, other: type[Entrant]) -> float | None:
    ratio = _ratio(board, variant, other)
    return None if ratio is None else 1 / ratio


def render(board: Board, rounds: int, load: str) -> str:
    """Write the whole result in Markdown."""
    failures = [
        f"`{name}` could not run ({TITLES[variant]}): {measured.failure}"
        for variant in SHOWN
        for name, measured in board[variant].items()
        if measured.failure is not None
    ]
    targets = results.table(["target", "reached", "met"], [target.row() for target in find_targets(board)])
    parts = [
        _render_board(board, has_cpu=True),
        targets,
        _explain_forks(),
        _describe_light(board),
        _describe_run(rounds, load),
    ]
    return "\n\n".join([*parts, *failures])


def render_brief(board: Board, rounds: int, load: str) -> str:
    """Write what the README shows: the times, and what misses its target, with the reason."""
    missed = [target for target in find_targets(board) if not target.is_met]
    lines = [_render_board(board, has_cpu=False)]
    if missed:
        texts = "; ".join(f"{target.text} ({target.reached_text})" for target in missed)
        lines.append(f"Missed here: {texts}. {_explain_forks()}")
    lines.append(f"{_describe_run(rounds, load)} [All results](benchmarks/RESULTS.md).")
    return "\n\n".join(lines)


def _render_board(board: Board, *, has_cpu: bool) -> str:
    what = ("", ", CPU time", ", times autograder") if has_cpu else ("", ", times autograder")
    head = ["per submission", "isolation", *(f"{TITLES[one]}{each}" for one in SHOWN for each in what)]
    rows = [
        [one.name, one.isolation, *(cell for variant in SHOWN for cell in _cells(board, variant, one, has_cpu=has_cpu))]
        for one in ENTRANTS
    ]
    return results.table(head, rows)


def _describe_run(rounds: int, load: str) -> str:
    versions = ", ".join(f"{name} {version_of(name)}" for name in DISTRIBUTIONS)
    return (
        f"{results.describe_machine()}; {load}. Versions: {versions}. Medians of {rounds} rounds, one station; where another core is free, "
        "some of its processes overlap, so that its CPU time is more than its time."
    )


def _explain_forks() -> str:
    """Say what a large part of a NumPy submission's time is, which differs from machine to machine."""
    fault_us = results.measure_page_fault_us()
    return (
        f"Fresh processes for the reader, the exam and each criterion meet about {PAGE_FAULTS:,} page faults per submission. Each takes "
        f"{fault_us:.1f} us on this machine, a virtual one: {PAGE_FAULTS * fault_us / 1000:.0f} ms of the CPU time."
    )


def _describe_light(board: Board) -> str:
    """Say what the light variant takes: there a process of its own weighs most."""
    ours_s, limit_s, ratio = (
        board[BATCH][OURS].wall_s(),
        board[BATCH][Limit.name].wall_s(),
        _inverse(board, BATCH, Limit),
    )
    if ours_s is None or limit_s is None:
        return ""
    return (
        f"Where the model is built and predicts a single batch, a submission takes {_time_text(ours_s)}, {ratio:.2g} times the "
        f"limit of {_time_text(limit_s)}: what TensorFlow does at its first use in a process is then most of it."
    )


def _cells(board: Board, variant: str, kind: type[Entrant], *, has_cpu: bool) -> list[str]:
    measured = board[variant][kind.name]
    wall_s, cpu_s, ratio = measured.wall_s(), measured.cpu_s(), _ratio(board, variant, kind)
    if wall_s is None or cpu_s is None:
        return ["cannot run", *([""] if has_cpu else []), ""]
    cpu = [_time_text(cpu_s)] if has_cpu else []
    return [_time_text(wall_s), *cpu, "" if ratio is None else f"{ratio:.2g}" if ratio < 1 else f"{ratio:.3g}"]


def _time_text(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1e3 * seconds:.3g} ms"


def as_data(board: Board, load: str) -> dict[str, object]:
    """Give everything that was measured as plain data."""
    return {
        "machine": results.describe_machine(),
        "load": load,
        "versions": {name: version_of(name) for name in DISTRIBUTIONS},
        "board": {
            variant: {name: asdict(measured) for name, measured in row.items()} for variant, row in board.items()
        },
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="rounds [default: 3]")
    parser.add_argument(
        "--count", type=int, default=Autograder.count, help="copies that this grader grades [default: 200]"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md and README.md")
    options = parser.parse_args(arguments)
    Autograder.count = options.count
    load = results.describe_load()
    with tempfile.TemporaryDirectory(prefix="autograder-benchmark-") as folder:
        board = run_rounds(options.runs, Path(folder))
    text = render(board, options.runs, load)
    print(text)
    if options.json is not None:
        options.json.write_text(json.dumps(as_data(board, load), indent=1))
    if options.write:
        results.write_section("compare", f"## Side by side\n\n{text}")
        results.write_section("benchmark", render_brief(board, options.runs, load), results.README)
    return 0


if __name__ == "__main__":
    sys.exit(main())
