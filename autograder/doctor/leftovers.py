"""Checks for leftovers of killed runs.

They are removed, as at every start of a sandbox.
"""

from __future__ import annotations

import shlex

from autograder.doctor.model import Finding, Status
from autograder.report.words import count_text
from autograder.sandbox.engine.command import Engine
from autograder.sandbox.host.janitor import find_leftovers, remove_leftovers

_NAME = "leftovers"


def sweep_machine() -> Finding:
    """Remove folders and control groups of dead runs.

    The finding says what there was.
    """
    before = find_leftovers()
    remove_leftovers()
    after = find_leftovers()
    stuck = [*after.folders, *after.groups]
    if stuck:
        what = count_text(len(stuck), "folder or control group", "folders or control groups")
        return Finding(
            name=_NAME,
            status=Status.PROBLEM,
            summary=f"{what} of killed runs cannot be removed: something is still in use.",
            remedy=f"ls -d {shlex.join(map(str, stuck))}",
        )
    kinds = {"temporary folder": len(before.folders), "control group": len(before.groups)}
    return _describe(_NAME, kinds)


def sweep_engine(engine: Engine) -> Finding:
    """Remove containers of dead runs.

    The finding says what there was.
    """
    return _describe(f"{_NAME} in {engine.name}", {"container": len(engine.remove_orphans())})


def _describe(name: str, kinds: dict[str, int]) -> Finding:
    counted = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in kinds.items() if count]
    if not counted:
        return Finding(name=name, status=Status.OK, summary="Killed runs have left nothing.")
    return Finding(name=name, status=Status.NOTE, summary=f"Removed what killed runs had left: {', '.join(counted)}.")
