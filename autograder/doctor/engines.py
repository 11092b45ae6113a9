"""Checks of sandbox programs, and of killed runs' remains.

These are bubblewrap, Docker, Podman and gVisor, and the images on this machine.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.doctor.model import FindingStatus, MachineFinding
from autograder.doctor.resources import find_disk
from autograder.errors import SandboxError
from autograder.report.words import count_text
from autograder.sandbox.bubblewrap import try_bubblewrap
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.engine.gvisor import RUNTIME, find_socket_refusal
from autograder.sandbox.host.janitor import find_leftovers, remove_leftovers

ANSWER_S = 10.0  # how long an engine may take to answer
_CONTAINER_S = 30.0  # to start a container
_HOST_SOCKETS = "--host-uds=open"


def find_bubblewrap() -> MachineFinding:
    """Check that bubblewrap starts."""
    try:
        version = try_bubblewrap(ANSWER_S)
    except SandboxError as error:
        return _refused("bubblewrap", error, is_there=shutil.which("bwrap") is not None)
    return MachineFinding(name="bubblewrap", status=FindingStatus.OK, summary=f"{version} starts.")


def ask(name: str) -> Engine:
    """An engine that has to answer soon."""
    return Engine(name, timeout_s=ANSWER_S)


def find_engine(name: str) -> MachineFinding:
    """Ask an engine for its version."""
    try:
        version = ask(name).check()
    except SandboxError as error:
        return _refused(name.capitalize(), error, is_there=shutil.which(name) is not None)
    return MachineFinding(
        name=name.capitalize(), status=FindingStatus.OK, summary=f"{version} answers."
    )


def find_engine_disk(name: str) -> MachineFinding:
    """Room where an engine keeps images and containers."""
    folder = Path(ask(name).info(".DockerRootDir" if name == "docker" else ".Store.GraphRoot"))
    if not folder.is_dir():  # the engine's machine is another one
        return MachineFinding(
            name=f"disk for {name}",
            status=FindingStatus.NOTE,
            summary=f"{folder} is not on this machine.",
        )
    return find_disk(name, folder, f"{name} system prune", is_ours=name == "podman")


def find_images(name: str, wanted: str) -> MachineFinding:
    """List an engine's grading images and find the wanted one."""
    engine = ask(name)
    what = f"images of {name}"
    build = f"autograder image build --engine {name}"
    images = [engine.find_image(each) for each in engine.grading_images()]
    names = ", ".join(f"{one.name} (Python {one.versions['python']})" for one in images) or "none"
    try:
        image = engine.find_image(wanted)
    except SandboxError as error:
        summary = f"{error.message} Grading images: {names}."
        return MachineFinding(
            name=what, status=FindingStatus.NOTE, summary=summary, remedy=error.hint or build
        )
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if not image.versions["python"].startswith(f"{own}."):
        summary = (
            f"{wanted!r} has Python {image.versions['python']}, this machine grades with {own}."
        )
        return MachineFinding(
            name=what, status=FindingStatus.PROBLEM, summary=summary, remedy=build
        )
    return MachineFinding(name=what, status=FindingStatus.OK, summary=f"{names}.")


def find_runsc() -> MachineFinding:
    """Check that gVisor is installed."""
    path = shutil.which(RUNTIME)
    if path is None:
        return MachineFinding(
            name=RUNTIME,
            status=FindingStatus.NOTE,
            summary="gVisor is not installed; no sandbox needs it.",
            remedy="https://gvisor.dev/docs/user_guide/install/",
        )
    done = subprocess.run(  # noqa: S603 - found on PATH
        [path, "--version"], capture_output=True, text=True, timeout=ANSWER_S, check=False
    )
    version = (done.stdout.splitlines() or ["(no version)"])[0].removeprefix("runsc version ")
    return MachineFinding(name=RUNTIME, status=FindingStatus.OK, summary=f"{version} in {path}.")


def find_host_sockets(name: str, wanted: str) -> MachineFinding:
    """Check that a gVisor container reaches a socket of the host.

    For Docker, this is a setting of its daemon.
    """
    what = f"{RUNTIME} with {name}"
    engine = Engine(name, RUNTIME, timeout_s=_CONTAINER_S)
    image = engine.find_image(wanted)
    if name == "docker" and RUNTIME not in engine.info(".Runtimes"):
        return MachineFinding(
            name=what,
            status=FindingStatus.NOTE,
            summary="Docker's daemon does not know it.",
            remedy=daemon_remedy(),
        )
    try:
        refusal = find_socket_refusal(engine, image)
    except SandboxError as error:
        return MachineFinding(
            name=what, status=FindingStatus.NOTE, summary=_first_line(error), remedy=error.hint
        )
    if refusal is None:
        return MachineFinding(
            name=what,
            status=FindingStatus.OK,
            summary="A container starts and connects to a socket of the host.",
        )
    if name == "docker":
        return MachineFinding(
            name=what,
            status=FindingStatus.PROBLEM,
            summary=f"A container cannot connect to a socket of the host ({refusal}): the daemon's "
            "configuration has to "
            f'say "runtimes": {{"{RUNTIME}": {{"path": "{shutil.which(RUNTIME)}", "runtimeArgs": '
            f'["{_HOST_SOCKETS}"]}}}}.',
            remedy=daemon_remedy(),
        )
    return MachineFinding(
        name=what,
        status=FindingStatus.NOTE,
        summary="A container cannot connect to a socket of the host, although it is told that it "
        f"may ({refusal}).",
        remedy=f"podman --runtime {RUNTIME} --runtime-flag={_HOST_SOCKETS.removeprefix('--')} run "
        "...",
    )


def daemon_remedy() -> str:
    """Return the command that tells Docker's daemon of gVisor.

    It also lets gVisor's containers connect to sockets of the host.
    """
    return f"sudo {RUNTIME} install -- {_HOST_SOCKETS} && sudo systemctl restart docker"


def _refused(name: str, error: SandboxError, *, is_there: bool) -> MachineFinding:
    status = FindingStatus.PROBLEM if is_there else FindingStatus.NOTE
    return MachineFinding(name=name, status=status, summary=_first_line(error), remedy=error.hint)


def _first_line(error: SandboxError) -> str:
    return error.message.splitlines()[0]


_NAME = "leftovers"


def sweep_machine() -> MachineFinding:
    """Remove folders and control groups of dead runs.

    The finding says what there was.
    """
    before = find_leftovers()
    remove_leftovers()
    after = find_leftovers()
    stuck = [*after.folders, *after.groups]
    if stuck:
        what = count_text(len(stuck), "folder or control group", "folders or control groups")
        return MachineFinding(
            name=_NAME,
            status=FindingStatus.PROBLEM,
            summary=f"{what} of killed runs cannot be removed: something is still in use.",
            remedy=f"ls -d {shlex.join(map(str, stuck))}",
        )
    kinds = {"temporary folder": len(before.folders), "control group": len(before.groups)}
    return _describe(_NAME, kinds)


def sweep_engine(engine: Engine) -> MachineFinding:
    """Remove containers of dead runs.

    The finding says what there was.
    """
    return _describe(f"{_NAME} in {engine.name}", {"container": len(engine.remove_orphans())})


def _describe(name: str, kinds: dict[str, int]) -> MachineFinding:
    counted = [
        f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in kinds.items() if count
    ]
    if not counted:
        return MachineFinding(
            name=name, status=FindingStatus.OK, summary="Killed runs have left nothing."
        )
    return MachineFinding(
        name=name,
        status=FindingStatus.NOTE,
        summary=f"Removed what killed runs had left: {', '.join(counted)}.",
    )
