"""A Docker daemon that maps a container's root to another user of this machine (`userns-remap`): the walls are the same."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from containers import IMAGE
from daemons import open_daemon

from autograder.errors import SandboxError
from autograder.records.outcome import Strength
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.engine.container import ContainerSandbox
from autograder.sandbox.seam import SandboxSettings
from autograder.station import Station
from autograder.uploads.find import find_uploads
from tests.conftest import HONEST

FIRST, COUNT = 400_000_000, 65_536
SPINS = "def affine_forward(x, w, b):\n    while True:\n        pass\n"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    numbers = tmp_path_factory.mktemp("numbers") / "subordinate"
    numbers.write_text(f"daemon:{FIRST}:{COUNT}\n")
    lend = " && ".join(f"mount --bind {numbers} /etc/{name}" for name in ("subuid", "subgid"))  # in its namespace alone
    with open_daemon("--userns-remap=daemon", before=lend) as one:
        yield one


@pytest.fixture(autouse=True)
def _talk_to_it(daemon, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", daemon.host)


def test_mapped_root_submissions_are_graded_and_limited(settings, uploads):
    """Honest work gets full marks beside a submission that spins, and the kernel counts as it does everywhere."""
    honest, spins = find_uploads([uploads(honest=HONEST, spins=SPINS)])
    with Station(replace(settings, sandbox="docker", image=IMAGE)) as station:
        assert station.grade(spins).report.score < 20.0
        report = station.grade(honest).report
        assert (report.score, report.attempts) == (20.0, 1)
        assert report.environment.limits["memory"].strength is Strength.CGROUP


def test_mapped_root_nobody_inside_is_a_user_of_the_machine(daemon):
    """The warden, root inside, is one of the lent users outside, and its candidates are others of them."""
    with ContainerSandbox(SandboxSettings(), Engine("docker"), IMAGE) as sandbox:
        (name,) = daemon.ask("ps", "--quiet").stdout.split()
        warden = daemon.ask("inspect", "--format", "{{.State.Pid}}", name).stdout.strip()
        assert Path(f"/proc/{warden}").stat().st_uid == FIRST
        assert 0 < sandbox._users.first < sandbox._users.first + sandbox._users.count < COUNT


def test_mapped_root_who_may_not_give_it_the_sockets_is_told(monkeypatch):
    """Only root can give a file to somebody else: an ordinary user hears why it does not work, and what does."""

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(SandboxError, match=rf"user {FIRST} of this machine") as refusal:
        ContainerSandbox(SandboxSettings(), Engine("docker"), IMAGE).start()
    assert "--sandbox podman" in refusal.value.hint
