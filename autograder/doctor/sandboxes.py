"""Checks of every sandbox, and the choice of ``auto``.

Each sandbox is started for real and asked for a candidate.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from autograder.doctor.model import SandboxFinding
from autograder.errors import SandboxError
from autograder.sandbox.conformance.driving import ENTRY, ENTRY_FOLDER, run_program
from autograder.sandbox.open import SANDBOXES, open_sandbox
from autograder.sandbox.seam import Sandbox, SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROGRAM = "import numpy as np; report(float(np.arange(4).sum()))"
_ANSWER = 6.0


def try_sandbox(name: str, image: str, runtime: str) -> SandboxFinding:
    """Start a sandbox and try a candidate in it.

    The candidate computes something.
    """
    began = time.monotonic()
    settings = SandboxSettings(entry=ENTRY, entry_folder=ENTRY_FOLDER)
    try:
        with open_sandbox(name, settings, image=image, runtime=runtime) as sandbox:
            run = run_program(sandbox, _PROGRAM)
            found = _describe(sandbox)
    except SandboxError as error:
        seconds = round(time.monotonic() - began, 2)
        return SandboxFinding(
            name=name, works=False, reason=error.message, remedy=error.hint, seconds=seconds
        )
    seconds = round(time.monotonic() - began, 2)
    if run.reports != [_ANSWER]:
        reason = (
            f"a candidate was started and gave no answer. It wrote:\n{run.stderr or '(nothing)'}"
        )
        return found.model_copy(update={"works": False, "reason": reason, "seconds": seconds})
    return found.model_copy(update={"seconds": seconds})


def _describe(sandbox: Sandbox) -> SandboxFinding:
    image = sandbox.image
    return SandboxFinding(
        name=sandbox.name,
        works=True,
        strengths={limit: str(strength) for limit, strength in sandbox.strengths.items()},
        image=f"{image.name} {image.id[:12]}" if image else None,
    )


def choose(found: Sequence[SandboxFinding]) -> tuple[str | None, str]:
    """Choose the sandbox that ``auto`` takes, with a reason."""
    order = ", ".join(SANDBOXES[1:])
    taken = next((one for one in found if one.works), None)
    if taken is None:
        return None, f"none of {order} works here."
    refused = [one.name for one in found[: found.index(taken)]]
    if not refused:
        return taken.name, f"it is the first of {order}, and works."
    verb = "does not" if len(refused) == 1 else "do not"
    return taken.name, f"it is the first of {order} that works: {' and '.join(refused)} {verb}."
