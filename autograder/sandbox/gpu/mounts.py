"""The parts of a device that are put behind a wall.

They are nodes, and the driver's files and variables. Nothing that leads out again is among them.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograder.sandbox.gpu.device import Device, Mount

_LIBRARY = re.compile(r"(?P<stem>lib.+\.so)\.\d.*")
# Drivers list sockets of their daemons and pipes of MPS there; each candidate has folders of its
# own in these places.
_LEFT_OUT = ("/run", "/var", "/tmp")  # noqa: S108 - inside


def find_mounts(device: Device) -> list[Mount]:
    """Return the driver's files, without sockets.

    Each library has its short name as well.

    A loader asks for ``libcuda.so.1``. Engines have a hook make that name, a link to
    ``libcuda.so.550.54``; since no hook is run here, the library itself is bound at both places.
    """
    mounts = [mount for mount in device.mounts if not _leads_out(mount)]
    taken = {mount.path for mount in mounts}
    short = [
        Mount(path, mount.host_path)
        for mount in mounts
        if (path := _short_name(mount.path)) and path not in taken
    ]
    return [*mounts, *dict.fromkeys(short)]


def device_environment(device: Device, mounts: Sequence[Mount] = ()) -> dict[str, str]:
    """Return the variables that the device needs.

    They also tell the loader the folders of the libraries that were bound.
    """
    environment = dict(device.env)
    if device.uuid is not None and device.kind.startswith("nvidia.com/"):
        environment["CUDA_VISIBLE_DEVICES"] = device.uuid
    folders = list(dict.fromkeys(_library_folders(mounts)))
    if folders:
        environment["LD_LIBRARY_PATH"] = ":".join(folders)
    return environment


def _leads_out(mount: Mount) -> bool:
    if any(Path(folder) in Path(mount.path).parents for folder in _LEFT_OUT):
        return True
    try:
        return stat.S_ISSOCK(Path(mount.host_path).stat().st_mode)
    except OSError:
        return False  # whoever binds it says that it is not there


def _short_name(path: str) -> str | None:
    found = _LIBRARY.fullmatch(Path(path).name)
    return None if found is None else str(Path(path).with_name(f"{found['stem']}.1"))


def _library_folders(mounts: Sequence[Mount]) -> Iterator[str]:
    for mount in mounts:
        if Path(mount.host_path).is_dir():
            if any(Path(mount.host_path).glob("lib*.so*")):
                yield mount.path
        elif ".so" in Path(mount.path).name:
            yield str(Path(mount.path).parent)


def share_environment(
    environment: Mapping[str, str], device: Device | None, mounts: Sequence[Mount]
) -> dict[str, str]:
    """Return the environment of candidates.

    It has the device's variables where there is a device. Our variables win.
    """
    return {**(device_environment(device, mounts) if device else {}), **environment}
