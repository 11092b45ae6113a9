"""Reader of CDI specifications.

A specification is written by the tool of a device's vendor. It lists the device nodes, files and
variables that belong to a device.

Hooks are never run and not even read: they would run as root, on trees that are not ours
(CVE-2024-0132, CVE-2025-23266).

References
----------
https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from autograder.errors import InfrastructureError

#: Where engines look, too; what stands in a later folder replaces what stands in an earlier one.
FOLDERS = (Path("/etc/cdi"), Path("/var/run/cdi"))
_SUFFIXES = (".json", ".yaml", ".yml")
_KIND = r"[A-Za-z][A-Za-z0-9_.-]*/[A-Za-z][A-Za-z0-9_-]*"

Absolute = Annotated[str, StringConstraints(pattern=r"^/")]


class _Part(BaseModel):
    """A part of a specification.

    Only the keys that are used here are read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


class NodeEdit(_Part):
    """A device node and its place.

    `host_path` is its place on the host, if that differs.
    """

    path: Absolute
    host_path: Annotated[Absolute | None, Field(alias="hostPath")] = None


class MountEdit(_Part):
    """A file or folder of the host and its new place."""

    host_path: Annotated[Absolute, Field(alias="hostPath")]
    path: Annotated[Absolute, Field(alias="containerPath")]


class Edits(_Part):
    """The additions to a container."""

    env: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*=")], ...] = ()
    nodes: Annotated[tuple[NodeEdit, ...], Field(alias="deviceNodes")] = ()
    mounts: tuple[MountEdit, ...] = ()


class SpecDevice(_Part):
    """A device of a specification."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
    edits: Annotated[Edits, Field(alias="containerEdits")] = Edits()


class Spec(_Part):
    """A specification of devices of one kind.

    It also holds the edits that all of its devices need.
    """

    version: Annotated[str, Field(alias="cdiVersion")]
    kind: Annotated[str, StringConstraints(pattern=f"^{_KIND}$")]
    devices: tuple[SpecDevice, ...]
    edits: Annotated[Edits, Field(alias="containerEdits")] = Edits()


def is_kind(text: str) -> bool:
    """Return True if a text is a device kind, ``vendor/class``."""
    return re.fullmatch(_KIND, text) is not None


def read_specs(folders: Sequence[Path] = FOLDERS) -> Iterator[tuple[Path, Spec]]:
    """Read every specification, and yield each with its path.

    A later specification replaces an earlier one.

    Raises
    ------
    InfrastructureError
        A file cannot be read or is no specification.
    """
    for folder in folders:
        if folder.is_dir():
            for path in sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES):
                yield path, read_spec(path)


def read_spec(path: Path) -> Spec:
    """Read one specification.

    Raises
    ------
    InfrastructureError
        The file cannot be read or is no specification.
    """
    remedy = (
        "Have it written anew by the tool of the device's vendor (sudo nvidia-ctk cdi "
        "generate), or remove it."
    )
    try:
        return Spec.model_validate(_parse(path))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole file"
        what = f"{path} is no CDI specification: {place}: {first['msg']}."
        raise InfrastructureError(what, hint=remedy) from error
    except (OSError, ValueError) as error:
        raise InfrastructureError(
            f"{path} is no CDI specification: {error}.", hint=remedy
        ) from error


def _parse(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return json.loads(text)
    try:
        import yaml  # noqa: PLC0415 - optional
    except ImportError as error:
        raise InfrastructureError(
            f"{path} is YAML, and the package PyYAML that reads it is not installed.",
            hint='Install the extra: pip install -e ".[gpu]"; or have JSON written: nvidia-ctk cdi '
            "generate --format json.",
        ) from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error).replace("\n", " ")) from error
