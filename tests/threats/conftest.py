"""A station per sandbox for all threats, and what must stay as it is around each of them."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.course.seeds import Secret
from autograder.records.outcome import Outcome
from autograder.records.report import Report
from autograder.sandbox.open import SANDBOXES
from autograder.station import Station, StationSettings
from autograder.uploads.read import Upload, UploadKind
from tests.sandbox.containers import GVISOR, IMAGE, find_engine, image_with_framework
from tests.threats.ledger import PAGE, Ledger, render_table, replace_table
from tests.threats.rows import IN_GVISOR, WALLS
from tests.threats.watch import Listeners, Watch, is_gvisor

HERE = Path(__file__).parent
COURSE = HERE.parent / "course"
PROGRAMS = HERE / "programs"
collect_ignore = ["course", "programs"]  # what is graded is no test of ours
LETTERS = {
    Outcome.PASSED: "P", Outcome.PARTIAL: "p", Outcome.FAILED: "F", Outcome.RAISED: "R", Outcome.TIMEOUT: "T",
    Outcome.MEMORY: "M", Outcome.CRASHED: "C", Outcome.FORBIDDEN: "X", Outcome.MISSING: "G", Outcome.NOT_LOADED: "N",
    Outcome.NOT_ATTEMPTED: "A", Outcome.SKIPPED: "S", Outcome.UNGRADED: "U",
}  # fmt: skip


LEDGER = Ledger()
# Whether everything is run and written down: in gVisor, too, and with a framework in the images.
WRITES = bool(os.environ.get("AUTOGRADER_WRITE_SECURITY"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Note in the ledger what became of a row."""
    report = yield
    LEDGER.note(item, report)
    return report


def pytest_sessionfinish():
    """Write the table of ``docs/reference/threats.md`` from what came out, if that was asked for."""
    if WRITES:
        PAGE.write_text(replace_table(PAGE.read_text(), render_table(LEDGER.cell)))


@dataclass(frozen=True)
class Canary:
    """A secret of the grader that no submission may come to see, and where it lies.

    Attributes
    ----------
    text
        What must not turn up anywhere.
    file, home_file
        Files that hold it, beside the course and in the home.
    """

    text: str
    file: Path
    home_file: Path


class Bench:
    """A station on which submissions are tried, with everything around it watched.

    Attributes
    ----------
    station
        The station.
    is_in_gvisor
        Whether its submissions run on gVisor's kernel.
    """

    def __init__(self, station: Station, canary: Canary, listeners: Listeners, folder: Path, programs: Path) -> None:
        self.station = station
        self.is_in_gvisor = is_gvisor(station.sandbox)
        self._canary = canary
        self._listeners = listeners
        self._watch = Watch(station, (station.assignment.course, canary.file.parent, HERE))
        self._folder = folder
        self._programs = programs
        self._honest = upload_of(programs / "001_honest.py", "neighbour")
        self._servants = self._watch.servants
        report = station.grade(self._honest).report
        assert set(letters(report)) == {"P"}, "the control failed: every other verdict is void"
        self._expected = essence(report)

    def write(self, name: str, tokens: dict[str, str] | None = None) -> Path:
        """Write a program with the addresses of this bench in it."""
        text = (self._programs / f"{name}.py").read_bytes()
        for token, value in {**self._tokens(), **(tokens or {})}.items():
            text = text.replace(f"@{token}@".encode(), value.encode())
        path = self._folder / f"{name}.py"
        path.write_bytes(text)
        return path

    def grade_program(self, name: str, **tokens: str) -> Report:
        """Grade one of the programs."""
        return self.grade(upload_of(self.write(name, tokens)))

    def grade(self, upload: Upload) -> Report:
        """Grade an upload, and require that nothing else happens: no contact, no leak, no trace, no restart, no harm to others."""
        before = self._watch.rest()
        report = self.station.grade(upload).report
        assert self._listeners.contacts() == 0
        assert self._watch.settle(before) == before
        assert_says_nothing(report, self._canary.text)
        neighbour = self.station.grade(self._honest).report
        assert essence(neighbour) == self._expected
        assert (report.attempts, neighbour.attempts, self._watch.servants) == (1, 1, self._servants)
        assert report.score == sum(one.max_points for one in report.criteria if one.outcome is Outcome.PASSED)
        return report

    def _tokens(self) -> dict[str, str]:
        return {
            "PORT": str(self._listeners.port),
            "ABSTRACT": self._listeners.abstract,
            "SOCKET": self._listeners.path,
            "CANARY_FILE": str(self._canary.file),
            "HOME_FILE": str(self._canary.home_file),
            "HOME": str(Path.home()),
            "COURSE": str(self.station.assignment.course),
            "REPOSITORY": str(HERE.parents[1]),
        }


