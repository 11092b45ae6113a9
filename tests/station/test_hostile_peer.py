"""A hostile peer talks to a real examiner; afterwards the same examiner serves the next honest submission."""

import itertools
import os
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from autograder.examiner.context import Sources
from autograder.examiner.messages import ExamRequest
from autograder.records.outcome import Fault, Outcome
from autograder.report.assemble import criteria_of
from autograder.sandbox.plain import PlainSandbox
from autograder.station import Station
from tests.writing import ONE, examine, write_course, write_criterion

FUZZ_S = float(os.environ.get("AUTOGRADER_FUZZ_S", "10"))
KINDS_MET = 6  # of eleven kinds of hostile peers, drawn at random
MAX_EXAM_MIB = 1500  # twice the largest answer, decoded and compared

REFERENCE = """
import numpy as np

class Node:
    def __init__(self, value):
        self.value_, self.children = value, []
    def step(self, by):
        self.value_ += by
        return self.value_
    def __add__(self, other):
        return Node(self.value_ + other)
    def __iter__(self):
        return iter([Node(1.0), Node(2.0)])

def f(x):
    return x * 2.0

def make(value):
    return Node(value)

def call(function, times):
    return [function(float(number)) for number in range(times)]

def pair(x):
    return x + 1.0, {"x": x, "node": Node(1.0)}

def helper(x):
    return x

def use(x):
    return helper(x)
"""

HEAD = """
import resource


def measured():
    note(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")
"""

CRITERIA = {
    "values": "x = rng.normal(size=(3, 4))\nfor _ in range(3):\n    assert_close(submission.f(x), reference.f(x))",
    "asserted": "x = rng.normal(size=3)\nassert np.abs(submission.f(x) - reference.f(x)).max() < 1e-9\nassert submission.f(1.5) == 3.0",
    "objects": """
        node = submission.make(2.0)
        assert node.step(1.0) == 3.0
        assert (node + 1.0).value_ == 4.0
        assert [child.value_ for child in node] == [1.0, 2.0]
        out, cache = unpack(submission.pair.keep(1.0), "out cache", of="pair")
        assert_close(out.value(), 2.0)
    """,
    "callbacks": "assert_close(np.array(submission.call(lambda x: x + 1.0, 5)), np.arange(1.0, 6.0))",
    "lent": "kept = submission.lend([1.0, 2.0])\nassert_close(np.array(submission.call(lambda x: kept[0] + x, 2)), np.array([1.0, 2.0]))",
    "provided": "assert submission.use(3.0) == 3.0",
}


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station whose rubric asks in every way there is, without walls and with short limits."""
    rubric = "".join(
        write_criterion(
            name,
            f"{body.strip() if body[0] != chr(10) else body}",
            tests=(),
            **({"provided": ["helper"]} if name == "provided" else {}),
        )
        for name, body in CRITERIA.items()
    ).replace("    node = ", "    measured()\n    node = ")
    folder = tmp_path_factory.mktemp("course")
    settings = write_course(folder, REFERENCE, rubric, head=HEAD, rubric_s=10.0)
    path = folder / "assignments/small/assignment.toml"
    path.write_text(
        path.read_text().replace("timeout_s = 2.0\nload_timeout_s = 2.0", "timeout_s = 0.5\nload_timeout_s = 0.5")
    )
    with Station(settings) as station:
        yield station


@pytest.fixture
def hostile(station, monkeypatch):
    """The same station with candidates that are hostile peers."""
    settings = replace(station._offer, entry="hostile_peer:serve", entry_folder=Path(__file__).parent / "entry")
    with PlainSandbox(settings) as sandbox:
        honest = station._sandbox
        station._sandbox = sandbox
        yield station
        station._sandbox = honest


SOURCES = Sources({"submission.py": REFERENCE})


def test_hostile_peer_harms_neither_the_examiner_nor_the_next_submission(hostile, station):
    """Whatever it sends is the submission's fault; the examiner lives on, and memory stays bounded."""
    examiner = station._examiner._process.pid
    met, end = Counter(), time.monotonic() + FUZZ_S
    infos = {one.id: one for one in station.criteria}
    wanted = itertools.cycle([[f"x_{name}"] for name in CRITERIA])
    while time.monotonic() < end or len(met) < KINDS_MET:  # a busy machine gets more time, not less variety
        criteria = frozenset(next(wanted))
        request = ExamRequest(os.urandom(32), "submission", SOURCES, criteria=criteria, baseline=station._shown)
        for record in hostile.examine(request).values():
            behaviour = record.stdout.partition("\n")[0]
            met[behaviour.partition(" ")[0]] += 1
            is_honest_at_heart = behaviour.startswith(("mutated_frames", "sudden_death")) or not behaviour
            assert is_honest_at_heart or record.outcome is not Outcome.PASSED, (behaviour, record)
            assert record.outcome is not Outcome.UNGRADED, (behaviour, record)
            assert record.fault in (Fault.SUBMISSION, None), (behaviour, record)
            assert len(record.message) < 10_000, behaviour
            (reported,) = criteria_of(
                station.assignment, [infos[record.id]], {record.id: record}
            )  # its model refuses nothing
            assert reported.points <= reported.max_points
            peaks = [int(note.removeprefix("peak ")) for note in record.notes if note.startswith("peak")]
            assert all(peak < MAX_EXAM_MIB for peak in peaks), behaviour
    assert station._examiner._process.pid == examiner
    station._examiner.settle()
    assert psutil.Process(examiner).children() == []


def test_honest_submission_after_a_hostile_peer_gets_full_marks(station):
    """The same examiner, which has not been started anew."""
    records = examine(station, REFERENCE + ONE)
    assert {name: record.message for name, record in records.items() if record.outcome is not Outcome.PASSED} == {}
