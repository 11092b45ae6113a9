"""`autograder doctor` as a person runs it, on this machine and on machines that lack something."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest

from autograder.doctor.conformance import run_conformance
from autograder.doctor.examine import ExamineRequest, _find, examine
from autograder.doctor.model import Checkup, FindingStatus, MachineFinding, SandboxFinding
from autograder.doctor.render import render_checkup, render_json
from autograder.doctor.resources import find_gpus, find_memory_limit
from autograder.sandbox.conformance.check import Check, demand_equal, expect_next_is_well
from autograder.sandbox.conformance.listing import CHECKS
from autograder.sandbox.host.owner import owner_prefix
from autograder.sandbox.open import SANDBOXES

DOCTOR = [sys.executable, "-m", "autograder", "doctor"]
MECHANISMS = {"kernel", "namespaces", "cgroups", "seccomp", "Landlock", "bubblewrap", "GPUs", "memory", "runsc"}
needs_bubblewrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


def run(*words, prefix=(), **options):
    command = [*prefix, *DOCTOR, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def by_name(done):
    return {one["name"]: one for one in json.loads(done.stdout)["findings"]}


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """A PATH of its own, on which a test puts scripts."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name, text):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)

    return put


@needs_bubblewrap
def test_doctor_says_what_auto_takes_and_how_strongly_it_holds():
    """On a machine with bubblewrap `auto` takes it; every limit has its strength, every mechanism a finding."""
    done = run("--json")
    assert done.returncode == 0, done.stdout
    checkup = Checkup.model_validate_json(done.stdout)
    assert (checkup.schema_version, checkup.auto) == (1, "bubblewrap")
    assert checkup.why == "it is the first of bubblewrap, docker, podman, and works."
    assert [one.name for one in checkup.sandboxes] == list(SANDBOXES[1:])
    assert set(checkup.sandboxes[0].strengths) == {
        "cpu", "memory", "pids", "wall", "disk", "inodes", "output", "network"
    }  # fmt: skip
    assert {one.name for one in checkup.findings} >= MECHANISMS
    assert all(one.remedy or one.reason for one in checkup.sandboxes if not one.works)


@needs_bubblewrap
def test_doctor_full_holds_one_sandbox_to_the_whole_list():
    """With --full every check is said as it holds, as talk beside JSON; with --sandbox no other sandbox is started."""
    done = run("--full", "--json", "--sandbox", "bubblewrap")
    checkup = Checkup.model_validate_json(done.stdout)
    assert [one.name for one in checkup.sandboxes] == ["bubblewrap"]
    assert [one.failure for one in checkup.conformance if one.failure] == []
    assert [one.name for one in checkup.conformance] == [check.name for check in CHECKS]
    assert done.returncode == 0
    assert f"bubblewrap: {len(CHECKS)} of {len(CHECKS)} hold" in done.stderr


@needs_bubblewrap
def test_doctor_full_check_that_fails_ends_with_3_and_the_next_begins_afresh(monkeypatch):
    """What does not hold, or breaks, is said with its reason, and costs no other check its sandbox."""

    def refuse(subject):
        subject.run("report(1)")
        demand_equal(1, 2)

    def well(subject):
        expect_next_is_well(subject)

    bodies = {"refuse": refuse, "breaks": lambda subject: 1 / 0, "well": well}
    checks = [Check(name, f"{name}.", needs_walls=True, needs_sandbox=False, run=body) for name, body in bodies.items()]
    monkeypatch.setattr("autograder.doctor.conformance.CHECKS", checks)
    request = ExamineRequest(sandbox="bubblewrap")
    said = []
    checkup = CHECKUP.model_copy(update={"sandboxes": [SandboxFinding(name="bubblewrap", works=True)]})
    assert checkup.exit_code == 0
    checkup = run_conformance(checkup, request, said.append, 80, has_colour=False)
    assert [one.failure for one in checkup.conformance] == [
        "expected 2, got 1.", "ZeroDivisionError: division by zero", None
    ]  # fmt: skip
    assert checkup.exit_code == 3
    assert [line.splitlines()[0][0] for line in said[1:-1]] == ["✗", "✗", "✓"]
    assert "  expected 2, got 1." in said[1]
    assert said[-1].startswith("bubblewrap: 1 of 3 hold")


def test_doctor_no_sandbox_works_exits_with_3_and_remedies(commands):
    """Without any of the commands there is a line to paste for each, and the machine's own exit code."""
    done = run("--json")
    assert done.returncode == 3
    checkup = json.loads(done.stdout)
    assert (checkup["auto"], checkup["why"]) == (None, "none of bubblewrap, docker, podman works here.")
    assert [one["remedy"] for one in checkup["sandboxes"]] == [
        "sudo apt-get install bubblewrap", "sudo apt-get install docker.io", "sudo apt-get install podman"
    ]  # fmt: skip


def test_doctor_engine_that_hangs_does_not_hang_it(commands):
    """An engine that never answers is said to, in the time that it has."""
    commands("docker", "exec /bin/sleep 60")
    began = time.monotonic()
    found = by_name(run("--json"))["Docker"]
    assert time.monotonic() - began < 30
    assert (found["status"], found["summary"]) == ("problem", "`docker version` did not answer within 10 s.")


def test_doctor_check_that_raises_is_a_finding():
    """What goes wrong in a check is its finding, whatever it is."""
    assert _find("disk", lambda: 1 / 0) == MachineFinding(
        name="disk", status=FindingStatus.PROBLEM, summary="ZeroDivisionError: division by zero"
    )


