"""Room on disks and in memory, and GPUs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.doctor.model import FindingStatus, MachineFinding
from autograder.errors import InfrastructureError
from autograder.records.outcome import Limits
from autograder.sandbox.gpu.cdi import FOLDERS
from autograder.sandbox.gpu.device import Device
from autograder.sandbox.gpu.devices import AUTO, find_devices

_GIBIBYTE = 1 << 30
_MEBIBYTE = 1 << 20
_LEAST_GIB, _LITTLE_GIB = 1.0, 5.0  # an image with TensorFlow takes 3 GiB
_LEAST_INODES = 10_000
# Per version of control groups: the limit, what is in use, and how much of that is cache which
# gives way.
_FILES = {
    1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    2: ("memory.max", "memory.current", "inactive_file"),
}


def find_disk(what: str, folder: Path, remedy: str, *, is_ours: bool = True) -> MachineFinding:
    """Room where something is written.

    Parameters
    ----------
    what
        Reports, temporary files, images.
    remedy
        What to do where there is little.
    is_ours
        True if this process writes there, and not a daemon.
    """
    name = f"disk for {what}"
    free = shutil.disk_usage(folder).free
    status = os.statvfs(folder)
    has_inodes = status.f_files == 0 or status.f_favail >= _LEAST_INODES
    text = f"{free / _GIBIBYTE:.1f} GiB free in {folder}"
    if is_ours and not os.access(folder, os.W_OK):
        return MachineFinding(
            name=name,
            status=FindingStatus.NOTE,
            summary=f"{text}, where this user may not write.",
            remedy=remedy,
        )
    if free < _LEAST_GIB * _GIBIBYTE or not has_inodes:
        more = "" if has_inodes else f", and room for {status.f_favail} files only"
        return MachineFinding(
            name=name, status=FindingStatus.PROBLEM, summary=f"{text}{more}.", remedy=remedy
        )
    if free < _LITTLE_GIB * _GIBIBYTE:
        return MachineFinding(
            name=name, status=FindingStatus.NOTE, summary=f"{text}: little.", remedy=remedy
        )
    return MachineFinding(name=name, status=FindingStatus.OK, summary=f"{text}.")


def find_temporary_disk() -> MachineFinding:
    """Room for temporary files."""
    return find_disk(
        "temporary files", Path(tempfile.gettempdir()), "export TMPDIR=/a/folder/with/room"
    )


def find_reports_disk() -> MachineFinding:
    """Check the room in the current folder.

    Reports are usually written there.
    """
    return find_disk("reports", Path.cwd(), "autograder grade ... --out /a/folder/with/room")


def find_memory() -> MachineFinding:
    """Check the memory for one station per core.

    The machine has a limit, and the control group of this process may have a lower one.
    """
    available = _available_mib()
    limit = find_memory_limit()
    room = available if limit is None else min(available, limit)
    needed = Limits().memory_mib
    jobs = len(os.sched_getaffinity(0))
    text = f"{available / 1024:.1f} GiB available"
    if limit is not None:
        text += f", {limit / 1024:.1f} GiB left to this control group"
    if room < needed:
        return MachineFinding(
            name="memory",
            status=FindingStatus.PROBLEM,
            remedy="end what else runs, or grade on a larger machine",
            summary=f"{text}: less than the {needed} MiB that one candidate may use.",
        )
    if room < jobs * needed:
        return MachineFinding(
            name="memory",
            status=FindingStatus.NOTE,
            remedy=f"autograder grade ... --jobs {max(1, int(room // needed))}",
            summary=f"{text}: less than {needed} MiB for a candidate on each of {jobs} cores.",
        )
    return MachineFinding(
        name="memory", status=FindingStatus.OK, summary=f"{text}, for {jobs} cores."
    )


def _available_mib() -> float:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) / 1024
    return 0.0


def find_memory_limit(
    memberships: str | None = None, root: Path = Path("/sys/fs/cgroup")
) -> float | None:
    """Return the memory left to this process [MiB].

    The limits are those of its control group and of the groups above it. It is None without a
    limit.
    """
    text = Path("/proc/self/cgroup").read_text() if memberships is None else memberships
    rooms = []
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            rooms += _rooms(root, path, _FILES[2])
        elif "memory" in controllers.split(","):
            rooms += _rooms(root / controllers, path, _FILES[1])
    return min(rooms, default=None)


def _rooms(root: Path, group: str, files: tuple[str, str, str]) -> list[float]:
    """Return the memory that each group upwards has left [MiB].

    Only groups with a limit below the machine's memory count.
    """
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    folder = root / group.lstrip("/")
    rooms = []
    for each in (folder, *folder.parents):
        if each != root and root not in each.parents:
            break
        try:
            limit, used = (each / files[0]).read_text().strip(), int((each / files[1]).read_text())
            counts = dict(line.split() for line in (each / "memory.stat").read_text().splitlines())
        except (
            OSError,
            ValueError,
        ):  # the root has no limit; in a container, the group is not where it says
            continue
        if limit != "max" and int(limit) < total:
            rooms.append((int(limit) - used + int(counts.get(files[2], 0))) / _MEBIBYTE)
    return rooms


def find_gpus(folders: Sequence[Path] = FOLDERS) -> MachineFinding:
    """Check the GPUs that submissions could be given.

    Each must be there and open to candidates.

    Parameters
    ----------
    folders
        Where CDI specifications are.
    """
    try:
        devices = find_devices(AUTO, folders)
        for device in devices:
            device.check()
    except InfrastructureError as error:
        return MachineFinding(
            name="GPUs", status=FindingStatus.PROBLEM, summary=error.message, remedy=error.hint
        )
    if not devices:
        return MachineFinding(
            name="GPUs",
            status=FindingStatus.OK,
            summary="None on this machine; assignments that need none run.",
        )
    undescribed = [device.name for device in devices if device.spec is None]
    listed = "; ".join(map(_describe_gpu, devices))
    if undescribed:
        return MachineFinding(
            name="GPUs",
            status=FindingStatus.NOTE,
            summary=f"{listed}. No CDI specification describes {', '.join(undescribed)}, so Podman "
            "cannot be asked for it.",
            remedy="sudo nvidia-ctk cdi generate --output /etc/cdi/nvidia.yaml",
        )
    return MachineFinding(name="GPUs", status=FindingStatus.OK, summary=f"{listed}.")


def _describe_gpu(device: Device) -> str:
    memory = f"{device.memory_mib / 1024:.0f} GiB" if device.memory_mib is not None else ""
    facts = ", ".join(
        fact for fact in (device.title, memory, "a slice (MIG)" if device.is_mig else "") if fact
    )
    return f"{device.name} ({facts})" if facts else device.name
