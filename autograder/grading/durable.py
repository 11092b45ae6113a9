"""Files that are written whole or not at all.

This holds whenever the machine goes down or the disk is full.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from autograder.errors import InfrastructureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARTIAL = ".partial"  # the end of the name of a file that is being written
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise an error that names ``path`` where the system cannot write it."""
    try:
        yield
    except OSError as error:
        remedy = "Free some space, then" if error.errno in _NO_ROOM else "When it can be,"
        raise InfrastructureError(
            f"{str(path)!r} cannot be written: {error.strerror}.",
            hint=f"{remedy} run the same command again: what is finished is kept.",
        ) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file under another name, sync and rename it.

    The folder is synced last.

    Raises
    ------
    InfrastructureError
        The file could not be written. What was there before is still there, and nothing else.
    """
    partial = path.with_name(f".{path.name}{PARTIAL}")
    with writing(path):
        try:
            file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
            try:
                _write_all(file, text)
                os.fsync(file)
            finally:
                os.close(file)
            partial.replace(path)
            _sync_folder(path.parent)
        except OSError:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise


def append_line(file: int, line: str) -> None:
    """Append a line to an open file and sync it.

    A line that does not fit is taken back.

    Raises
    ------
    OSError
        The line could not be written.
    """
    size = os.fstat(file).st_size
    try:
        _write_all(file, line)
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def _write_all(file: int, text: str) -> None:
    view = memoryview(text.encode("utf-8"))
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
