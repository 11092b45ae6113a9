"""The conformance list, which `autograder doctor --full` runs too, for sandboxes of every kind; and that it can fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from containers import CONTAINERS, IN_GVISOR
from driving import FAST

import autograder
from autograder.sandbox.conformance.check import CheckedSandbox, ConformanceError, only_report
from autograder.sandbox.conformance.driving import SERIAL, Run
from autograder.sandbox.conformance.listing import CHECKS
from autograder.sandbox.seam import Ending

REPOSITORY = Path(autograder.__file__).parents[1]
WALLED = ("root", "root-ungrouped", "root-gpu", "user", *CONTAINERS)
IS_ROOT = os.geteuid() == 0


def is_asked(kind, check):
    """Whether a check is for sandboxes of a kind; root's station of an ordinary user is another process."""
    return (kind in WALLED or not check.needs_walls) and not (kind == "user" and IS_ROOT and check.needs_sandbox)


DIFFERENCES = dict.fromkeys(IN_GVISOR, SERIAL)
CASES = [(kind, check) for kind in (*WALLED, "plain") for check in CHECKS if is_asked(kind, check)]
ENDING = Ending(exit_status=None, signal=None, is_oom=False, cpu_s=0.0, peak_memory_mib=None, limit=None)
# What can be asked of a sandbox without walls and hurts nobody: the others would kill, fill and write.
HARMLESS = {
    "network_every_family_is_refused",
    "network_canary_listeners_on_the_host_are_not_reached",
    "network_connected_pairs_work_and_cannot_be_addressed",
    "view_has_only_the_folders_that_were_built",
    "view_package_shows_only_what_runs_inside",
    "processes_only_itself_and_its_init_are_visible",
    "privileges_are_none",
    "packages_numpy_candidates_cannot_import_frameworks",
    "packages_forbidden_ones_are_hidden_from_all[False]",
    "memory_files_without_a_name_are_refused",
}


@pytest.mark.parametrize(("kind", "check"), CASES, ids=[f"{kind}-{check.name}" for kind, check in CASES])
def test_conformance(kind, check, subjects):
    """A sandbox of each kind does what the list says, but for what is known of its kind: that it does not do."""
    subject = subjects(kind)
    difference = DIFFERENCES.get(kind, {}).get(check.name)
    if difference is None:
        check.run(subject)
        return
    assert subject.sandbox.differences[check.name] == difference
    with pytest.raises(ConformanceError):
        check.run(subject)


def test_conformance_differences_are_checks_of_the_list():
    """Whoever is excused from a check names one that there is, and no sandbox on the kernel of this machine is excused."""
    assert set(SERIAL) <= {check.name for check in CHECKS}
    assert set(DIFFERENCES) == set(IN_GVISOR)


def test_conformance_names_are_unique_and_said():
    """A check is known by its name, and by a sentence."""
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.summary.endswith(".") for check in CHECKS)
    assert {check.name for check in CHECKS} >= HARMLESS


@pytest.mark.parametrize("check", [check for check in CHECKS if check.name in HARMLESS], ids=lambda check: check.name)
def test_conformance_of_a_sandbox_without_walls_fails(check, subjects):
    """What no wall keeps from anything is found to lack walls, by every check that can be tried on it."""
    with pytest.raises(ConformanceError):
        check.run(subjects("plain"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_conformance_of_a_sandbox_in_which_nothing_runs_fails(check):
    """Programs that do not run, or say nothing, are no sign of a wall."""

    def run(program, *, limits=FAST, frameworks=False, timeout_s=20.0):
        return Run([], "", "", 0, is_silent=False, ending=ENDING)

    with pytest.raises(ConformanceError):
        check.run(CheckedSandbox(run, {"memory": "cgroup"}))


def test_view_repository_is_invisible(walls):
    """Nothing of this repository exists inside; at most the folder that leads to a virtual environment in it."""
    names = ("reference", "assignments", "autograder", "tests", "pyproject.toml", ".git")
    there = [str(REPOSITORY / name) for name in names] + [__file__]
    program = f"import os; report([path for path in {there!r} if os.path.exists(path)])"
    assert only_report(walls.run(program)) == []


def test_environment_has_nothing_of_the_stations(walls, monkeypatch):
    """A variable that is set outside is not there inside."""
    monkeypatch.setenv("CANARY_SECRET", "hidden")
    assert "CANARY_SECRET" not in only_report(walls.run("import os; report(dict(os.environ))"))
