"""Sandboxes of every kind the conformance list is for, opened once."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "gpu"))
sys.path.insert(0, str(Path(__file__).parent))  # for the modules below, which also run as scripts

from containers import CONTAINERS, find_engine
from driving import open_kind
from made_up import KIND, spec_of, write_spec
from ordinary import OrdinaryStation

from autograder.sandbox.conformance.check import SETTINGS, CheckedSandbox, subject_of
from autograder.sandbox.gpu.devices import find_devices

IS_ROOT = os.geteuid() == 0
OFFERED = {
    "frameworks": SETTINGS.frameworks,
    "masked": SETTINGS.masked,
    "forbidden": SETTINGS.forbidden,
    "data": {name: str(path) for name, path in SETTINGS.data.items()},
}


def _open(kind, stack):
    if kind == "user" and IS_ROOT:
        station = stack.enter_context(closing(OrdinaryStation(kind, OFFERED)))
        return CheckedSandbox(station.run, station.strengths)
    if kind != "root-gpu":
        return subject_of(stack.enter_context(open_kind(kind, OFFERED)))
    folder = Path(stack.enter_context(TemporaryDirectory()))
    specs = write_spec(folder, spec_of(folder))
    sandbox = stack.enter_context(open_kind(kind, OFFERED | {"gpu": [KIND, str(specs)]}))
    return subject_of(sandbox, find_devices(KIND, [specs])[0])


@pytest.fixture(scope="session")
def subjects():
    """Sandboxes by kind: root, root-ungrouped, root-gpu (with a made-up device), user, an engine with or without gVisor, or plain."""
    with ExitStack() as stack:
        opened = {}

        def get(kind):
            if kind.startswith("root") and not IS_ROOT:
                pytest.skip("needs root")
            if kind in CONTAINERS and isinstance(refusal := find_engine(kind), str):
                pytest.skip(refusal)
            if kind not in ("plain", *CONTAINERS) and shutil.which("bwrap") is None:
                pytest.skip("bubblewrap is not installed")
            if kind not in opened:
                opened[kind] = _open(kind, stack)
            return opened[kind]

        yield get


@pytest.fixture(params=["root", "root-ungrouped", "root-gpu", "user", *CONTAINERS])
def walls(request, subjects):
    """Every sandbox that has walls."""
    return subjects(request.param)
