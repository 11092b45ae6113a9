"""Removal of everything needless from an image's view.

The view then is as bare as one that was built by hand. It has no hosts, no terminals and nothing of
the engine's.

Runs once, in the first warden of a container, before anything else: what it mounts is in every
candidate's view.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.inside.walls import syscalls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_COVERED = ("/run", "/var", "/home", "/root", "/mnt", "/media", "/srv", "/boot")
DEVICES = ("null", "zero", "full", "random", "urandom")
# In which a GPU's driver looks its device up.
SYSTEM = ("/sys/bus", "/sys/class", "/sys/dev", "/sys/devices", "/sys/module")
_LINKS = {
    "fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2"
}  # fmt: skip
_FLAGS = syscalls.NO_SETUID | syscalls.NO_DEVICES
_SMALL = "size=1m,nr_inodes=200,mode=0755"
_CONTROL = "/.autograder/control"  # where the station listened
_STAGE = "/tmp/stage"  # noqa: S108 - the container's own


def tidy_image(
    names: Mapping[str, str], nodes: Sequence[str] = (), *, can_move: bool = True
) -> None:
    """Strip an image's view to the needs of a candidate.

    /etc and /dev are replaced. Other needless folders are covered.

    Parameters
    ----------
    names
        Texts of files of /etc, by their paths.
    nodes
        Devices below /dev that stay, beside the harmless ones; with them, what of /sys their driver
        reads.
    can_move
        Whether mounts can be moved, made read-only later and limited in files. Else what is put
        there belongs to root, who is no candidate.
    """
    os.mkdir(_STAGE)  # noqa: PTH102 - as the calls below name it
    if can_move:
        _replace("/etc", _FLAGS, lambda stage: _fill_etc(stage, names))
        _replace("/dev", syscalls.NO_SETUID, lambda stage: _fill_dev(stage, nodes))
    else:
        _lay_over("/etc", lambda stage: _fill_etc(stage, names))
        _prune_dev(nodes)
    os.rmdir(_STAGE)  # noqa: PTH106
    syscalls.unmount(_CONTROL)
    for folder in (*_covered_of_system(has_gpu=bool(nodes)), *_COVERED):
        if os.path.isdir(folder):  # noqa: PTH112
            _mount_empty(folder, "" if not can_move else ",nr_inodes=2")


def guard_devices(nodes: Sequence[str] = ()) -> None:
    """Make the mounts of devices read-only.

    Every process can read and write the devices as before.

    A process that may write to a node could else set its times, which all candidates see and which
    the host keeps.
    """
    for path in (*(f"/dev/{name}" for name in DEVICES), *nodes):
        # an ordinary user must not drop any
        kept = os.statvfs(path).f_flag & (syscalls.NO_SETUID | syscalls.NO_EXEC)
        syscalls.mount("", path, "", syscalls.BIND | syscalls.REMOUNT | syscalls.READ_ONLY | kept)


def _covered_of_system(*, has_gpu: bool) -> list[str]:
    return (
        [path for path in map(str, Path("/sys").iterdir()) if path not in SYSTEM]
        if has_gpu
        else ["/sys"]
    )


def _replace(folder: str, flags: int, fill: Callable[[Path], None]) -> None:
    syscalls.mount("tmpfs", _STAGE, "tmpfs", flags, _SMALL)
    fill(Path(_STAGE))
    syscalls.mount("tmpfs", _STAGE, "tmpfs", flags | syscalls.REMOUNT | syscalls.READ_ONLY, _SMALL)
    syscalls.mount(_STAGE, folder, "", syscalls.MOVE)


def _lay_over(folder: str, fill: Callable[[Path], None]) -> None:
    syscalls.mount("tmpfs", _STAGE, "tmpfs", _FLAGS, "size=1m,mode=0755")
    fill(Path(_STAGE))
    syscalls.mount(_STAGE, folder, "", syscalls.BIND)
    syscalls.unmount(_STAGE)


def _prune_dev(nodes: Sequence[str]) -> None:
    """Remove the needless files of /dev.

    /dev is a file system of its own.
    """
    wanted = {
        *DEVICES,
        *_LINKS,
        "shm",
        *(Path(node).relative_to("/dev").parts[0] for node in nodes),
    }
    for path in Path("/dev").iterdir():
        if path.name in wanted:
            continue
        if os.path.ismount(path):
            syscalls.unmount(str(path))
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _mount_empty(folder: str, inodes: str) -> None:
    syscalls.mount(
        "tmpfs", folder, "tmpfs", _FLAGS | syscalls.READ_ONLY, f"size=4k,mode=0755{inodes}"
    )


def _fill_etc(stage: Path, names: Mapping[str, str]) -> None:
    if Path("/etc/ld.so.cache").is_file():
        shutil.copyfile("/etc/ld.so.cache", stage / "ld.so.cache")
    if Path("/etc/alternatives").is_dir():  # libraries of linear algebra are found through it
        shutil.copytree("/etc/alternatives", stage / "alternatives", symlinks=True)
    for path, text in names.items():
        (stage / Path(path).name).write_text(text)


def _fill_dev(stage: Path, nodes: Sequence[str]) -> None:
    for name in (*DEVICES, *(str(Path(node).relative_to("/dev")) for node in nodes)):
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).touch()
        syscalls.mount(f"/dev/{name}", str(stage / name), "", syscalls.BIND)
    (stage / "shm").mkdir()
    for name, target in _LINKS.items():
        (stage / name).symlink_to(target)
