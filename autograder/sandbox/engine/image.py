"""Grading images, in which submissions run in containers.

They are built ahead; grading itself never fetches anything.

The wheels are fetched by this machine's pip, so that its indexes, proxies and certificates hold;
the build has no network.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from autograder.course import find_assignments, load_assignment
from autograder.errors import InfrastructureError, SandboxError
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.host.owner import open_temporary_folder
from autograder.sandbox.seam import DEFAULT_IMAGE, Image

_DOCKERFILE = Path(__file__).parents[1] / "images" / "Dockerfile"
_PYTHON = "/opt/grading/bin/python"
_OLDEST_GLIBC = 17  # manylinux_2_17
# of TensorFlow and of JAX, newest first; PyTorch's wheels have CUDA in them
_CUDA_EXTRAS = ("and-cuda", "cuda13", "cuda12")
_WITH_CUDA = ("torch",)
_DESCRIBE = (
    "import json, platform, sys; "
    "print(json.dumps([list(sys.version_info[:2]), platform.machine(), platform.libc_ver()[1]]))"
)
_LIST_VERSIONS = (
    "import importlib.metadata as m, json, platform; "
    "print(json.dumps({'python': platform.python_version(), **{d.name.lower(): d.version for d in "
    "m.distributions()}}))"
)


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """The settings of an image build.

    Attributes
    ----------
    base
        Image with a Python; empty for the official one of this Python's version.
    packages
        Top-level packages to import in it; in the versions that are installed here.
    gpu
        True if the frameworks bring the CUDA libraries that they need; the driver is the host's.
    """

    packages: tuple[str, ...]
    base: str = ""
    gpu: bool = False
    name: str = DEFAULT_IMAGE


def course_packages(course: Path) -> tuple[str, ...]:
    """Every package that assignments of a course promise, NumPy included."""
    names = {"numpy"}
    for assignment_id in find_assignments(course):
        settings = load_assignment(course, assignment_id).settings
        names |= {
            name.partition(".")[0]
            for name in (*settings.packages, *settings.preload, *settings.frameworks)
        }
    return tuple(sorted(names))


def build(
    engine: Engine, request: BuildRequest, say: Callable[[str], None] = lambda _: None
) -> Image:
    """Build a grading image.

    Raises
    ------
    InfrastructureError
        A package is not installed here or has no wheel for the base, or the engine refused.
    """
    engine.check()
    base = request.base or f"python:{sys.version_info[0]}.{sys.version_info[1]}-slim-bookworm"
    requirements = find_requirements(request.packages, gpu=request.gpu)
    say(f"Base: {base}. Packages: {', '.join(requirements)}.")
    version, machine, glibc = _describe(engine, base)
    if version != list(sys.version_info[:2]):
        raise InfrastructureError(
            f"{base!r} has Python {version[0]}.{version[1]}, this machine grades with "
            f"{sys.version_info[0]}.{sys.version_info[1]}.",
            hint="Name another base with --base: what a rubric expects may depend on the version.",
        )
    # another build of the same name may be under way
    bare = f"{request.name}-unlabelled-{secrets.token_hex(4)}"
    with open_temporary_folder("image") as context, ExitStack() as stack:
        shutil.copy(_DOCKERFILE, context / "Dockerfile")
        say("Fetching wheels ...")
        _fetch_wheels(requirements, context / "wheels", machine, glibc)
        say("Building ...")
        engine.build(context, bare, {"BASE": base})
        stack.callback(engine.run, "image", "rm", bare)
        modules = ", ".join(request.packages)
        say(f"Trying it: import {modules} ...")
        engine.run_once(bare, _PYTHON, f"import {modules}")
        versions = json.loads(engine.run_once(bare, _PYTHON, _LIST_VERSIONS))
        label = json.dumps({"python": _PYTHON, "versions": dict(sorted(versions.items()))})
        engine.build(context, request.name, {"BASE": base}, label)
    return engine.find_image(request.name)


def find_requirements(packages: Iterable[str], *, gpu: bool = False) -> list[str]:
    """Pin packages to the versions that are installed here.

    With ``gpu``, packages that offer their CUDA libraries are pinned together with them.

    Raises
    ------
    InfrastructureError
        A package is not installed, or ``gpu`` is set and no package computes on a GPU.
    """
    distributions = importlib.metadata.packages_distributions()
    pinned = {}
    for package in packages:
        if package not in distributions:
            raise InfrastructureError(
                f"{package!r} is not installed here.",
                hint=f"{sys.executable} -m pip install {package}",
            )
        name = distributions[package][0]
        pinned[name] = _cuda_extra(name) if gpu else ""
    if gpu and not any(pinned.values()) and not set(_WITH_CUDA) & pinned.keys():
        raise InfrastructureError(
            f"None of {', '.join(sorted(pinned))} computes on a GPU.",
            hint="Leave --gpu out, or name a framework in `frameworks` of an assignment.",
        )
    return sorted(
        f"{name}{extra}=={importlib.metadata.version(name)}" for name, extra in pinned.items()
    )


def _cuda_extra(distribution: str) -> str:
    """Return the extra that brings a framework's CUDA libraries.

    It is empty if the framework offers none.
    """
    offered = importlib.metadata.metadata(distribution).get_all("Provides-Extra") or ()
    return next((f"[{extra}]" for extra in _CUDA_EXTRAS if extra in offered), "")


def _describe(engine: Engine, base: str) -> tuple[list[int], str, int]:
    """Python's version, the machine and glibc's minor version in a base image."""
    version, machine, glibc = json.loads(
        engine.run_once(base, "python3", _DESCRIBE, may_fetch=True)
    )
    if not glibc:
        raise InfrastructureError(
            f"{base!r} has no glibc, for which the frameworks are built.",
            hint="Take a Debian base.",
        )
    return version, machine, int(glibc.split(".")[1])


def _fetch_wheels(requirements: list[str], folder: Path, machine: str, glibc: int) -> None:
    folder.mkdir()
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in requirements))
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(glibc, _OLDEST_GLIBC - 1, -1)]
    platforms += [f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"linux_{machine}"]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [
            *(
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
            ),
            *(
                "--only-binary",
                ":all:",
                "--dest",
                str(folder),
                "--requirement",
                str(folder / "requirements.txt"),
            ),
            *(word for name in platforms for word in ("--platform", name)),
            *("--python-version", f"{sys.version_info[0]}.{sys.version_info[1]}"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = [
            line for line in done.stderr.splitlines() if line.startswith("ERROR")
        ] or done.stderr.splitlines()[-3:]
        raise InfrastructureError("The wheels could not be fetched: " + " ".join(last))


def list_images(engine: Engine) -> list[Image]:
    """The grading images of an engine."""
    return [engine.find_image(name) for name in engine.grading_images()]


def prune(engine: Engine) -> list[str]:
    """Remove old grading images and the images that builds used.

    An old grading image has lost its name to a newer one.

    Returns
    -------
    list of str
        Digests of what was removed. The next build is made anew.
    """
    removed: list[str] = []
    while True:
        before = len(removed)
        for digest in engine.left_images():
            with contextlib.suppress(
                SandboxError
            ):  # a container still uses it, or another of them was made from it
                engine.run("image", "rm", digest)
                removed.append(digest)
        if len(removed) == before:
            return removed
