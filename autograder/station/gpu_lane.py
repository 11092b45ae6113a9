"""The lane of criteria that want a GPU.

It is beside a station's ordinary one.

Two sandboxes that reserve one device: walls for submissions, none for the reference. Neither is
opened before the first such criterion runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.course import Assignment
from autograder.errors import InfrastructureError
from autograder.sandbox.gpu.device import Device
from autograder.sandbox.gpu.devices import NONE, find_devices
from autograder.sandbox.gpu.slots import GpuSlots
from autograder.sandbox.gpu_sandbox import GpuPool, GpuSandbox
from autograder.sandbox.plain import PlainSandbox
from autograder.sandbox.seam import Sandbox, SandboxSettings


class GpuLane:
    """Sandboxes around a reserved device.

    Parameters
    ----------
    pool
        The devices to choose from.
    settings
        What candidates are offered otherwise.
    open_walls
        Starts the sandbox of submissions.
    """

    def __init__(
        self,
        pool: GpuPool,
        settings: SandboxSettings,
        open_walls: Callable[[SandboxSettings], Sandbox],
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._open_walls = open_walls
        self._sandboxes = {
            "submission": GpuSandbox(pool, self._open_for_submissions),
            "reference": GpuSandbox(pool, self._open_for_the_reference),
        }

    def sandbox_for(self, kind: str) -> Sandbox:
        """Return the sandbox for a kind of candidate.

        The kinds are ``submission`` and ``reference``.
        """
        return self._sandboxes[kind]

    def describe(self) -> str | None:
        """Describe the device that was used last, or return None."""
        device = self._pool.last
        if device is None:
            return None
        return f"{device.name} ({device.title})" if device.title else device.name

    def settle(self) -> None:
        """Wait until nothing of a dismissed candidate runs any more."""
        for sandbox in self._sandboxes.values():
            sandbox.settle()

    def close(self) -> None:
        """End everything and give the device back.

        A second call does nothing.
        """
        for sandbox in self._sandboxes.values():
            sandbox.close()
        self._pool.close()

    def _open_for_submissions(self, device: Device) -> Sandbox:
        return self._open_walls(replace(self._settings, gpu=device))

    def _open_for_the_reference(self, device: Device) -> Sandbox:
        plain = PlainSandbox(replace(self._settings, gpu=device, forbidden=(), hidden=()))
        plain.start()
        return plain


def find_pool(
    assignment: Assignment, wanted: str, folders: Sequence[Path], tell: Callable[[str], None]
) -> GpuPool:
    """Return this machine's devices that suffice for an assignment.

    Parameters
    ----------
    wanted
        As of `find_devices`.
    tell
        Called with what staff must know: a device was taken out of service.

    Raises
    ------
    InfrastructureError
        There is no device, or none with enough memory.
    """
    devices = find_devices(wanted, folders)
    if not devices:
        raise _no_device(assignment, wanted)
    needed_mib = assignment.settings.limits.gpu_memory_mib
    large = [
        one
        for one in devices
        if needed_mib is None or one.memory_mib is None or one.memory_mib >= needed_mib
    ]
    if not large:
        listed = ", ".join(f"{one.name} has {one.memory_mib} MiB" for one in devices)
        raise InfrastructureError(
            f"{assignment.id!r} gives submissions {needed_mib} MiB of GPU memory, and no GPU here "
            f"has as much: {listed}.",
            hint="Lower `gpu_memory_mib` in assignment.toml, or grade on another machine.",
        )
    return GpuPool(GpuSlots(large), tell)


def _no_device(assignment: Assignment, wanted: str) -> InfrastructureError:
    what = f"{assignment.id!r} has criteria that want a GPU, and "
    if wanted == NONE:
        return InfrastructureError(
            f"{what}`--gpu none` gives it none.", hint="Leave the option out."
        )
    which = "there is none here" if wanted == "auto" else f"there is no {wanted} here"
    return InfrastructureError(
        f"{what}{which}.",
        hint="Install the driver of the GPU, and let its tool describe it: "
        "sudo nvidia-ctk cdi generate --output /etc/cdi/nvidia.yaml",
    )
