"""The settings of a station, and checks of this machine."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Assignment
from autograder.course.model import ImportSettings
from autograder.course.seeds import Secret
from autograder.errors import InfrastructureError
from autograder.frameworks import PACKAGES
from autograder.records.outcome import Strength
from autograder.sandbox.gpu.cdi import FOLDERS
from autograder.sandbox.seam import DEFAULT_IMAGE, ISOLATIONS, SandboxSettings
from autograder.station.examiner_process import START_TIMEOUT_S
from autograder.station.supervise import RUBRIC_S


@dataclass(frozen=True, slots=True)
class StationSettings:
    """The settings of a station.

    They are small, and the same for every station of a batch.

    Attributes
    ----------
    sandbox
        Of `SANDBOXES`, or ``plain`` for trusted code.
    image, runtime
        For containers: the image, and what starts them where it is not the engine's default.
    isolation
        Of `ISOLATIONS`: submissions share a sandbox, each criterion in a candidate of its own, or
        every submission has a sandbox that is started for it and serves no other.
    rubric_s
        The time that a rubric and its reference may take by themselves, per criterion [s].
    gpu
        Of the criteria that want one: ``auto``, ``none``, a kind, or one device.
    cdi_folders
        Where the specifications of devices are.
    start_timeout_s
        How long rubric and reference may take to load [s].
    """

    course: Path
    assignment_id: str
    secret: Secret
    sandbox: str = "auto"
    image: str = DEFAULT_IMAGE
    runtime: str = ""
    isolation: str = ISOLATIONS[0]
    threads: int = 1
    rubric_s: float = RUBRIC_S
    start_timeout_s: float = START_TIMEOUT_S
    gpu: str = "auto"
    cdi_folders: tuple[Path, ...] = FOLDERS


def sandbox_settings(assignment: Assignment, threads: int) -> SandboxSettings:
    """Return the sandbox's settings for an assignment's candidates."""
    settings = assignment.settings
    return SandboxSettings(
        frameworks=settings.frameworks,
        preload=settings.preload,
        masked=PACKAGES,
        forbidden=_invisible(settings.imports),
        data={path.name: path for path in assignment.data_files},
        hidden=(assignment.course,),
        threads=threads,
        gpu_memory_mib=settings.limits.gpu_memory_mib,
    )


def _invisible(imports: ImportSettings) -> tuple[str, ...]:
    """Forbidden packages of which nothing at all is allowed."""
    partly = {name.partition(".")[0] for name in imports.allowed}
    return tuple(name for name in imports.forbidden if name not in partly)


def check_packages(assignment: Assignment) -> None:
    """Raise unless the packages that an assignment promises are installed.

    Raises
    ------
    InfrastructureError
        A package is not installed.
    """
    settings = assignment.settings
    for name in dict.fromkeys((*settings.packages, *settings.frameworks)):
        if importlib.util.find_spec(name.partition(".")[0]) is None:
            raise InfrastructureError(
                f"{assignment.id!r} promises the package `{name}`, which is not installed here.",
                hint=f"Install it for {sys.executable}, or take it out of assignment.toml.",
            )


def check_required(assignment: Assignment, strengths: Mapping[str, Strength]) -> None:
    """Raise unless limits are kept as strongly as required.

    The assignment requires it.

    Raises
    ------
    InfrastructureError
        A required limit is not kept by a control group or a namespace.
    """
    for name in assignment.settings.limits.require:
        strength = strengths.get(name, Strength.NONE)
        if strength not in (Strength.CGROUP, Strength.NAMESPACE):
            raise InfrastructureError(
                f"{assignment.id!r} requires that the {name} limit is kept by a control group; "
                f"here it would be: {strength}.",
                hint="Run as root or with a delegated control group (systemd-run --user --scope -p "
                "Delegate=yes), "
                f"or take {name!r} out of `[limits] require`.",
            )
