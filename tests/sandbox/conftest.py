"""Sandboxes of every kind the contract is for, opened once."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "gpu"))
sys.path.insert(0, str(Path(__file__).parent))  # for the modules below, which also run as scripts

from containers import find_engine
from driving import open_kind, run_program
from made_up import KIND, spec_of, write_spec
from ordinary import OrdinaryStation

from autograder.sandbox import ENGINES

IS_ROOT = os.geteuid() == 0
# A small package stands for a framework: masked for the one kind of candidates, imported for the other.
FRAMEWORK, FORBIDDEN = "click", "jinja2"


class Walls:
    """A sandbox under contract.

    Attributes
    ----------
    kind
        root, root-ungrouped, root-gpu (with a made-up device), user, docker, podman or plain.
    run
        Runs a program in a fresh candidate.
    strengths
        Per limit, how strongly it is applied.
    """

    def __init__(self, kind, run, strengths):
        self.kind = kind
        self.run = run
        self.strengths = strengths

    @property
    def is_grouped(self):
        """Whether control groups hold candidates to their memory."""
        return self.strengths["memory"] == "cgroup"


SETTINGS = {
    "frameworks": [FRAMEWORK],
    "masked": [FRAMEWORK],
    "forbidden": [FORBIDDEN],
    "data": {"data/numbers.txt": str(Path(__file__).parent / "data" / "numbers.txt")},
}


def _open(kind, stack):
    if kind == "user" and IS_ROOT:
        station = stack.enter_context(closing(OrdinaryStation(kind, SETTINGS)))
        return Walls(kind, station.run, station.strengths)
    settings = SETTINGS
    if kind == "root-gpu":
        folder = Path(stack.enter_context(TemporaryDirectory()))
        settings = SETTINGS | {"gpu": [KIND, str(write_spec(folder, spec_of(folder)))]}
    sandbox = stack.enter_context(open_kind(kind, settings))
    return Walls(kind, partial(run_program, sandbox), sandbox.strengths)


@pytest.fixture(scope="session")
def _kinds():
    with ExitStack() as stack:
        opened = {}

        def get(kind):
            if kind.startswith("root") and not IS_ROOT:
                pytest.skip("needs root")
            if kind in ENGINES and isinstance(refusal := find_engine(kind), str):
                pytest.skip(refusal)
            if kind not in ("plain", *ENGINES) and shutil.which("bwrap") is None:
                pytest.skip("bubblewrap is not installed")
            if kind not in opened:
                opened[kind] = _open(kind, stack)
            return opened[kind]

        yield get


@pytest.fixture(params=["root", "root-ungrouped", "root-gpu", "user", "docker", "podman"])
def walls(request, _kinds):
    """Every sandbox that has walls."""
    return _kinds(request.param)


@pytest.fixture(params=["root", "root-ungrouped", "user", "docker", "podman", "plain"])
def anywhere(request, _kinds):
    """Every sandbox."""
    return _kinds(request.param)
