"""A made-up device in the containers of Docker and Podman, and how each version of an engine is asked for one."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path

import pytest
from containers import IMAGE, find_engine
from driver_steps import STEPS, WITHOUT, assert_driver_works_and_no_more
from driving import run_program
from made_up import KIND, spec_of, write_spec
from test_walls import LOOK, look, settings_with

from autograder.errors import SandboxError
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.engine.container import ContainerSandbox
from autograder.sandbox.engine.gpu import choose_device_arguments
from autograder.sandbox.gpu import cdi
from autograder.sandbox.gpu.device import Device, Node
from autograder.sandbox.gpu.devices import find_devices

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")

SEEN = {
    "nodes": ["/dev/madeup/control", "/dev/madeup0"],
    "opened": 1,
    "shared": 1,
    "other": "FileNotFoundError",
    "library": True,
    "short": True,
    "environment": {"MADE_UP": "1", "LD_LIBRARY_PATH": "/opt/madeup/lib"},
    "uid": True,
    "driver": True,
}
NOT_SEEN = SEEN | {
    "nodes": [],
    "opened": "FileNotFoundError",
    "shared": "FileNotFoundError",
    "library": False,
    "short": False,
    "environment": {"MADE_UP": None, "LD_LIBRARY_PATH": None},
    "driver": False,
}


@pytest.fixture(autouse=True)
def without_driver(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)


def engine_of(name):
    engine = find_engine(name)
    if isinstance(engine, str):
        pytest.skip(engine)
    return engine


@needs_root
@pytest.mark.parametrize("name", ["docker", "podman"])
def test_container_is_given_the_parts_of_a_device(name, tmp_path):
    """An engine that does not read our specification: nodes, files and variables by themselves, and no hook."""
    engine = engine_of(name)
    devices = find_devices(KIND, [write_spec(tmp_path, spec_of(tmp_path, 2))])
    with ContainerSandbox(settings_with(devices[0]), engine, IMAGE) as sandbox:
        assert look(sandbox, LOOK) == SEEN
        assert_driver_works_and_no_more(run_program(sandbox, STEPS))
    assert not (tmp_path / "hooked").exists()


@needs_root
@pytest.mark.parametrize("name", ["docker", "podman"])
def test_container_without_a_device_sees_nothing_of_one(name, tmp_path):
    """While the nodes are there on the host."""
    spec_of(tmp_path, 2)
    with ContainerSandbox(settings_with(), engine_of(name), IMAGE) as sandbox:
        assert look(sandbox, LOOK) == NOT_SEEN
        assert run_program(sandbox, STEPS).reports[0] == WITHOUT


@pytest.fixture
def installed(tmp_path):
    """Two devices whose specification lies where engines look; removed afterwards, with the folder if it was ours."""
    folder = cdi.FOLDERS[0]
    is_ours = not folder.exists()
    folder.mkdir(exist_ok=True)
    kind = f"autograder.test/gpu-{secrets.token_hex(4)}"
    specification = spec_of(tmp_path, 2, kind=kind)
    del specification["containerEdits"]["hooks"]  # an engine that is asked by name runs them
    path = folder / f"{kind.replace('/', '-')}.json"
    path.write_text(json.dumps(specification))
    yield find_devices(kind)
    path.unlink()
    if is_ours:
        folder.rmdir()


@needs_root
def test_podman_is_asked_by_name(installed):
    """Podman reads specifications by itself; libraries are found by their full names then."""
    engine = engine_of("podman")
    assert choose_device_arguments(engine, installed[0]).words == ("--device", installed[0].name)
    with ContainerSandbox(settings_with(installed[0]), engine, IMAGE) as sandbox:
        expected = SEEN | {"short": False, "environment": {"MADE_UP": "1", "LD_LIBRARY_PATH": None}}
        assert look(sandbox, LOOK) == expected


class Answering(Engine):
    """An engine that answers as one of another version would."""

    def __init__(self, name, **answers):
        super().__init__(name)
        self.answers = answers

    def run(self, *arguments, timeout_s=None):
        asked = arguments[-1].strip("{}").removeprefix("json .").removeprefix(".")
        if asked not in self.answers:
            raise SandboxError(f"docker refused: can't evaluate field {asked}")
        answer = self.answers[asked]
        return answer if asked.endswith("Version") else json.dumps(answer)


DESCRIBED = Device(
    "nvidia.com/gpu=0", "GPU-b1", spec=Path("/etc/cdi/nvidia.yaml"), nodes=(Node("/dev/nvidia0", "/dev/nvidia0"),)
)
KNOWN = Device("nvidia.com/gpu=0", "GPU-b1", nodes=(Node("/dev/nvidia0", "/dev/nvidia0"),))
FOLDERS = ["/etc/cdi", "/var/run/cdi"]
NVIDIA = {"runc": {}, "nvidia": {}}
BY_NAME = ("--device", "nvidia.com/gpu=0")
BY_PARTS = ("--device", "/dev/nvidia0:/dev/nvidia0:rw")


@pytest.mark.parametrize(
    ("engine", "device", "words"),
    [
        (Answering("docker", **{"Server.Version": "28.3.0", "CDISpecDirs": FOLDERS}), DESCRIBED, BY_NAME),
        (Answering("docker", **{"Server.Version": "25.0.1", "CDISpecDirs": []}), DESCRIBED, BY_PARTS),
        (Answering("docker", **{"Server.Version": "25.0.1", "CDISpecDirs": None}), DESCRIBED, BY_PARTS),
        (Answering("docker", **{"Server.Version": "20.10.24"}), DESCRIBED, BY_PARTS),
        (
            Answering("docker", **{"Server.Version": "24.0.7", "Runtimes": NVIDIA}),
            KNOWN,
            ("--gpus", "device=GPU-b1"),
        ),
        (Answering("podman"), DESCRIBED, BY_NAME),
    ],
)
def test_engine_is_asked_as_its_version_understands(engine, device, words):
    """By name, by parts, or with the option of NVIDIA's runtime."""
    assert choose_device_arguments(engine, device).words == words


@pytest.mark.parametrize("engine", [Answering("podman"), Answering("docker", Runtimes={"runc": {}})])
def test_engine_that_cannot_be_asked_says_what_is_missing(engine):
    """A GPU without a specification, and no runtime that could find its files."""
    with pytest.raises(SandboxError) as caught:
        choose_device_arguments(engine, KNOWN)
    assert caught.value.message.endswith("no CDI specification describes it.")
    assert caught.value.hint == "sudo nvidia-ctk cdi generate --output /etc/cdi/nvidia.yaml"