def upload_of(path: Path, student: str | None = None) -> Upload:
    """An entry of a submissions folder."""
    kind = (
        UploadKind.FOLDER
        if path.is_dir()
        else UploadKind.FILE
        if path.suffix in (".py", ".ipynb")
        else UploadKind.ARCHIVE
    )
    return Upload(student or path.stem, path, kind)


def letters(report: Report) -> str:
    """The outcomes of a report, a letter each, in the order a_example a_values a_safe s_example s_values s_stable."""
    return "".join(LETTERS[one.outcome] for one in report.criteria)


def essence(report: Report) -> list[object]:
    """What of a report must not depend on who was graded before."""
    return [
        (one.id, one.outcome, one.points, one.message, one.kind, one.notes, one.checks, one.output, one.cases_passed)
        for one in report.criteria
    ] + [report.notes, report.flags, report.problems, report.stdout, report.stderr]


def assert_says_nothing(report: Report, secret: str) -> None:
    """No secret is in a report, and no submission says that it found one."""
    assert secret not in report.to_json()
    printed = [
        report.stdout,
        report.stderr,
        *(text for one in report.criteria for text in (one.output.stdout, one.output.stderr)),
    ]
    found = [line for text in printed for line in text.splitlines() if line.startswith("LEAK")]
    assert found == []


def make_course(source: Path, folder: Path, text: str) -> Path:
    """Copy a course, with a canary in everything that is hidden."""
    course = folder / "course"
    shutil.copytree(source, course, ignore=shutil.ignore_patterns(".autograder"))
    for place in (*course.glob("reference/*/*.py"), *course.glob("assignments/*/rubric/**/*.py")):
        place.write_text(f"{place.read_text()}\n# {text}\n")
    return course


@pytest.fixture(scope="session")
def canary(tmp_path_factory):
    """A secret in the environment, beside the course and in the home."""
    text = f"threat-canary-{secrets.token_hex(12)}"
    folder = tmp_path_factory.mktemp("canary")
    home_file = Path.home() / f"{text}.txt"
    os.environ["AUTOGRADER_THREAT_CANARY"] = text
    for path in (folder / "canary.txt", home_file):
        path.write_text(text)
    yield Canary(text, folder / "canary.txt", home_file)
    home_file.unlink()
    del os.environ["AUTOGRADER_THREAT_CANARY"]


@pytest.fixture(scope="session")
def listeners():
    """Sockets that must not be reached."""
    with tempfile.TemporaryDirectory() as folder:  # a socket's path is short
        found = Listeners(Path(folder))
        yield found
        found.close()


@pytest.fixture(scope="session", params=WALLS if WRITES else SANDBOXES[1:])
def walls(request):
    """What a station must be told to use a sandbox, of each kind that this machine has."""
    if request.param == "bubblewrap":
        if shutil.which("bwrap") is None:
            pytest.skip("bubblewrap is not installed")
        return {"sandbox": "bubblewrap"}
    engine = find_engine(f"docker-{GVISOR}" if request.param == IN_GVISOR else request.param)
    if isinstance(engine, str):
        pytest.skip(engine)
    image = image_with_framework(engine.name) if WRITES else IMAGE
    return {"sandbox": engine.name, "image": image, "runtime": engine.runtime}


@pytest.fixture(scope="session")
def bench(walls, canary, listeners, tmp_path_factory):
    """The station with its surroundings."""
    course = make_course(COURSE, tmp_path_factory.mktemp("bench"), canary.text)
    with Station(StationSettings(course, "affine_softmax", Secret(b"x" * 32), **walls)) as station:
        yield Bench(station, canary, listeners, tmp_path_factory.mktemp("programs"), PROGRAMS)


@pytest.fixture(scope="session")
def two_ways(walls, canary, listeners, tmp_path_factory):
    """A station for the assignment with callbacks, loans, training and plain asserts."""
    course = make_course(HERE / "course", tmp_path_factory.mktemp("two_ways"), canary.text)
    with Station(StationSettings(course, "two_ways", Secret(b"x" * 32), **walls)) as station:
        yield Bench(station, canary, listeners, tmp_path_factory.mktemp("programs"), PROGRAMS / "two_ways")
