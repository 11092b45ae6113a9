"""A Docker daemon that dies, comes back, or has no room left: never the submission's fault, and nothing is lost.

These tests have a daemon of their own, which they may stop.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from dataclasses import replace

import pytest
from containers import IMAGE
from daemons import open_daemon

from autograder.errors import InfrastructureError, SandboxError
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.engine.container import ContainerSandbox
from autograder.sandbox.seam import SandboxSettings
from autograder.station import Station
from autograder.uploads.find import find_uploads
from tests.conftest import HONEST


@pytest.fixture(scope="module")
def _daemon():
    with open_daemon() as one:
        yield one


@pytest.fixture
def daemon(_daemon, monkeypatch):
    """A daemon of these tests' own with the image of the tests, to which `docker` talks meanwhile."""
    monkeypatch.setenv("DOCKER_HOST", _daemon.host)
    return _daemon


@pytest.fixture
def in_docker(settings):
    """Settings of a station in Docker."""
    return replace(settings, sandbox="docker", image=IMAGE)


def warden_of(daemon):
    """The number of the warden's process on the host."""
    (name,) = daemon.ask("ps", "--quiet").stdout.split()
    return int(daemon.ask("inspect", "--format", "{{.State.Pid}}", name).stdout)


def test_daemon_that_dies_in_the_middle_loses_nothing(daemon, in_docker, uploads):
    """A container outlives its daemon and goes on; when that ends too, the message says why, until the daemon is back."""
    first, second, third, fourth = find_uploads([uploads(a=HONEST, b=HONEST, c=HONEST, d=HONEST)])
    with Station(in_docker) as station:
        assert station.grade(first).report.score == 20.0
        warden = warden_of(daemon)
        daemon.kill()
        report = station.grade(second).report
        assert (report.score, report.attempts) == (20.0, 1)
        os.kill(warden, signal.SIGKILL)
        with pytest.raises(InfrastructureError, match="docker's daemon does not run") as refusal:
            station.grade(third)
        assert "systemctl start docker" in refusal.value.hint
        daemon.start()
        assert station.grade(fourth).report.score == 20.0
        (name,) = daemon.ask("ps", "--all", "--format", "{{.Names}}").stdout.split()  # nothing is left of the first
        assert name == station.sandbox._container


def test_daemon_without_room_says_so(daemon, in_docker, uploads):
    """A full disk under the engine is named, and grading goes on when there is room again."""
    (upload,) = find_uploads([uploads(a=HONEST)])
    with (
        fill(daemon),
        pytest.raises(SandboxError, match="the disk of docker's images and containers is full") as refusal,
    ):
        ContainerSandbox(SandboxSettings(), Engine("docker"), IMAGE).start()
    assert "docker system prune" in refusal.value.hint
    with Station(in_docker) as station:
        assert station.grade(upload).report.score == 20.0
        with fill(daemon):  # nothing of a running container is written there
            assert station.grade(upload).report.score == 20.0


@contextlib.contextmanager
def fill(daemon):
    """Give the folder in which the daemon keeps its containers no room at all."""
    containers = f"{daemon.folder}/data/containers"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=1", "tmpfs", containers], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", containers], check=True)
