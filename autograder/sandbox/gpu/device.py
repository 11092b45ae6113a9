"""A GPU, with all that a wall must let through to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import InfrastructureError
from autograder.sandbox.gpu import nvml

_OPEN_TO_ALL = stat.S_IROTH | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Node:
    """A device node, inside and on the host."""

    path: str
    host_path: str


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or folder of the driver, inside and on the host."""

    path: str
    host_path: str


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU, or a slice of one.

    Attributes
    ----------
    name
        As CDI knows it: ``nvidia.com/gpu=0``.
    uuid, title, memory_mib
        What the driver says of it, where it was asked.
    is_mig
        Whether it is a slice of a GPU.
    spec
        The CDI specification that describes it; None for one that only the driver knows.
    nodes, mounts, env
        What a wall lets through: its own, and those that all devices of its kind need.
    own_nodes
        Paths on the host of the nodes that are its alone: two names of one device have the same.
    """

    name: str
    uuid: str | None = None
    title: str = ""
    memory_mib: int | None = None
    is_mig: bool = False
    spec: Path | None = None
    nodes: tuple[Node, ...] = ()
    mounts: tuple[Mount, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, hash=False)
    own_nodes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """``vendor/class``."""
        return self.name.partition("=")[0]

    @property
    def slot(self) -> str:
        """The device's unique file name, the same for all its names."""
        text = "+".join(self.own_nodes) or self.name
        return "".join(letter if letter.isalnum() else "-" for letter in text).strip("-")

    def check(self) -> None:
        """Raise unless the device works and the `nobody` user may open it.

        Raises
        ------
        InfrastructureError
            The device has disappeared, does not answer, or is closed to candidates.
        """
        for node in self.nodes:
            self._check_node(node)
        if self.uuid is not None:
            nvml.used_mib(self.uuid)

    def _check_node(self, node: Node) -> None:
        try:
            mode = os.stat(node.host_path).st_mode  # noqa: PTH116
        except OSError as error:
            raise InfrastructureError(
                f"GPU {self.name} has disappeared: {node.host_path}: {error.strerror}.",
                hint="See `nvidia-smi`; a specification that is older than the driver is written "
                "anew by "
                "`sudo nvidia-ctk cdi generate --output /etc/cdi/nvidia.yaml`.",
            ) from error
        if not (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)):
            raise InfrastructureError(f"GPU {self.name}: {node.host_path} is no device node.")
        if mode & _OPEN_TO_ALL != _OPEN_TO_ALL:
            raise InfrastructureError(
                f"GPU {self.name}: submissions run as nobody and may not open {node.host_path} "
                f"(mode {stat.S_IMODE(mode):04o}).",
                hint=f"sudo chmod a+rw {node.host_path}",
            )