def test_doctor_runsc_without_host_sockets_prints_the_daemons_line(commands):
    """A container that gVisor keeps from a socket of the host is told by what the daemon's configuration has to say."""
    label = json.dumps(
        {"python": "/usr/bin/python3", "versions": {"python": f"{sys.version_info[0]}.{sys.version_info[1]}.0"}}
    )
    image = json.dumps([{"Id": "sha256:0123", "Config": {"Labels": {"autograder.grading": label}}}])
    commands("runsc", "echo runsc version 1")
    commands(
        "docker",
        f"""
        case "$*" in
        *Server.Version*) echo 24.0.0 ;;
        *DockerRootDir*) echo / ;;
        *Runtimes*) echo '{{"runsc": {{}}}}' ;;
        *"image inspect"*) echo '{image}' ;;
        *connect*) echo 'ConnectionRefusedError: [Errno 111] Connection refused' >&2; exit 1 ;;
        esac""",
    )
    found = {one.name: one for one in examine(ExamineRequest(sandbox="bubblewrap")).findings}["runsc with docker"]
    assert found.status is FindingStatus.PROBLEM
    assert "Connection refused" in found.summary
    assert '"runtimeArgs": ["--host-uds=open"]' in found.summary
    assert found.remedy == "sudo runsc install -- --host-uds=open && sudo systemctl restart docker"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to lose")
def test_doctor_namespaces_that_are_refused_are_a_problem():
    """A root without capabilities, as in many containers, may make no namespaces."""
    found = by_name(run("--json", prefix=["setpriv", "--inh-caps=-all", "--bounding-set=-all"]))
    assert found["namespaces"]["status"] == "problem"
    assert "mount: Operation not permitted" in found["namespaces"]["summary"]
    assert found["namespaces"]["remedy"] == "start the container with --privileged, or grade outside of it."
    assert found["bubblewrap"]["status"] == "problem"


def test_doctor_removes_what_killed_runs_left(tmp_path):
    """A folder of a process that is dead is told, and gone; the next time there is nothing to tell."""
    left = tmp_path / f"{owner_prefix()}.{os.getpid()}.1.control.cafe"
    left.mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    first = by_name(run("--json", env=environment))["leftovers"]
    assert first["status"] == "note"
    assert "1 temporary folder" in first["summary"]
    assert not left.exists()
    assert "temporary folder" not in by_name(run("--json", env=environment))["leftovers"]["summary"]


def test_memory_limit_of_a_group_above_counts(tmp_path):
    """The least that any group upwards leaves is what there is; cache gives way."""
    group = tmp_path / "batch" / "job"
    group.mkdir(parents=True)
    for folder, limit, used in ((group, "max", 100 << 20), (group.parent, 512 << 20, 300 << 20)):
        (folder / "memory.max").write_text(f"{limit}\n")
        (folder / "memory.current").write_text(f"{used}\n")
        (folder / "memory.stat").write_text(f"anon 1\ninactive_file {50 << 20}\n")
    assert find_memory_limit("0::/batch/job\n", tmp_path) == 262.0
    assert find_memory_limit("0::/elsewhere\n", tmp_path) is None


CHECKUP = Checkup(
    version="1",
    findings=[
        MachineFinding(name="kernel", status=FindingStatus.OK, summary="Linux."),
        MachineFinding(name="cgroups", status=FindingStatus.NOTE, summary="none \x1b[2J here " * 9, remedy="echo " + "word " * 30 + "end"),
    ],
    sandboxes=[
        SandboxFinding(name="bubblewrap", works=False, reason="refused.\nraw talk", remedy="sudo x"),
        SandboxFinding(name="docker", works=True, strengths={"cpu": "cgroup", "pids": "cgroup", "wall": "watched"}),
    ],
    auto="docker",
    why="it is the first.",
)  # fmt: skip


@pytest.mark.parametrize("width", [40, 80, 200])
def test_render_text_wraps_what_is_read_and_never_what_is_pasted(width):
    """Sentences keep to the width, a remedy is one line; nothing foreign reaches the terminal's control."""
    text = render_checkup(CHECKUP, width=width)
    assert "  → echo " + "word " * 30 + "end\n" in text
    assert all(len(line) <= width for line in text.splitlines() if "→" not in line)
    assert "\x1b" not in text
    assert re.search(r"docker +works \(0.0 s\). cgroup: cpu,\s+pids; watched:\s+wall", text)
    assert "raw talk" not in text


def test_render_text_in_colour_says_the_same():
    """Colour is added to what the words say."""
    plain = render_checkup(CHECKUP, width=80)
    assert re.sub(r"\x1b\[[\d;]*m", "", render_checkup(CHECKUP, width=80, has_colour=True)) == plain


def test_render_json_is_what_was_found():
    """The JSON holds all of it, escaped."""
    text = render_json(CHECKUP)
    assert "\x1b" not in text
    assert Checkup.model_validate_json(text) == CHECKUP


NODE = "/dev/null"  # a device node that anybody may open


@pytest.mark.parametrize(
    ("node", "status", "said"),
    [(NODE, FindingStatus.OK, "autograder.test/gpu=0"), ("/dev/not-there", FindingStatus.PROBLEM, "has disappeared")],
)
def test_doctor_tries_the_gpus_that_are_described(tmp_path, node, status, said):
    """A GPU is what a specification says, and is there only if its nodes are."""
    edits = {"deviceNodes": [{"path": "/dev/madeup0", "hostPath": node}]}
    spec = {"cdiVersion": "0.5.0", "kind": "autograder.test/gpu", "devices": [{"name": "0", "containerEdits": edits}]}
    (tmp_path / "madeup.json").write_text(json.dumps(spec))
    finding = find_gpus([tmp_path])
    assert finding.status is status
    assert said in finding.summary
