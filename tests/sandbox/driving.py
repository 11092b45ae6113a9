"""Open a sandbox of one of the kinds that the conformance list is for.

As a script this is a station of its own: it opens a sandbox of the kind named by its argument, takes requests as
lines of JSON from stdin and answers each by one.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from containers import CONTAINERS, IMAGE, find_engine

from autograder.records.outcome import Limits
from autograder.sandbox.bubblewrap import BubblewrapSandbox
from autograder.sandbox.conformance import driving
from autograder.sandbox.conformance.driving import FAST, CandidatePipes, Run, run_program
from autograder.sandbox.engine.container import ContainerSandbox
from autograder.sandbox.gpu.devices import find_devices
from autograder.sandbox.host.cgroup import SandboxGroups
from autograder.sandbox.plain import PlainSandbox
from autograder.sandbox.seam import SandboxSettings

__all__ = ["ENTRY", "FAST", "CandidatePipes", "Run", "open_kind", "run_program"]

ENTRY = {"entry": driving.ENTRY, "entry_folder": driving.ENTRY_FOLDER}


def open_kind(kind, settings):
    """Open a sandbox of one of the kinds the contract is for, with settings as JSON has them."""
    data = {name: Path(path) for name, path in settings.get("data", {}).items()}
    kind_and_folder = settings.get("gpu")
    device = find_devices(kind_and_folder[0], [Path(kind_and_folder[1])])[0] if kind_and_folder else None
    settings = SandboxSettings(**(ENTRY | settings | {"data": data, "gpu": device}))
    if kind == "plain":
        return PlainSandbox(settings)
    if kind in CONTAINERS:
        return ContainerSandbox(settings, find_engine(kind), IMAGE)
    return BubblewrapSandbox(settings, groups=SandboxGroups([]) if kind == "root-ungrouped" else None)


def main():
    """Serve requests until stdin ends."""
    kind, settings = sys.argv[1], json.loads(sys.argv[2])
    with open_kind(kind, settings) as sandbox:
        _answer({key: str(value) for key, value in sandbox.strengths.items()})
        for line in sys.stdin:
            request = json.loads(line)
            limits = Limits(**request.pop("limits"))
            _answer(asdict(run_program(sandbox, limits=limits, **request)))


def _answer(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
