"""Preparation of a candidate for its GPU.

Before the submission loads, it sets the frameworks' own memory limits and takes a first look.

Runs in the candidate, after its fork and behind its walls: a process that has opened a device must
never fork, so the warden imports the frameworks and asks them nothing. The limits are the
frameworks' own and no wall; the wall is that no other process is on the device, and that everything
on it ends with the candidate.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.frameworks import gpu_variables, open_gpu
from autograder.inside.walls import syscalls


@dataclass(frozen=True)
class Accelerator:
    """The device of a candidate that has none.

    `Gpu` is one that there is.
    """

    @property
    def proc_mount(self) -> tuple[int, str]:
        """Flags and options of the candidate's /proc."""
        return syscalls.READ_ONLY, "subset=pid"

    @property
    def uses_driver(self) -> bool:
        """True if the candidate makes the system calls of a driver."""
        return False

    def prepare(self) -> None:
        """Make the device ready for the submission."""


@dataclass(frozen=True)
class Gpu(Accelerator):
    """The GPU of a candidate.

    Attributes
    ----------
    name
        As staff know it.
    memory_mib
        What the submission may use of its memory; None for all [MiB].
    total_mib
        What it has, if that is known [MiB].
    """

    name: str
    memory_mib: int | None = None
    total_mib: int | None = None

    @property
    def proc_mount(self) -> tuple[int, str]:
        """Flags and options of the candidate's /proc.

        A driver's library reads ``/proc/driver``, ``/proc/devices`` and ``/proc/meminfo``, which no
        other candidate sees, and writes the names of its threads there; a file that is not a
        process's own belongs to root, and no candidate is root.
        """
        return 0, ""

    @property
    def uses_driver(self) -> bool:
        """True, since a GPU has a driver."""
        return True

    @property
    def fraction(self) -> float | None:
        """The usable part of the memory, or None.

        None means that there is no limit, or that the total is unknown.
        """
        if self.memory_mib is None or not self.total_mib:
            return None
        return min(1.0, self.memory_mib / self.total_mib)

    def prepare(self) -> None:
        """Limit the frameworks' memory and find the device.

        At least one framework of this process must find it.

        Raises
        ------
        OSError
            No framework here can use the device, since the driver is gone or too old for them.
        """
        os.environ.update(gpu_variables(self))
        found = open_gpu(self)
        if found and not any(reason is None for reason in found.values()):
            reasons = "; ".join(f"{name}: {reason}" for name, reason in found.items())
            raise OSError(
                f"no framework can use GPU {self.name} ({reasons}): the driver is gone, or does "
                "not fit their CUDA"
            )


def refuse_open_devices(nodes: Sequence[str]) -> None:
    """Raise if this process has one of the devices open.

    This process is to fork.

    Raises
    ------
    OSError
        An import has opened a device. No fork could use it any more.
    """
    if not nodes:
        return
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:  # the descriptor of this very listing
            continue
        if target in nodes:
            raise OSError(
                f"an import has opened {target} in the warden, so that no candidate could use it"
            )
