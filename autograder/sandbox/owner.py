"""Names that say which process made a thing, so that what a dead one has left can be told from everything else.

``autograder.BOOT.NAMESPACE.PID.STARTED.REST``: a process number means nothing on another machine, after another start of this
one, or in another process namespace, and numbers are used again. Whatever was named elsewhere is nobody's orphan here.
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
    """Name something that this process makes; each time another name."""
    return ".".join(filter(None, (own_name(), purpose, secrets.token_hex(4))))


def own_name() -> str:
    """How the names of everything that this process makes begin."""
    return f"{owner_prefix()}.{os.getpid()}.{_started(os.getpid())}"


def owner_prefix() -> str:
    """How the names of everything that was made here begin, by whatever process."""
    return f"{_PREFIX}.{_boot()}.{Path('/proc/self/ns/pid').stat().st_ino}"


def is_orphan(name: str) -> bool:
    """Whether something was named here, after a process that is dead."""
    here, _, rest = name.partition(f"{owner_prefix()}.")
    pid, _, rest = rest.partition(".")
    started, _, more = rest.partition(".")
    return here == "" and pid.isdecimal() and started.isdecimal() and bool(more) and _started(int(pid)) != started


@contextlib.contextmanager
def open_folder(purpose: str) -> Iterator[Path]:
    """Make a temporary folder that the next start removes if this process is killed."""
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
    """Which machine, and which start of it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text()[:_BOOT_DIGITS]


def _started(pid: int) -> str:
    """When a process began, in ticks since boot; empty when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19] if fields else ""
