"""The words by which an engine is asked for a GPU.

They are words of its command line.

By the name of its CDI specification where the engine reads those: Podman always, Docker from 25 if
it says so. Else by what the specification holds, as plain devices, mounts and variables, which
every engine understands. Docker's ``--gpus`` is left for a GPU that no specification describes: it
starts a hook of NVIDIA's as root (CVE-2024-0132).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import SandboxError
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.gpu.cdi import FOLDERS
from autograder.sandbox.gpu.device import Device, Mount
from autograder.sandbox.gpu.mounts import find_mounts

_OLDEST_DOCKER_WITH_CDI = 25


@dataclass(frozen=True, slots=True)
class DeviceArguments:
    """The way of a device into a container.

    Attributes
    ----------
    words
        For the command line.
    driver_files
        What is bound by these words, and not by the engine.
    """

    words: tuple[str, ...]
    driver_files: Sequence[Mount] = ()


def choose_device_arguments(engine: Engine, device: Device) -> DeviceArguments:
    """Choose the words that ask an engine for a device.

    Raises
    ------
    SandboxError
        The engine cannot be asked for this device.
    """
    if device.spec is not None and device.spec.parent in _cdi_folders(engine):
        return DeviceArguments(("--device", device.name))
    if device.spec is not None:
        return _passage_by_parts(device)
    if (
        engine.name == "docker"
        and device.uuid is not None
        and "nvidia" in (_ask_docker(engine, ".Runtimes") or ())
    ):
        return DeviceArguments(("--gpus", f"device={device.uuid}"))
    raise SandboxError(
        f"{engine.name} cannot be asked for GPU {device.name}: no CDI specification describes it.",
        hint="sudo nvidia-ctk cdi generate --output /etc/cdi/nvidia.yaml",
    )


def _passage_by_parts(device: Device) -> DeviceArguments:
    files = find_mounts(device)
    nodes = [f"{node.host_path}:{node.path}:rw" for node in device.nodes]
    binds = [f"type=bind,src={file.host_path},dst={file.path},readonly" for file in files]
    words = [("--device", node) for node in nodes] + [("--mount", bind) for bind in binds]
    return DeviceArguments(tuple(word for pair in words for word in pair), files)


def _cdi_folders(engine: Engine) -> Sequence[Path]:
    """Return the folders in which an engine looks for specifications.

    There are none if the engine does not read specifications.
    """
    if engine.name == "podman":
        return FOLDERS
    major = engine.version().partition(".")[0]
    if not major.isdecimal() or int(major) < _OLDEST_DOCKER_WITH_CDI:
        return ()
    return [Path(folder) for folder in _ask_docker(engine, ".CDISpecDirs") or ()]


def _ask_docker(engine: Engine, what: str) -> Any:
    """Return a part of the information of Docker's daemon.

    It is None if the daemon does not know the word.
    """
    with contextlib.suppress(SandboxError, ValueError):
        return engine.info(what)
    return None
