"""Reservations of GPUs to one submission at a time.

A reservation is of a device or a slice, and holds over all processes of this machine.

A slot is a file that its holder locks (``flock``). The kernel releases the lock when the holder
dies, however it dies, so no slot is ever lost and none needs a timeout. A slot whose device did not
come back clean is retired: a note beside the lock keeps every station from it until staff has
looked, or the machine was restarted.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from autograder.errors import InfrastructureError
from autograder.sandbox.gpu.device import Device

_SHARED = Path("/run/lock")
_FOLDER = "autograder-gpu"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_EVERYBODYS = 0o1777


class GpuReservation:
    """A device that is ours until `close`, or until this process ends."""

    def __init__(self, device: Device, lock: int, note: Path) -> None:
        self.device = device
        self._lock: int | None = lock
        self._note = note

    def retire(self, reason: str) -> None:
        """Take the device out of service.

        Other stations find it so as soon as the reservation is closed.
        """
        self._note.write_text(f"{_boot()}\n{reason}\n", encoding="utf-8")

    def close(self) -> None:
        """Give the device back.

        A second call does nothing.
        """
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class GpuSlots:
    """The devices that may be reserved here.

    Parameters
    ----------
    devices
        At least one.
    folder
        Of the locks: the same for every process that uses these devices, of any user.
    """

    def __init__(self, devices: Sequence[Device], folder: Path | None = None) -> None:
        self.devices = tuple(devices)
        self._folder = folder or _shared_folder()

    def try_reserve(self, preferred: Device | None = None) -> GpuReservation | None:
        """Reserve a free device, or return None if all are in use.

        The preferred device is tried first.

        Raises
        ------
        InfrastructureError
            All devices are out of service.
        """
        # else as they were given
        ordered = sorted(self.devices, key=lambda device: device != preferred)
        in_service = [device for device in ordered if self.find_reason(device) is None]
        if not in_service:
            raise self._none_in_service()
        for device in in_service:
            lock = self._try_lock(device)
            if lock is not None:
                reservation = GpuReservation(device, lock, self._note(device))
                if self.find_reason(device) is None:
                    return reservation
                reservation.close()  # its last holder retired it meanwhile
        return None

    def find_reason(self, device: Device) -> str | None:
        """Return the reason a device is out of service, or None."""
        try:
            boot, _, reason = self._note(device).read_text(encoding="utf-8").partition("\n")
        except OSError:
            return None
        return reason.strip() if boot == _boot() else None

    def _none_in_service(self) -> InfrastructureError:
        reasons = "; ".join(
            f"{device.name}: {(self.find_reason(device) or '').rstrip('.')}"
            for device in self.devices
        )
        notes = " ".join(str(self._note(device)) for device in self.devices)
        return InfrastructureError(
            f"No GPU is in service: {reasons}.",
            hint="See what holds its memory with `nvidia-smi`, end that, and put it back into "
            f"service: rm {notes}",
        )

    def _note(self, device: Device) -> Path:
        return self._folder / f"{device.slot}.retired"

    def _try_lock(self, device: Device) -> int | None:
        self._make_folder()
        lock = _open(self._folder / f"{device.slot}.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return None
        return lock

    def _make_folder(self) -> None:
        with contextlib.suppress(FileExistsError):
            self._folder.mkdir(parents=True)
            self._folder.chmod(_EVERYBODYS)


def _shared_folder() -> Path:
    """Return the folder that all users of this machine share."""
    return (
        _SHARED if _SHARED.is_dir() and os.access(_SHARED, os.W_OK) else Path(tempfile.gettempdir())
    ) / _FOLDER


def _open(path: Path) -> int:
    """Open a file to be locked, or make it.

    A lock of another user's file needs no more than reading.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(FileNotFoundError):
        return os.open(path, flags)
    with contextlib.suppress(FileExistsError):
        return os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o644)
    return os.open(path, flags)


def _boot() -> str:
    """Return the identifier of this run of the machine.

    A restart puts every device back into service.
    """
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""
