"""A course's secret, and the generators derived from it.

What a student meets is drawn from HMAC(secret; assignment, student, criterion, case): not from what
was handed in, so a second upload meets the same inputs and cannot roll the dice again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograder.errors import InfrastructureError, UsageError

__all__ = ["Secret", "generator", "load_secret"]

SECRET_BYTES = 32
MAX_FILE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Secret:
    """The course's secret key.

    Its text never shows the key.

    Attributes
    ----------
    key
        32 random bytes or more.
    is_new
        True if `load_secret` has just made it, which a command should say.
    """

    key: bytes = field(repr=False)
    is_new: bool = field(default=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that tell two secrets apart and give neither away."""
        return self.derive("autograder", "fingerprint").hex()[:16]

    def derive(self, *labels: str) -> bytes:
        """Derive 32 bytes for a sequence of labels.

        Every label is preceded by its length, so ``("a", "bc")`` and ``("ab", "c")`` have nothing
        in common.
        """
        parts = [label.encode("utf-8", "surrogatepass") for label in labels]
        message = len(parts).to_bytes(8, "big") + b"".join(
            len(part).to_bytes(8, "big") + part for part in parts
        )
        return hmac.new(self.key, message, hashlib.sha256).digest()


def generator(key: bytes) -> np.random.Generator:
    """Return the random generator of a derived key.

    Equal keys give equal streams.
    """
    return np.random.Generator(np.random.PCG64DXSM(int.from_bytes(key, "big")))


def load_secret(path: Path) -> Secret:
    """Load a course's secret, or make it on first use.

    Its owner alone may read the file.

    Raises
    ------
    UsageError
        Others may read the file, or it does not hold 32 bytes in hexadecimal.
    InfrastructureError
        The file can be neither read nor made.
    """
    try:
        is_new = _make(path)
        return Secret(_parse_secret(_read(path), path), is_new)
    except OSError as error:
        raise InfrastructureError(
            f"The secret file {str(path)!r} can be neither read nor made: {error.strerror}.",
            hint="Name another file with --secret-file.",
        ) from error


def _read(path: Path) -> str:
    with path.open("rb") as file:
        _require_private(path, os.fstat(file.fileno()).st_mode)
        return file.read(MAX_FILE_BYTES).decode("ascii", "replace")


def _require_private(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        hint = "Name another one with --secret-file."
        raise UsageError(f"The secret file {str(path)!r} is not a regular file.", hint=hint)
    if os.name == "posix" and stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(
            f"The secret file {str(path)!r} is open to others (mode {stat.S_IMODE(mode):04o}, "
            "expected 0600).",
            hint=f"Run: chmod 600 {path}",
        )


def _parse_secret(text: str, path: Path) -> bytes:
    digits = text.strip()
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) < SECRET_BYTES:
        raise UsageError(
            f"The secret file {str(path)!r} does not hold a secret: expected {2 * SECRET_BYTES} "
            "hexadecimal digits"
            f" or more, found {len(digits)} characters.",
            hint="Restore it from a backup: with a new secret old results cannot be continued.",
        )
    return key


def _make(path: Path) -> bool:
    """Make a new secret at `path` unless a file exists.

    Return True if this process made it.
    """
    if path.exists():
        return False
    _make_folder(path.parent)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return _publish(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> bool:
    """Give a finished draft its name.

    Of two processes that try at once, one wins and both use its secret. Return True for the winner.
    """
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        draft.rename(path)
    return True


def _make_folder(folder: Path) -> None:
    """Make the secret's folder.

    git is told to keep a new folder out.
    """
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="ascii")
