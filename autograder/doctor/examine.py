"""All checks of this machine.

They run side by side where they do not wait for each other. Each is bounded in time, and none of
them raises.
"""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from autograder.doctor.model import Checkup, FindingStatus, MachineFinding, SandboxFinding
from autograder.errors import AutograderError
from autograder.sandbox.engine.gvisor import RUNTIME
from autograder.sandbox.open import SANDBOXES
from autograder.sandbox.seam import DEFAULT_IMAGE, ENGINES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
_CHECK_S = 30.0
_SANDBOX_S = 60.0
_DISTRIBUTION = "warmfork-autograder"


@dataclass(frozen=True, slots=True)
class ExamineRequest:
    """The sandboxes to examine.

    Attributes
    ----------
    sandbox
        Of `SANDBOXES`; ``auto`` for all of them.
    image, runtime
        For containers: the image, and what starts them where it is not the engine's default.
    """

    sandbox: str = "auto"
    image: str = DEFAULT_IMAGE
    runtime: str = ""


def examine(request: ExamineRequest) -> Checkup:
    """Look at this machine."""
    if not sys.platform.startswith("linux"):
        return _refuse_platform()
    from autograder.doctor.engines import sweep_machine  # noqa: PLC0415 - Linux only
    from autograder.doctor.sandboxes import choose  # noqa: PLC0415 - Linux only

    # before a sandbox is started, which removes them, too
    leftovers = _find("leftovers", sweep_machine)
    with ThreadPoolExecutor(len(SANDBOXES)) as pool:
        machine = pool.submit(_examine_machine)
        chains = [pool.submit(_examine_sandbox, name, request) for name in SANDBOXES[1:]]
        findings = [
            *machine.result(),
            leftovers,
            *(finding for chain in chains for finding in chain.result()[0]),
        ]
        sandboxes = [found for chain in chains if (found := chain.result()[1]) is not None]
    auto, why = choose(sandboxes) if request.sandbox == "auto" else (None, "")
    return Checkup(version=_version(), findings=findings, sandboxes=sandboxes, auto=auto, why=why)


def _examine_machine() -> list[MachineFinding]:
    from autograder.doctor import engines, kernel, resources  # noqa: PLC0415 - Linux only

    checks: dict[str, Callable[[], MachineFinding]] = {
        "kernel": kernel.find_kernel,
        "namespaces": kernel.find_namespaces,
        "cgroups": kernel.find_cgroups,
        "seccomp": kernel.find_seccomp,
        "Landlock": kernel.find_landlock,
        "GPUs": resources.find_gpus,
        "memory": resources.find_memory,
        "disk for reports": resources.find_reports_disk,
        "disk for temporary files": resources.find_temporary_disk,
        "runsc": engines.find_runsc,
    }
    return [_find(name, check) for name, check in checks.items()]


def _examine_sandbox(
    name: str, request: ExamineRequest
) -> tuple[list[MachineFinding], SandboxFinding | None]:
    """Examine a sandbox's prerequisites, then the sandbox itself.

    The sandbox is examined only if it was asked for.
    """
    from autograder.doctor.sandboxes import try_sandbox  # noqa: PLC0415 - Linux only

    findings = list(_PREREQUISITES[name](name, request)) if name in _PREREQUISITES else []
    if request.sandbox not in ("auto", name):
        return findings, None
    first = findings[0] if findings else None
    # Starting a sandbox whose prerequisites are missing would say the same, and might take long.
    if first is not None and first.status is not FindingStatus.OK:
        return findings, SandboxFinding(
            name=name, works=False, reason=first.summary, remedy=first.remedy
        )
    found = _within(_SANDBOX_S, lambda: try_sandbox(name, request.image, request.runtime))
    if isinstance(found, str):
        return findings, SandboxFinding(name=name, works=False, reason=found, seconds=_SANDBOX_S)
    return findings, found


def _prerequisites_of_bubblewrap(_name: str, _request: ExamineRequest) -> Iterator[MachineFinding]:
    from autograder.doctor import engines  # noqa: PLC0415 - Linux only

    yield _find("bubblewrap", engines.find_bubblewrap)


def _prerequisites_of_engine(name: str, request: ExamineRequest) -> Iterator[MachineFinding]:
    from autograder.doctor import engines  # noqa: PLC0415 - Linux only

    yield (answer := _find(name.capitalize(), lambda: engines.find_engine(name)))
    if answer.status is not FindingStatus.OK:
        return
    yield _find(f"leftovers in {name}", lambda: engines.sweep_engine(engines.ask(name)))
    yield _find(f"disk for {name}", lambda: engines.find_engine_disk(name))
    yield (images := _find(f"images of {name}", lambda: engines.find_images(name, request.image)))
    if images.status is FindingStatus.OK and shutil.which(RUNTIME):
        yield _find(
            f"{RUNTIME} with {name}", lambda: engines.find_host_sockets(name, request.image)
        )


#: By kind of sandbox, its checks; the first decides whether starting it is worth a try.
_PREREQUISITES: dict[str, Callable[[str, ExamineRequest], Iterator[MachineFinding]]] = {
    "bubblewrap": _prerequisites_of_bubblewrap,
    **dict.fromkeys(ENGINES, _prerequisites_of_engine),
}


def _find(name: str, check: Callable[[], MachineFinding]) -> MachineFinding:
    found = _within(_CHECK_S, check)
    return (
        MachineFinding(name=name, status=FindingStatus.PROBLEM, summary=found)
        if isinstance(found, str)
        else found
    )


def _within(timeout_s: float, check: Callable[[], T]) -> T | str:
    """Return a check's finding, or the reason why it has none.

    The check runs in a thread, which is waited for at most this long.
    """
    found: list[T | str] = []

    def run() -> None:
        try:
            found.append(check())
        except AutograderError as error:
            hint = f" ({error.hint})" if error.hint else ""
            found.append(f"{error.message}{hint}")
        # a doctor that falls ill helps nobody: what it is, is the finding
        except Exception as error:  # noqa: BLE001
            found.append(f"{type(error).__name__}: {error}")

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout_s)
    return found[0] if found else f"no answer within {timeout_s:.0f} s."


def _refuse_platform() -> Checkup:
    summary = f"{platform.system()} cannot grade: sandboxes need Linux. `autograder check` works."
    finding = MachineFinding(
        name="kernel",
        status=FindingStatus.PROBLEM,
        summary=summary,
        remedy="grade on a Linux machine",
    )
    return Checkup(
        version=_version(), findings=[finding], sandboxes=[], auto=None, why="this is not Linux."
    )


def _version() -> str:
    try:
        return importlib.metadata.version(_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:  # run from a source tree
        return "unknown"
