"""The function that starts a sandbox.

A module that needs Unix is imported only when a sandbox is started.
"""

from __future__ import annotations

from autograder.errors import SandboxError, UsageError
from autograder.sandbox.seam import DEFAULT_IMAGE, ENGINES, Sandbox, SandboxSettings

SANDBOXES = ("auto", "bubblewrap", *ENGINES)


def open_sandbox(
    name: str, settings: SandboxSettings, *, image: str = DEFAULT_IMAGE, runtime: str = ""
) -> Sandbox:
    """Start the sandbox ``name``.

    Parameters
    ----------
    name
        Of `SANDBOXES`; ``auto`` is the first of the others that works here.
    image, runtime
        For containers: the image, and the runtime where it is not the engine's default.

    Raises
    ------
    UsageError
        There is no such sandbox.
    SandboxError
        The sandbox does not work here. For ``auto``, no sandbox works here.
    """
    if name not in SANDBOXES:
        raise UsageError(f"--sandbox: expected one of {', '.join(SANDBOXES)}, got {name!r}.")
    if name != "auto":
        sandbox = _make(name, settings, image, runtime)
        sandbox.start()
        return sandbox
    refusals = []
    for each in SANDBOXES[1:]:
        sandbox = _make(each, settings, image, runtime)
        try:
            sandbox.start()
        except SandboxError as error:
            refusals.append((each, error))
        else:
            return sandbox
    first = refusals[0][1]
    others = "".join(f"\n{each}: {error.message}" for each, error in refusals[1:])
    raise SandboxError(f"{first.message}{others}", hint=first.hint)


def _make(name: str, settings: SandboxSettings, image: str, runtime: str) -> Sandbox:
    if name == "bubblewrap":
        from autograder.sandbox.bubblewrap import BubblewrapSandbox  # noqa: PLC0415 - Unix only

        return BubblewrapSandbox(settings)
    from autograder.sandbox.engine.command import Engine  # noqa: PLC0415 - Unix only
    from autograder.sandbox.engine.container import ContainerSandbox  # noqa: PLC0415 - Unix only

    return ContainerSandbox(settings, Engine(name, runtime), image)
