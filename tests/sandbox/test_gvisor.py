"""gVisor: what its kernel lacks is found out and made up for, one candidate at a time."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from containers import GVISOR, IMAGE, IN_GVISOR, find_engine
from driving import ENTRY, CandidatePipes, run_program

from autograder.course.seeds import Secret
from autograder.errors import SandboxError
from autograder.inside.walls import serial, syscalls
from autograder.records.outcome import Strength
from autograder.sandbox.engine.command import Engine, runtime_flags
from autograder.sandbox.engine.container import ContainerSandbox
from autograder.sandbox.seam import SandboxSettings
from autograder.station import Station, StationSettings
from autograder.uploads.read import Upload, UploadKind

TESTS = Path(__file__).parents[1]
PROGRAMS = TESTS / "threats" / "programs"
LOOK = "import os; report([os.getuid(), sorted(os.listdir('/tmp')), sorted(n for n in os.listdir('/proc') if n.isdecimal())])"


@pytest.fixture(params=IN_GVISOR)
def engine(request):
    """An engine whose containers gVisor starts."""
    found = find_engine(request.param)
    if isinstance(found, str):
        pytest.skip(found)
    return found


@pytest.fixture
def sandbox(engine):
    """A sandbox in gVisor."""
    with ContainerSandbox(SandboxSettings(**ENTRY), engine, IMAGE) as opened:
        yield opened


def test_runtime_flags_are_for_gvisor_alone():
    """Podman tells gVisor that it may connect to sockets of the host, and tells the others nothing."""
    assert runtime_flags("/usr/local/bin/runsc") == runtime_flags(GVISOR) == ("host-uds=open", "network=none")
    assert runtime_flags("runc") == runtime_flags("") == ()


@pytest.mark.skipif(shutil.which("podman") is None, reason="podman is not installed")
def test_run_command_tells_podman_what_gvisor_needs():
    """The flags stand before the command, where Podman takes them."""
    words = Engine("podman", GVISOR).run_command()[1:]
    assert words == [
        "--runtime", "runsc", "--runtime-flag", "host-uds=open", "--runtime-flag", "network=none", "run"
    ]  # fmt: skip


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may enter its own process namespace")
def test_kernel_of_this_machine_can_enter_namespaces():
    """Nobody gets the weaker walls on a kernel that has the others."""
    assert syscalls.can_enter_namespaces()


def test_namespaces_that_are_refused_are_an_error_and_no_reason_for_weaker_walls(monkeypatch):
    """A kernel that has the call and says no is not taken for one without it."""

    def refuse(number):
        def enter(_):
            raise OSError(number, "setns")

        return enter

    monkeypatch.setattr(syscalls, "enter_pid_namespace", refuse(1))
    with pytest.raises(PermissionError):
        syscalls.can_enter_namespaces()
    monkeypatch.setattr(syscalls, "enter_pid_namespace", refuse(95))
    assert not syscalls.can_enter_namespaces()


def test_machine_with_a_process_that_is_left_is_not_used_again(monkeypatch):
    """Where something runs that no warden is, nothing is unmounted and nobody is let in."""
    monkeypatch.setattr(serial, "_GONE_S", 0.01)
    with pytest.raises(OSError, match="processes of a candidate are left"):
        serial.Machine(set()).restore()


def test_machine_as_it_was_is_used_again(monkeypatch):
    """Nothing was mounted and nothing runs: nothing is done."""
    everybody = {int(name) for name in os.listdir("/proc") if name.isdecimal()}
    machine = serial.Machine(everybody)
    monkeypatch.setattr(machine, "_strangers", list)
    monkeypatch.setattr(serial, "DEVICES", ())  # this machine's own belong to root
    machine.restore()
    assert machine.memory_bytes() > 0


def test_strengths_in_gvisor_are_told_as_they_are(sandbox):
    """What is sampled is called watched, and what nothing keeps is called none."""
    assert sandbox.strengths == {
        "cpu": Strength.WATCHED, "memory": Strength.WATCHED, "pids": Strength.RLIMIT, "wall": Strength.WATCHED,
        "disk": Strength.NAMESPACE, "inodes": Strength.NONE, "output": Strength.WATCHED, "network": Strength.NAMESPACE,
    }  # fmt: skip


def test_second_candidate_has_to_wait_for_the_end_of_the_first(sandbox):
    """Two are never alive at once: the second is refused while the first lives, and made when it is gone."""
    with closing(CandidatePipes()) as first, closing(CandidatePipes()) as second, closing(CandidatePipes()) as third:
        living = first.fork(sandbox, "import time; time.sleep(60)")
        with pytest.raises(SandboxError, match="room for one candidate at a time"):
            second.fork(sandbox, LOOK)
        living.end()
        waiting = third.prepare(sandbox)
        sandbox.hand_over(waiting)
        third.send(LOOK)
        third.drain({third.channel.fileno()}, 20.0)
        assert b'["1", "2"]' in third.kept["channel"]
        waiting.end()


def test_candidates_in_gvisor_have_a_user_each_and_meet_nothing_of_each_other(sandbox):
    """A file, a process and shared memory of one are not there for the next, who is somebody else."""
    leave = """
import os, time
for folder in ("/tmp", "/submission", "/dev/shm"):
    open(f"{folder}/left", "w").close()
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
report(os.getuid())
"""
    (before,) = run_program(sandbox, leave).reports
    ((after, names, processes),) = run_program(sandbox, LOOK).reports
    assert before != after
    assert (names, processes) == ([], ["1", "2"])


def test_submissions_are_graded_in_gvisor(engine):
    """Honest work gets full marks before and after a fork bomb, a sleeper that stays and a file for the next; these get what they are due."""
    settings = StationSettings(
        TESTS / "course", "affine_softmax", Secret(b"x" * 32), engine.name, image=IMAGE, runtime=GVISOR
    )
    with Station(settings) as station:

        def grade(name):
            return station.grade(Upload("student", PROGRAMS / f"{name}.py", UploadKind.FILE)).report

        assert grade("001_honest").score == 20
        assert grade("301_fork_bomb").score < 20
        assert grade("343_objects_that_outlive").score == 20
        report = grade("001_honest")
        assert (report.score, report.attempts, station.sandbox._process.poll()) == (20, 1, None)
        assert report.environment.sandbox == f"{engine.name} ({engine.runtime})"
        assert report.environment.limits["inodes"].strength is Strength.NONE
