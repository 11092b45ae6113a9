"""A Docker daemon that dies, comes back, or has no room left: never the submission's fault, and nothing is lost.

These tests have a daemon of their own, which they may stop.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from containers import IMAGE, find_engine

from autograder.errors import InfrastructureError, SandboxError
from autograder.intake import find_uploads
from autograder.sandbox import SandboxSettings
from autograder.sandbox.container import ContainerSandbox
from autograder.sandbox.engine import Engine
from autograder.station import Station
from tests.conftest import HONEST

START_S = 30.0


class Daemon:
    """A Docker daemon on a socket of its own.

    Parameters
    ----------
    folder
        Everything of it lies there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = f"unix://{folder}/socket"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            *("dockerd", "--iptables=false", "--bridge=none", "--host", self.host),
            *("--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec"),
            *("--pidfile", f"{self.folder}/pid"),
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while self.ask("version").returncode:
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, as the kernel would for want of memory."""
        self.process.kill()
        self.process.wait()
        for file in ("pid", "exec/containerd/containerd.pid"):  # whoever adopts them may be slow to reap them
            (self.folder / file).unlink(missing_ok=True)

    def stop(self) -> None:
        """End it in good order, with every container; it is started for that if need be."""
        if self.process.poll() is not None:
            self.start()
        for name in self.ask("ps", "--all", "--quiet").stdout.split():
            self.ask("rm", "--force", name)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        subprocess.run(["umount", "--quiet", f"{self.folder}/data"], check=False)  # one that was killed has left it

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command against it."""
        return subprocess.run(
            ["docker", "--host", self.host, *words], capture_output=True, text=True, check=False, timeout=120
        )


@pytest.fixture(scope="module")
def _daemon():
    if isinstance(refusal := find_engine("docker"), str):
        pytest.skip(refusal)
    if os.geteuid() != 0:
        pytest.skip("needs root")
    one = Daemon(Path(tempfile.mkdtemp(prefix="autograder-daemon-")))  # a short path, since a socket lies there
    try:
        one.start()
        with subprocess.Popen(["docker", "image", "save", IMAGE], stdout=subprocess.PIPE) as saved:
            load = ["docker", "--host", one.host, "image", "load", "--quiet"]
            subprocess.run(load, stdin=saved.stdout, stdout=subprocess.DEVNULL, check=True)
        yield one
    finally:
        one.stop()
        shutil.rmtree(one.folder)


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
        assert station.grade(first).score == 20.0
        warden = warden_of(daemon)
        daemon.kill()
        report = station.grade(second)
        assert (report.score, report.attempts) == (20.0, 1)
        os.kill(warden, signal.SIGKILL)
        with pytest.raises(InfrastructureError, match="docker's daemon does not run") as refusal:
            station.grade(third)
        assert "systemctl start docker" in refusal.value.hint
        daemon.start()
        assert station.grade(fourth).score == 20.0
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
        assert station.grade(upload).score == 20.0
        with fill(daemon):  # nothing of a running container is written there
            assert station.grade(upload).score == 20.0


@contextlib.contextmanager
def fill(daemon):
    """Give the folder in which the daemon keeps its containers no room at all."""
    containers = f"{daemon.folder}/data/containers"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=1", "tmpfs", containers], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", containers], check=True)
