"""Names that tell which process made a thing.

By its name, a dead process's leftover is told from everything else.

``autograder.BOOT.NAMESPACE.PID.STARTED.REST``: a process number means nothing on another machine,
after another start of this one, or in another process namespace, and numbers are used again. A
thing that was named elsewhere is never an orphan here.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "autograder"
_BOOT_DIGITS = 8


def new_name(purpose: str = "") -> str:
    """Return a new name for something that this process makes."""
    return ".".join(filter(None, (own_name(), purpose, secrets.token_hex(4))))


def own_name() -> str:
    """Return the common prefix of this process's names."""
    return f"{owner_prefix()}.{os.getpid()}.{_started(os.getpid())}"


def owner_prefix() -> str:
    """Return the common prefix of all names made here.

    Every process here uses it.
    """
    return f"{_PREFIX}.{_boot()}.{Path('/proc/self/ns/pid').stat().st_ino}"


def is_orphan(name: str) -> bool:
    """Return True if a dead process here made the name."""
    here, _, rest = name.partition(f"{owner_prefix()}.")
    pid, _, rest = rest.partition(".")
    started, _, more = rest.partition(".")
    return (
        here == ""
        and pid.isdecimal()
        and started.isdecimal()
        and bool(more)
        and _started(int(pid)) != started
    )


@contextlib.contextmanager
def open_temporary_folder(purpose: str) -> Iterator[Path]:
    """Make a temporary folder and remove it afterwards.

    If this process is killed, the next start removes it.
    """
    folder = make_folder(purpose)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_folder(purpose: str) -> Path:
    """Make a temporary folder for this user alone, which the caller removes."""
    return Path(tempfile.mkdtemp(prefix=f"{own_name()}.{purpose}."))


def find_orphaned_folders() -> list[Path]:
    """Temporary folders of this user whose process is dead."""
    found = []
    for path in Path(tempfile.gettempdir()).glob(f"{owner_prefix()}.*"):
        with contextlib.suppress(OSError):
            is_own = path.is_dir() and not path.is_symlink() and path.stat().st_uid == os.geteuid()
            if is_own and is_orphan(path.name):
                found.append(path)
    return found


@cache
def _boot() -> str:
    """Return the start of a machine's boot identifier.

    It differs between machines and between starts of one machine.
    """
    return Path("/proc/sys/kernel/random/boot_id").read_text()[:_BOOT_DIGITS]


def _started(pid: int) -> str:
    """Return the start time of a process, in ticks since boot.

    It is empty when there is no such process.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19] if fields else ""
