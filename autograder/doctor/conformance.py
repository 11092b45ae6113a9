"""The conformance list, run in every sandbox that works here."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from autograder.doctor.model import Checkup, ConformanceFinding
from autograder.doctor.render import render_conformance, render_conformance_total
from autograder.errors import SandboxError
from autograder.sandbox.conformance.check import SETTINGS, subject_of
from autograder.sandbox.conformance.listing import CHECKS
from autograder.sandbox.open import open_sandbox
from autograder.sandbox.seam import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autograder.doctor.examine import ExamineRequest
    from autograder.sandbox.conformance.check import Check


def run_conformance(
    checkup: Checkup,
    request: ExamineRequest,
    say: Callable[[str], None],
    width: int,
    *,
    has_colour: bool,
) -> Checkup:
    """Run the conformance list in every sandbox that works.

    Return the checkup with its findings.

    Parameters
    ----------
    say
        Takes a line for each check as soon as it is known, for a terminal of ``width`` columns.
    """
    found: list[ConformanceFinding] = []
    for name in (one.name for one in checkup.sandboxes if one.works):
        say(f"\n{name}")
        begun = len(found)
        for one in _hold(name, request):
            say(render_conformance(one, width=width, has_colour=has_colour).rstrip("\n"))
            found.append(one)
        say(render_conformance_total(name, found[begun:]))
    return checkup.model_copy(update={"conformance": found})


def _hold(name: str, request: ExamineRequest) -> Iterator[ConformanceFinding]:
    """Run the list in a sandbox, one check after the other.

    After a check that failed the others are asked of a fresh sandbox: the old one may be spoilt.
    """
    with ExitStack() as opened:
        sandbox: Sandbox | None = None
        for check in CHECKS:
            began = time.monotonic()
            difference = None
            try:
                if sandbox is None:
                    sandbox = opened.enter_context(_open(name, request))
                check.run(subject_of(sandbox))
            except SandboxError as error:
                failure: str | None = error.message
                difference = sandbox.differences.get(check.name) if sandbox else None
            except Exception as error:  # noqa: BLE001 - a check that breaks does not hold
                failure = f"{type(error).__name__}: {error}"
            else:
                failure = None
            if failure is not None:
                opened.close()
                sandbox = None
            yield _describe(name, check, failure, difference, time.monotonic() - began)


def _open(name: str, request: ExamineRequest) -> Sandbox:
    return open_sandbox(name, SETTINGS, image=request.image, runtime=request.runtime)


def _describe(
    name: str, check: Check, failure: str | None, difference: str | None, seconds: float
) -> ConformanceFinding:
    return ConformanceFinding(
        sandbox=name,
        name=check.name,
        summary=check.summary,
        failure=failure if difference is None else None,
        difference=difference,
        seconds=round(seconds, 2),
    )
