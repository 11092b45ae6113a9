"""The wheel of this package for students: built by pip from the checkout, the same bytes from the same sources.

What authors start a course from stays out of it: it has a solution in it.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import autograder
from autograder.errors import InfrastructureError, UsageError

__all__ = ["FIRST_DAY", "build_wheel", "read_wheel", "write_archive"]

DISTRIBUTION = "warmfork-autograder"
AUTHORS_ONLY = "autograder/authoring/course/"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that an archive can name
_FIRST_DAY_S = "315532800"
_FRESH_SETUPTOOLS = 77  # what pyproject.toml asks for


def build_wheel(scratch: Path) -> tuple[str, bytes]:
    """Build the wheel of this very package.

    Parameters
    ----------
    scratch
        An empty folder to build in.

    Returns
    -------
    tuple
        Its file name and what it holds.

    Raises
    ------
    UsageError
        This package does not run from a checkout.
    InfrastructureError
        pip cannot build it.
    """
    root = _checkout()
    source, out = scratch / "source", scratch / "wheel"
    shutil.copytree(root / "autograder", source / "autograder", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
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
        last = [line for line in done.stderr.splitlines() if "error" in line.lower()] or done.stderr.splitlines()[-3:]
        hint = "Make it elsewhere with `pip wheel --no-deps`, and name it with --wheel."
        raise InfrastructureError(f"The wheel cannot be built: {' '.join(last)}", hint=hint)
    (path,) = out.glob("*.whl")
    return path.name, _for_students(path)


def read_wheel(path: Path) -> tuple[str, bytes]:
    """Take a wheel of this package that was built elsewhere.

    Raises
    ------
    UsageError
        It is none.
    """
    if not path.name.startswith(f"{DISTRIBUTION.replace('-', '_')}-") or not zipfile.is_zipfile(path):
        raise UsageError(f"{str(path)!r} is no wheel of {DISTRIBUTION}.", hint="Build it with `pip wheel --no-deps`.")
    return path.name, _for_students(path)


def write_archive(files: dict[str, bytes]) -> bytes:
    """Write a ZIP archive: the same bytes whenever and wherever it is made of the same files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
            target.writestr(entry, files[name])
    return archive.getvalue()


def _checkout() -> Path:
    root = Path(str(autograder.__file__)).resolve().parents[1]
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        project = ""
    if project != DISTRIBUTION:
        hint = "Name the wheel that you installed with --wheel FILE."
        raise UsageError("This autograder does not run from a checkout, so its wheel cannot be built.", hint=hint)
    return root


def _has_fresh_setuptools() -> bool:
    """Whether what the build needs is here, so that nothing has to be fetched."""
    try:
        return int(metadata.version("setuptools").partition(".")[0]) >= _FRESH_SETUPTOOLS
    except (metadata.PackageNotFoundError, ValueError):
        return False


def _for_students(path: Path) -> bytes:
    """Write a wheel anew without what only authors need."""
    with zipfile.ZipFile(path) as wheel:
        kept = {name: wheel.read(name) for name in wheel.namelist() if not name.startswith(AUTHORS_ONLY)}
    record = next(name for name in kept if name.endswith(".dist-info/RECORD"))
    lines = kept[record].decode().splitlines(keepends=True)
    kept[record] = "".join(line for line in lines if not line.startswith(AUTHORS_ONLY)).encode()
    return write_archive(kept)
