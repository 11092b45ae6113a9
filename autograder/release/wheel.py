"""The wheel of this package for other machines.

The same sources give the same bytes.

Where the package runs from a checkout, pip builds it; where it was installed from a wheel, it is
put together again.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import autograder
from autograder.errors import InfrastructureError, UsageError

__all__ = ["build_wheel", "files_of_wheel", "for_students", "read_wheel", "write_archive"]

DISTRIBUTION = "warmfork-autograder"
AUTHORS_ONLY = "autograder/authoring/course/"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that an archive can name
_FIRST_DAY_S = "315532800"
_OF_PIP = ("INSTALLER", "REQUESTED", "direct_url.json")  # written by who installed it
_FRESH_SETUPTOOLS = 77  # what pyproject.toml asks for


def build_wheel() -> tuple[str, bytes]:
    """Make the wheel of this very package.

    Returns
    -------
    tuple
        Its file name and what it holds.

    Raises
    ------
    InfrastructureError
        pip cannot build the wheel.
    """
    root = _find_checkout()
    if root is None:
        return _put_together()
    with tempfile.TemporaryDirectory() as scratch:
        path = _build(root, Path(scratch))
        return path.name, write_archive(_recorded(files_of_wheel(path.read_bytes())))


def _build(root: Path, scratch: Path) -> Path:
    source, out = scratch / "source", scratch / "wheel"
    shutil.copytree(
        root / "autograder",
        source / "autograder",
        ignore=shutil.ignore_patterns("__pycache__", "*.pyc"),
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--no-deps",
    ]
    command += ["--no-build-isolation"] if _has_fresh_setuptools() else []
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [*command, "--wheel-dir", str(out), str(source)],
        env=os.environ | {"SOURCE_DATE_EPOCH": _FIRST_DAY_S},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = [
            line for line in done.stderr.splitlines() if "error" in line.lower()
        ] or done.stderr.splitlines()[-3:]
        hint = "Make it elsewhere with `pip wheel --no-deps`, and name it with --wheel."
        raise InfrastructureError(f"The wheel cannot be built: {' '.join(last)}", hint=hint)
    (path,) = out.glob("*.whl")
    return path


def _put_together() -> tuple[str, bytes]:
    """Build the wheel again from the installed files.

    They came from such a wheel.
    """
    distribution = metadata.distribution(DISTRIBUTION)
    files: dict[str, bytes] = {}
    for path in distribution.files or ():
        is_ours = path.parts[0] == "autograder" or (
            path.parts[0].endswith(".dist-info") and path.name not in _OF_PIP
        )
        if is_ours and "__pycache__" not in path.parts:
            files[path.as_posix()] = Path(path.locate()).read_bytes()
    return (
        f"{DISTRIBUTION.replace('-', '_')}-{distribution.version}-py3-none-any.whl",
        write_archive(_recorded(files)),
    )


def read_wheel(path: Path) -> tuple[str, bytes]:
    """Take a wheel of this package that was built elsewhere.

    Raises
    ------
    UsageError
        The file is not a wheel of this package.
    """
    if not path.name.startswith(f"{DISTRIBUTION.replace('-', '_')}-") or not zipfile.is_zipfile(
        path
    ):
        raise UsageError(
            f"{str(path)!r} is no wheel of {DISTRIBUTION}.",
            hint="Build it with `pip wheel --no-deps`.",
        )
    return path.name, path.read_bytes()


def write_archive(files: dict[str, bytes]) -> bytes:
    """Return a ZIP archive of the files.

    The same files give the same bytes, at any time and on any machine.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type, entry.create_system, entry.external_attr = (
                zipfile.ZIP_DEFLATED,
                3,
                0o100644 << 16,
            )
            target.writestr(entry, files[name])
    return archive.getvalue()


def _find_checkout() -> Path | None:
    root = Path(str(autograder.__file__)).resolve().parents[1]
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "name"
        ]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return None
    return root if project == DISTRIBUTION else None


def _has_fresh_setuptools() -> bool:
    """Return True if setuptools is new enough for the build.

    Then nothing has to be fetched.
    """
    try:
        return int(metadata.version("setuptools").partition(".")[0]) >= _FRESH_SETUPTOOLS
    except (metadata.PackageNotFoundError, ValueError):
        return False


def for_students(wheel: bytes) -> bytes:
    """Return a wheel without the files for authors.

    They include a course to start from, which has a solution in it.
    """
    files = files_of_wheel(wheel)
    return write_archive(
        _recorded({name: data for name, data in files.items() if not name.startswith(AUTHORS_ONLY)})
    )


def files_of_wheel(wheel: bytes) -> dict[str, bytes]:
    """Unpack a wheel."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def _recorded(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files with a RECORD of exactly these files."""
    record = next(name for name in files if name.endswith(".dist-info/RECORD"))
    lines = [
        f"{name},sha256={_digest(data)},{len(data)}"
        for name, data in sorted(files.items())
        if name != record
    ]
    return files | {record: "".join(f"{line}\n" for line in [*lines, f"{record},,"]).encode()}


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
