"""A sandbox whose candidates have a GPU.

A candidate holds its GPU no longer than it lives.

A station has one sandbox for ordinary candidates and, if its assignment has criteria that want a
GPU, this one beside it: the ordinary one never has a device in its view, and stations are as many
as there are cores, whatever the number of GPUs. A device is reserved when such a candidate is made
and given back when nothing of it runs any more, so that a GPU is idle while a submission's other
criteria run only if no other station wants it. The walls of the last device stay warm: a station
takes that device again if it is free, and builds walls around another one if it is not.

Waiting for a device happens while no clock of the submission runs: before its candidate exists.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self

from autograder.errors import InfrastructureError, SandboxError
from autograder.sandbox.gpu import nvml

if TYPE_CHECKING:
    from autograder.records.outcome import Limits, Strength
    from autograder.sandbox.gpu.device import Device
    from autograder.sandbox.gpu.slots import GpuReservation, GpuSlots
    from autograder.sandbox.seam import Candidate, Ending, Image, Sandbox

RETIRED = "was taken out of service"
_LOOK_INTERVAL_S = 0.1
_CLEAN_TIMEOUT_S = 10.0  # a driver takes a while to free what a killed process had
_SLACK_MIB = 64  # a driver's own tables may grow with the first use


class GpuPool:
    """The GPU that a station may hold.

    It is the same for everything that the station runs at one time.

    Parameters
    ----------
    slots
        The devices to choose from.
    tell
        Called with what staff must know: a device was taken out of service.

    Attributes
    ----------
    last
        The device that was held last, which is taken again if it is free.
    """

    def __init__(self, slots: GpuSlots, tell: Callable[[str], None] = lambda _: None) -> None:
        self._slots = slots
        self._reservation: GpuReservation | None = None
        self.last: Device | None = None
        self._holders = 0
        self._baseline_mib: int | None = None
        self._tell = tell

    def acquire(self) -> Device:
        """Wait for a working device and hold it.

        The station holds it until as many calls of `release`.

        Raises
        ------
        InfrastructureError
            Every device is out of service, or the one that was free does not work.
        """
        if self._reservation is None:
            reservation = self._wait()
            try:
                reservation.device.check()
                self._baseline_mib = _used_mib(reservation.device)
            except BaseException:
                reservation.close()
                raise
            self._reservation = reservation
            self.last = reservation.device
        self._holders += 1
        return self._reservation.device

    def _wait(self) -> GpuReservation:
        while (reservation := self._slots.try_reserve(self.last)) is None:
            time.sleep(_LOOK_INTERVAL_S)
        return reservation

    def release(self) -> None:
        """Give the device back after its last holder's release.

        Before that, the station checks that nothing is left in the device's memory.
        """
        self._holders -= 1
        if self._holders == 0 and self._reservation is not None:
            reservation, self._reservation = self._reservation, None
            try:
                reason = self._find_remains(reservation.device)
                if reason is not None:
                    self._retire(reservation, reason)
            finally:
                reservation.close()

    def _retire(self, reservation: GpuReservation, reason: str) -> None:
        try:
            reservation.retire(reason)
        except OSError as error:  # somebody else's note, of before the last restart
            reason = f"{reason} Other stations do not know it: {error}."
        self._tell(f"GPU {reservation.device.name} {RETIRED}: {reason}")

    def close(self) -> None:
        """Give the device back, regardless of its holders."""
        if self._reservation is not None:
            self._reservation.close()
        self._reservation, self._holders = None, 0

    def _find_remains(self, device: Device) -> str | None:
        """Return the reason that bars handing a device on, or None."""
        if self._baseline_mib is None:
            return None
        deadline = time.monotonic() + _CLEAN_TIMEOUT_S
        try:
            while (used_mib := _used_mib(device) or 0) > self._baseline_mib + _SLACK_MIB:
                if time.monotonic() > deadline:
                    return (
                        f"{used_mib} MiB of its memory are in use after the end of a submission, "
                        "before it were "
                        f"{self._baseline_mib} MiB."
                    )
                time.sleep(_LOOK_INTERVAL_S)
        except InfrastructureError as error:
            return error.message
        return None


class GpuCandidate:
    """A candidate that holds a device.

    It holds the device until none of its processes runs any more.
    """

    def __init__(self, candidate: Candidate, give_back: Callable[[], None]) -> None:
        self.id = candidate.id
        self.inner = candidate
        self._give_back: Callable[[], None] | None = give_back

    def cpu_s(self) -> float:
        """CPU time of all its processes so far [s], measured from outside."""
        return self.inner.cpu_s()

    def is_alive(self) -> bool:
        """Return True if the candidate's main process still runs."""
        return self.inner.is_alive()

    def end(self, limit: str | None = None) -> Ending:
        """End the candidate, give the device back and return the ending.

        The candidate's remaining processes are killed and its traces cleaned up.
        """
        try:
            return self.inner.end(limit)
        finally:
            self.give_back()

    def dismiss(self) -> Ending:
        """Have the candidate killed, and give the device back.

        This waits for its end, since the device must not be handed on before.
        """
        try:
            return self.inner.dismiss()
        finally:
            self.give_back()

    def give_back(self) -> None:
        """Give the device back, once."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()


class GpuSandbox:
    """A sandbox built around the reserved device.

    Parameters
    ----------
    pool
        Where devices come from; one for all sandboxes of a station.
    open_around
        Starts a sandbox around a device.
    """

    name = "reserved"
    runtime = ""
    image: Image | None = None

    def __init__(self, pool: GpuPool, open_around: Callable[[Device], Sandbox]) -> None:
        self._pool = pool
        self._open_around = open_around
        self._sandbox: Sandbox | None = None
        self._device: Device | None = None

    @property
    def strengths(self) -> Mapping[str, Strength]:
        """The strength with which each limit is applied.

        There are none unless a sandbox is open.
        """
        return {} if self._sandbox is None else self._sandbox.strengths

    @property
    def differences(self) -> Mapping[str, str]:
        """The known differences of the open sandbox.

        There are none unless a sandbox is open.
        """
        return {} if self._sandbox is None else self._sandbox.differences

    def start(self) -> None:
        """Do nothing before there is a device."""

    def fork(
        self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int
    ) -> GpuCandidate:
        """Make a candidate with a device.

        Its walls stand when this returns.
        """
        candidate = self.prepare(
            frameworks=frameworks, limits=limits, channel=channel, stdout=stdout, stderr=stderr
        )
        self.hand_over(candidate)
        return candidate

    def prepare(
        self, *, frameworks: bool, limits: Limits, channel: int, stdout: int, stderr: int
    ) -> GpuCandidate:
        """Wait for a device and begin to make its candidate.

        Raises
        ------
        InfrastructureError
            No device works.
        """
        device = self._pool.acquire()
        try:
            sandbox = self._around(device)
            candidate = sandbox.prepare(
                frameworks=frameworks, limits=limits, channel=channel, stdout=stdout, stderr=stderr
            )
        except BaseException:
            self._pool.release()
            raise
        return GpuCandidate(candidate, self._give_back)

    def hand_over(self, candidate: Candidate) -> None:
        """Wait until the walls of a prepared candidate stand."""
        assert isinstance(candidate, GpuCandidate)
        assert self._sandbox is not None
        try:
            self._sandbox.hand_over(candidate.inner)
        except BaseException:
            with contextlib.suppress(SandboxError):
                candidate.end()
            raise

    def settle(self) -> None:
        """Wait until nothing of a dismissed candidate runs any more."""
        if self._sandbox is not None:
            self._sandbox.settle()

    def watch(self) -> None:
        """Look at the living candidates."""
        if self._sandbox is not None:
            self._sandbox.watch()

    def close(self) -> None:
        """End everything.

        A second call does nothing.
        """
        sandbox, self._sandbox, self._device = self._sandbox, None, None
        if sandbox is not None:
            sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _around(self, device: Device) -> Sandbox:
        if self._sandbox is None or self._device != device:
            self.close()
            self._sandbox, self._device = self._open_around(device), device
        return self._sandbox

    def _give_back(self) -> None:
        try:
            self.settle()
        finally:
            self._pool.release()


def _used_mib(device: Device) -> int | None:
    return None if device.uuid is None else nvml.used_mib(device.uuid)
