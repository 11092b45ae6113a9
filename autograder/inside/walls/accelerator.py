"""Preparation of a candidate for its GPU.

Before the submission loads, it sets the frameworks' own memory limits and takes a first look.

Runs in the candidate, after its fork and behind its walls: a process that has opened a device must
never fork, so the warden imports the frameworks and asks them nothing. The limits are the
frameworks' own and no wall; the wall is that no other process is on the device, and that everything
on it ends with the candidate.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Accelerator:
    """The device of a candidate.

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
        os.environ.update(self.variables())
        found = {name: _SETTERS[name](self) for name in _SETTERS if name in sys.modules}
        if found and not any(reason is None for reason in found.values()):
            reasons = "; ".join(f"{name}: {reason}" for name, reason in found.items())
            raise OSError(
                f"no framework can use GPU {self.name} ({reasons}): the driver is gone, or does "
                "not fit their CUDA"
            )

    def variables(self) -> dict[str, str]:
        """Return the variables that frameworks read when they open the device.

        Frameworks that are imported later read them, too.
        """
        fraction = self.fraction
        cap = {} if fraction is None else {"XLA_PYTHON_CLIENT_MEM_FRACTION": f"{fraction:.4f}"}
        return {
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
            **cap,
        }


def _set_tensorflow(accelerator: Accelerator) -> str | None:
    config = _module("tensorflow").config
    devices = config.list_physical_devices("GPU")
    if not devices:
        return "it sees no GPU"
    for device in devices:
        if accelerator.memory_mib is None:
            config.experimental.set_memory_growth(device, True)
        else:
            limit = config.LogicalDeviceConfiguration(memory_limit=accelerator.memory_mib)
            config.set_logical_device_configuration(device, [limit])
    return None


def _set_jax(_: Accelerator) -> str | None:
    """Look for the device, since JAX's variables are already set."""
    try:
        _module("jax").devices("gpu")
    except RuntimeError as error:
        return _first_line(error)
    return None


def _set_torch(accelerator: Accelerator) -> str | None:
    cuda = _module("torch").cuda
    try:
        total_mib = cuda.get_device_properties(0).total_memory / 2**20
        if accelerator.memory_mib is not None:
            cuda.set_per_process_memory_fraction(min(1.0, accelerator.memory_mib / total_mib), 0)
    except (RuntimeError, AssertionError) as error:  # AssertionError: built without CUDA
        return _first_line(error)
    return None


_SETTERS = {"tensorflow": _set_tensorflow, "jax": _set_jax, "torch": _set_torch}


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


def _module(name: str) -> Any:
    return sys.modules[name]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
