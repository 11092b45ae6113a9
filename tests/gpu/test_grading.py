"""Criteria that want a GPU, from assignment.toml to a report; the device is made up."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from containers import IMAGE, find_engine
from made_up import KIND, spec_of, write_spec

from autograder.errors import CourseError, InfrastructureError
from autograder.grading.lanes import GradedTask
from autograder.grading.run import RunListener, _collect_results
from autograder.records.outcome import Fault, Outcome
from autograder.sandbox import gpu_sandbox
from autograder.sandbox.gpu import slots
from autograder.sandbox.gpu.devices import find_devices
from autograder.sandbox.gpu.slots import GpuSlots
from autograder.station import Station
from autograder.uploads.read import Upload, UploadKind
from tests.writing import ONE, examine, write_course, write_criterion

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes"),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

REFERENCE = """
import os

def write():
    with open(os.environ["MADE_UP_NODE"], "wb") as file:
        return file.write(b"x")

def look():
    return "MADE_UP" in os.environ

def wrong():
    return 1
"""

RUBRIC = {
    "writes": ({"tests": ["write"], "gpu": True}, "check(submission.write() == 1, 'it was not opened')"),
    "again": ({"tests": ["write"], "gpu": True}, "check(submission.write() == 1, 'it was not opened')"),
    "blind": ({"tests": ["look"]}, "check(submission.look() is False, 'it is seen')"),
    "wrong": ({"tests": ["wrong"], "gpu": True}, "check(submission.wrong() + 0 == 1, 'it is not one')"),
}


def write(folder, devices=1, *, specification=None, limits="gpus = 1", **changes):
    """Write a course, and a specification whose variable names the node, which has another place for the reference."""
    if specification is None:
        specification = spec_of(folder, devices)
        for number in range(devices):
            edits = specification["devices"][number]["containerEdits"]
            edits["env"] = [f"MADE_UP_NODE={folder}/dev/madeup{number}"]
            edits["deviceNodes"][0]["path"] = f"/dev/madeup{number}"
        everywhere = specification["containerEdits"]
        everywhere["mounts"] = []
    cdi = write_spec(folder, specification)
    rubric = "".join(write_criterion(name, body, points=3, **more) for name, (more, body) in RUBRIC.items())
    options = {"sandbox": "bubblewrap", "gpu": KIND, "cdi_folders": (cdi,), "limits": limits, **changes}
    return write_course(folder, REFERENCE, rubric, **options)


SUBMISSION = REFERENCE.replace('os.environ["MADE_UP_NODE"]', '"/dev/" + os.environ["MADE_UP_NODE"].rpartition("/")[2]')
SUBMISSION += ONE


@pytest.fixture(autouse=True)
def locks(tmp_path, monkeypatch):
    """Locks of their own for these tests; no driver, whatever this machine has."""
    monkeypatch.setitem(sys.modules, "pynvml", None)
    folder = tmp_path / "locks"
    monkeypatch.setattr(slots, "_shared_folder", lambda: folder)
    return folder


@pytest.fixture
def station(tmp_path):
    with Station(write(tmp_path)) as station:
        yield station


def grade(station, folder, source=SUBMISSION):
    """A report, from a file."""
    (folder / "ada").mkdir(exist_ok=True)
    (folder / "ada/submission.py").write_text(source)
    return station.grade(Upload("ada", folder / "ada", UploadKind.FOLDER)).report


def lease_of(settings):
    """The only device, held as another station would."""
    return GpuSlots(find_devices(settings.gpu, settings.cdi_folders)).try_reserve()


@pytest.mark.parametrize("wall", ["bubblewrap", "docker", "podman"])
def test_criterion_with_a_gpu_opens_it_and_another_cannot_see_it(tmp_path, wall):
    """In one submission: the one criterion writes to the device, the other finds no trace of it."""
    engine = None if wall == "bubblewrap" else find_engine(wall)
    if isinstance(engine, str):
        pytest.skip(engine)
    runtime = {} if engine is None else {"image": IMAGE, "runtime": engine.runtime}
    with Station(write(tmp_path, sandbox=wall, **runtime)) as station:
        records = examine(station, SUBMISSION)
    assert {name: record.outcome for name, record in records.items()} == dict.fromkeys(
        [*RUBRIC, "example"], Outcome.PASSED
    )


def test_submission_that_is_wrong_on_a_gpu_loses_points(station, tmp_path):
    """The device is tried, found well, and the submission has been wrong."""
    report = grade(station, tmp_path, SUBMISSION.replace("return 1\n\n\ndef", "return 2\n\n\ndef", 1))
    lost = {one.id: (one.outcome, one.fault, one.message) for one in report.criteria if one.outcome != "passed"}
    assert report.environment.gpu == f"{KIND}=0"
    assert lost == {"x_wrong": (Outcome.FAILED, Fault.SUBMISSION, "it is not one")}


def test_answer_that_the_rubric_stumbles_over_is_asked_of_the_reference_on_the_same_device(station):
    """The experiment has the only device, too, while this station holds it."""
    record = examine(station, SUBMISSION.replace("return 1\n\n\ndef", "return None\n\n\ndef", 1))["wrong"]
    assert (record.outcome, record.fault, record.kind) == (Outcome.FAILED, Fault.SUBMISSION, "unexpected answer")
    lease_of(station._settings).close()


def test_device_that_disappears_costs_no_points(station, tmp_path):
    """Criteria without a GPU are graded; those with one are for another try, and the report says what to do."""
    (tmp_path / "dev/madeup0").unlink()
    report = grade(station, tmp_path)
    outcomes = {one.id: (one.outcome, one.fault) for one in report.criteria}
    ungraded = (Outcome.UNGRADED, Fault.INFRASTRUCTURE)
    assert outcomes == {
        "x_example": (Outcome.PASSED, None),
        "x_writes": ungraded,
        "x_again": ungraded,
        "x_blind": (Outcome.PASSED, None),
        "x_wrong": ungraded,
    }
    message = next(one.message for one in report.criteria if one.id == "x_writes")
    assert message.startswith(f"GPU {KIND}=0 has disappeared: {tmp_path}/dev/madeup0: No such file or directory.")
    assert "Hint: See `nvidia-smi`" in message
    assert report.attempts == 3


def test_waiting_for_a_gpu_is_not_the_students_time(tmp_path):
    """A station waits for longer than every limit of the criterion, and all are passed."""
    settings = write(tmp_path, rubric_s=2.0, limits="gpus = 1")
    text = (tmp_path / "assignments/small/assignment.toml").read_text()
    (tmp_path / "assignments/small/assignment.toml").write_text(
        text.replace("timeout_s = 2.0\nload_timeout_s = 2.0", "timeout_s = 0.2\nload_timeout_s = 0.2")
    )
    waited_s = 2.0 + 3 * (0.2 + 0.2) + 10 + 2.0  # the deadline of a criterion, and some more
    with Station(settings) as station:
        reservation = lease_of(settings)
        timer = threading.Timer(waited_s, reservation.close)
        timer.start()
        begun_s = time.monotonic()
        records = examine(station, SUBMISSION)
        assert time.monotonic() - begun_s > waited_s - 1
        timer.join()
    assert {record.outcome for record in records.values()} == {Outcome.PASSED}
    assert records["writes"].cpu_s < 0.2


def test_station_takes_the_device_that_is_free(tmp_path):
    """Of two devices one is in use: the walls are built around the other."""
    settings = write(tmp_path, 2)
    with Station(settings) as station, lease_of(settings) as reservation:
        assert reservation.device.name == f"{KIND}=0"
        (record,) = examine(station, SUBMISSION, criteria=["x_writes"]).values()
    assert record.outcome is Outcome.PASSED


def test_station_gives_its_device_back_between_criteria(station, tmp_path):
    """Nothing is held once the exam is over, whatever became of its criteria."""
    examine(station, SUBMISSION)
    examine(station, SUBMISSION.replace("def write():", "def write():\n    os._exit(3)"))
    examine(station, SUBMISSION.replace("def write():", "def write():\n    while True: pass"))
    lease_of(station._settings).close()


def test_assignment_with_a_gpu_where_there_is_none_is_not_graded(tmp_path):
    """Before the first submission, with the remedy."""
    settings = write(tmp_path, specification={"cdiVersion": "0.5.0", "kind": "other.test/gpu", "devices": []})
    with pytest.raises(InfrastructureError) as caught:
        Station(settings).start()
    assert caught.value.message == f"'small' has criteria that want a GPU, and there is no {KIND} here."
    assert "sudo nvidia-ctk cdi generate" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB"),
        (
            "ResourceExhaustedError",
            "OOM when allocating tensor with shape[9,9] on /job:localhost/device:GPU:0 by GPU_0_bfc",
        ),
        ("XlaRuntimeError", "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 4294967296 bytes."),
    ],
)
def test_gpu_memory_that_is_full_is_an_outcome_of_its_own(tmp_path, kind, text):
    """As PyTorch, TensorFlow and JAX say it."""
    source = SUBMISSION.replace(
        "def wrong():", f"class {kind}(RuntimeError): pass\n\ndef wrong():\n    raise {kind}({text!r})"
    )
    with Station(write(tmp_path, limits="gpus = 1\ngpu_memory_mib = 500")) as station:
        record = examine(station, source, criteria=["x_wrong"])["wrong"]
    assert (record.outcome, record.fault, record.kind) == (Outcome.MEMORY, Fault.SUBMISSION, "GPU memory")
    assert record.message == "the submission ran out of GPU memory during `wrong` (500 MiB are available)"


def test_criterion_with_a_gpu_needs_one_in_the_settings_and_the_other_way_round(tmp_path):
    """Both halves of a promise, each named where it is missing."""
    with pytest.raises(CourseError, match="it says gpu=True, and the assignment has no GPU"):
        Station(write(tmp_path, limits="")).start()
    settings = write_course(
        tmp_path, "def f():\n    return 1\n", {"f": "check(submission.f() == 1, 'wrong')"}, limits="gpus = 1"
    )
    with pytest.raises(CourseError, match="no criterion says gpu=True, so nothing would have the GPU"):
        Station(settings).start()


# with a made-up driver ----------------------------------------------------------------------------------------


@contextmanager
def nvidia(folder, monkeypatch, *, total_mib=1000, limits="gpus = 1"):
    """A station with a device that the made-up driver knows; and the file of what that answers."""
    monkeypatch.delitem(sys.modules, "pynvml")
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "driver"))
    state = folder / "driver.state"
    monkeypatch.setenv("MADE_UP_DRIVER", str(state))

    def answer(used_mib):
        device = {"uuid": "GPU-b1", "minor": 0, "name": "Made up", "total_mib": total_mib, "used_mib": used_mib}
        state.write_text(json.dumps({"devices": [device]}))

    answer(3)
    settings = write(folder, limits=limits)
    path = settings.cdi_folders[0] / "madeup.json"
    path.write_text(path.read_text().replace(KIND, "nvidia.com/gpu"))
    settings = type(settings)(
        **{name: getattr(settings, name) for name in settings.__dataclass_fields__} | {"gpu": "nvidia.com/gpu"}
    )
    try:
        with Station(settings) as station:
            yield station, answer
    finally:
        sys.modules.pop("pynvml", None)


def test_device_that_keeps_memory_is_taken_out_of_service_and_staff_are_told(tmp_path, monkeypatch, locks):
    """Memory in use after the end of a candidate: nobody gets the device until somebody has looked."""
    monkeypatch.setattr(gpu_sandbox, "_CLEAN_TIMEOUT_S", 0.5)
    with nvidia(tmp_path, monkeypatch) as (station, answer):
        assert not grade(station, tmp_path).flags
        measure = gpu_sandbox._used_mib

        def measure_then_leave_memory(device):
            used_mib = measure(device)
            answer(500)
            return used_mib

        monkeypatch.setattr(gpu_sandbox, "_used_mib", measure_then_leave_memory)
        report = grade(station, tmp_path)
    (flag,) = report.flags
    assert flag == (
        "GPU nvidia.com/gpu=0 was taken out of service: 500 MiB of its memory are in use after the end of a submission, "
        "before it were 3 MiB."
    )
    messages = {one.message for one in report.criteria if one.fault is Fault.INFRASTRUCTURE}
    assert any(message.startswith("No GPU is in service: nvidia.com/gpu=0: 500 MiB") for message in messages)
    assert len(list(locks.glob("*.retired"))) == 1


def test_terminal_is_told_of_a_device_that_is_out_of_service():
    """While the batch goes on: somebody may look at it meanwhile. Other remarks are for the report."""
    flags = (
        f"GPU nvidia.com/gpu=0 {gpu_sandbox.RETIRED}: 500 MiB of its memory are in use.",
        "submission.py: a large list.",
    )
    report = SimpleNamespace(flags=flags, criteria=())
    lanes = SimpleNamespace(run=lambda tasks: [GradedTask(SimpleNamespace(), report)])
    book = SimpleNamespace(add=lambda *_: None, batch=lambda: None, overview=Path("index.html"))
    notes = []
    _collect_results(lanes, [], book, RunListener(note=notes.append))
    assert notes == [flags[0]]


def test_gpu_memory_beyond_every_device_is_refused(tmp_path, monkeypatch):
    """A cap that no device here can keep: said before the first submission."""
    limits = "gpus = 1\ngpu_memory_mib = 2000"
    with (
        pytest.raises(InfrastructureError, match=r"no GPU here has as much: nvidia\.com/gpu=0 has 1000 MiB\."),
        nvidia(tmp_path, monkeypatch, limits=limits),
    ):
        pass


def test_frameworks_imported_later_find_the_memory_limit_in_their_variables(tmp_path, monkeypatch):
    """What JAX and TensorFlow read when they open the device."""
    look = SUBMISSION.replace(
        "def wrong():\n    return 1", "def wrong():\n    return os.environ['XLA_PYTHON_CLIENT_MEM_FRACTION']"
    )
    with nvidia(tmp_path, monkeypatch, limits="gpus = 1\ngpu_memory_mib = 250") as (station, _):
        report = examine(station, look, criteria=["x_wrong"], is_traced=True)["wrong"]
    assert report.trace[0]["answer"] == "'0.2500'"
