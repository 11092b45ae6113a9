"""The table of sandboxes, and the function that starts one.

A module that needs Unix is imported only when a sandbox is started.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from autograder.errors import SandboxError, UsageError
from autograder.sandbox.seam import DEFAULT_IMAGE, ENGINES, Sandbox, SandboxSettings


@dataclass(frozen=True, slots=True)
class SandboxKind:
    """A kind of sandbox.

    Attributes
    ----------
    make
        Makes one, without starting it, from the settings, an image and a runtime. Kinds
        without images ignore the last two.
    """

    name: str
    make: Callable[[SandboxSettings, str, str], Sandbox]


def _make_bubblewrap(settings: SandboxSettings, _image: str, _runtime: str) -> Sandbox:
    from autograder.sandbox.bubblewrap import BubblewrapSandbox  # noqa: PLC0415 - Unix only

    return BubblewrapSandbox(settings)


def _make_container(engine: str, settings: SandboxSettings, image: str, runtime: str) -> Sandbox:
    from autograder.sandbox.engine.command import Engine  # noqa: PLC0415 - Unix only
    from autograder.sandbox.engine.container import ContainerSandbox  # noqa: PLC0415 - Unix only

    return ContainerSandbox(settings, Engine(engine, runtime), image)


#: In the order in which ``auto`` tries them.
KINDS = (
    SandboxKind("bubblewrap", _make_bubblewrap),
    *(SandboxKind(engine, partial(_make_container, engine)) for engine in ENGINES),
)
SANDBOXES = ("auto", *(kind.name for kind in KINDS))


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
    refusals = []
    for kind in KINDS:
        if name not in ("auto", kind.name):
            continue
        sandbox = kind.make(settings, image, runtime)
        try:
            sandbox.start()
        except SandboxError as error:
            if name != "auto":
                raise
            refusals.append((kind.name, error))
        else:
            return sandbox
    first = refusals[0][1]
    others = "".join(f"\n{each}: {error.message}" for each, error in refusals[1:])
    raise SandboxError(f"{first.message}{others}", hint=first.hint)
