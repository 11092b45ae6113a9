"""Leases: one holder of a device at a time, and none that outlives its holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from autograder.errors import InfrastructureError
from autograder.sandbox.gpu.device import Device
from autograder.sandbox.gpu.slots import GpuSlots

ONE, TWO = (Device(name=f"autograder.test/gpu={number}", own_nodes=(f"/dev/madeup{number}",)) for number in (1, 2))

HOLDER = """
import sys, time
from pathlib import Path
from autograder.sandbox.gpu.devices import Device
from autograder.sandbox.gpu.slots import GpuSlots

slots = GpuSlots([Device(name="another name", own_nodes=("/dev/madeup1",))], Path(sys.argv[1]))
while (reservation := slots.try_reserve()) is None:
    time.sleep(0.01)
print("held", flush=True)
time.sleep(60)
"""


def hold(folder):
    """Another process that holds the first device, by another of its names."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder):
    holder.kill()
    holder.wait()
    holder.stdout.close()


def test_device_is_reserved_to_one_at_a_time(tmp_path):
    """A second reservation waits for the end of the first, in the same process too."""
    slots = GpuSlots([ONE], tmp_path)
    first = slots.try_reserve()
    assert first.device == ONE
    assert GpuSlots([ONE], tmp_path).try_reserve() is None
    first.close()
    first.close()
    with slots.try_reserve() as second:
        assert second.device == ONE


def test_device_held_by_another_process_is_free_when_that_is_killed(tmp_path):
    """The kernel releases the lock; the name by which the other knew the device does not matter."""
    holder = hold(tmp_path)
    slots = GpuSlots([ONE, TWO], tmp_path)
    try:
        assert GpuSlots([ONE], tmp_path).try_reserve() is None
        with slots.try_reserve(preferred=ONE) as reservation:
            assert reservation.device == TWO
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with slots.try_reserve(preferred=ONE) as reservation:
            assert reservation.device == ONE
    finally:
        end(holder)


def test_preferred_device_comes_first(tmp_path):
    """A station goes back to the device for which its sandbox is open."""
    with GpuSlots([ONE, TWO], tmp_path).try_reserve(preferred=TWO) as reservation:
        assert reservation.device == TWO


def test_reservation_is_not_inherited_by_a_child(tmp_path):
    """A sandbox that a station starts while it holds a reservation does not keep it."""
    slots = GpuSlots([ONE], tmp_path)
    reservation = slots.try_reserve()
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        reservation.close()
        slots.try_reserve().close()
    finally:
        child.kill()
        child.wait()


def test_forty_threads_that_reserve_two_devices_never_share_one(tmp_path):
    """At no time has a device two holders, and everybody gets one in the end."""
    slots, holders, most, turns = GpuSlots([ONE, TWO], tmp_path), {ONE: 0, TWO: 0}, [0], []
    guard = threading.Lock()

    def use():
        while (reservation := slots.try_reserve()) is None:
            threading.Event().wait(0.001)
        with guard:
            holders[reservation.device] += 1
            most[0] = max(most[0], *holders.values())
        threading.Event().wait(0.002)
        with guard:
            holders[reservation.device] -= 1
            turns.append(reservation.device)
        reservation.close()

    threads = [threading.Thread(target=use) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1
    assert len(turns) == 40


def test_retired_device_is_reserved_no_more_until_its_note_is_removed(tmp_path):
    """Others are used meanwhile; where there is none, the error says why and what to do."""
    slots = GpuSlots([ONE, TWO], tmp_path)
    for device in (ONE, TWO):
        with slots.try_reserve() as reservation:
            assert reservation.device == device
            reservation.retire("512 MiB were still in use.")
    with pytest.raises(InfrastructureError) as caught:
        GpuSlots([ONE, TWO], tmp_path).try_reserve()
    assert caught.value.message == (
        f"No GPU is in service: {ONE.name}: 512 MiB were still in use; {TWO.name}: 512 MiB were still in use."
    )
    assert caught.value.hint.endswith(f"rm {tmp_path}/dev-madeup1.retired {tmp_path}/dev-madeup2.retired")
    (tmp_path / "dev-madeup2.retired").unlink()
    with slots.try_reserve(preferred=ONE) as reservation:
        assert reservation.device == TWO


def test_restart_of_the_machine_puts_a_device_back_into_service(tmp_path):
    """A note of another run of the machine counts no more."""
    (tmp_path / "dev-madeup1.retired").write_text("another boot\nfull\n")
    slots = GpuSlots([ONE], tmp_path)
    assert slots.find_reason(ONE) is None
    slots.try_reserve().close()


def test_folder_of_locks_is_everybodys(tmp_path):
    """Users of one machine share its devices; nobody can remove another's lock."""
    GpuSlots([ONE], tmp_path / "locks").try_reserve().close()
    assert (tmp_path / "locks").stat().st_mode & 0o7777 == 0o1777


def test_lock_that_is_a_link_is_not_followed(tmp_path):
    """In a folder of everybody's somebody may have put one."""
    (tmp_path / "dev-madeup1.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        GpuSlots([ONE], tmp_path).try_reserve()
    assert not (tmp_path / "elsewhere").exists()
