"""The declared profile of what a candidate sees and may do, against what probes find inside."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from autograder.examiner.places import hide_places
from autograder.inside.walls.seccomp import answers
from autograder.records.outcome import Limits
from autograder.sandbox.bubblewrap import BubblewrapSandbox
from autograder.sandbox.host.cgroup import SandboxGroups
from autograder.sandbox.host.users import Users
from autograder.sandbox.profile import Profile, in_gvisor, render_profile
from autograder.sandbox.seam import SandboxSettings
from tests.threats.conftest import letters

FINDS = {
    "701_probe_filesystem": {"writable", "mount_options", "devices", "etc", "proc", "privileged_programs"},
    "703_probe_privileges": {
        "users", "groups", "capabilities", "init_capabilities", "no_new_privileges", "seccomp_mode", "namespaces", "control_groups", "interfaces", "processes",
        "descriptors", "environment", "resource_limits", "system_calls",
    },
    "705_probe_limits": {"threads", "file_bytes", "open_files", "reservable_mib"},
}  # fmt: skip
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "profile.md"
BEGIN, END = "<!-- profile: written by tests/threats -->", "<!-- end of the profile -->"
WARDENS = 8
SLACK_MIB = 64  # a coarse bound: what the candidate's own memory adds between its fork and the probe


class Counting:
    """Control groups of a machine that has all of them."""

    controllers = frozenset({"cpu", "memory", "pids"})


@pytest.fixture
def declared(bench):
    """The profile that the sandbox declares, as JSON has it."""
    profile = bench.station.sandbox.profile(bench.station.assignment.limits())
    return json.loads(json.dumps(asdict(profile)))


@pytest.fixture
def probe(bench, declared):
    """Run a probe, and give what it has found and what was declared of the same."""

    def run(name):
        numbers = {call: number for call, (number, _) in answers().items()}
        report = bench.grade_program(name, CALLS=json.dumps(numbers))
        assert letters(report) == "PPPPPP", report.criteria[0].message
        (line,) = report.stdout.splitlines()
        found = json.loads(line)
        assert set(found) == FINDS[name]
        expected = json.dumps({key: declared[key] for key in found})
        return found, json.loads(hide_places(expected, bench.station.assignment.course))  # as reports tell it

    return run


@pytest.mark.row("701")
def test_probe_filesystem_finds_what_is_declared(probe):
    """Three folders can be written, within their sizes; five devices; names of two users; nothing else stands out."""
    found, expected = probe("701_probe_filesystem")
    assert found == expected


@pytest.mark.row("703")
def test_probe_privileges_finds_what_is_declared(bench, probe):
    """A user of its own, no capability, its own namespaces, two processes, and each denied call with its error."""
    found, expected = probe("703_probe_privileges")
    first, last = expected.pop("users")
    assert {first <= number <= last for number in found["users"]} == {True}
    assert len(set(found.pop("users"))) == 1
    own = Path("/proc/self/ns")
    found["namespaces"] = sorted(
        name for name, inode in found["namespaces"].items() if inode != (own / name).stat().st_ino
    )
    if bench.is_in_gvisor:  # the limit of the address space is found by what can be reserved
        assert len(set(found["resource_limits"].pop("RLIMIT_AS"))) == 1
    answered, refused = found.pop("system_calls"), expected.pop("system_calls")
    assert {name: answer for name, answer in answered.items() if answer != refused.get(name)} == {}
    assert (set(answered), found) == (set(refused), expected)


@pytest.mark.row("705")
def test_probe_limits_finds_what_is_declared(bench, probe):
    """Threads, descriptors and the size of a file end where it is declared, and so does memory."""
    found, expected = probe("705_probe_limits")
    if bench.station.sandbox.strengths["pids"] == "rlimit":  # counted per user: the wardens' share is added
        expected["threads"] = min(max(found["threads"], expected["threads"]), expected["threads"] + WARDENS)
    assert 0 <= expected.pop("reservable_mib") - found.pop("reservable_mib") < SLACK_MIB
    assert found == expected


def test_probes_together_look_for_all_that_is_declared():
    """No part of the profile is only a promise."""
    assert set().union(*FINDS.values()) == {field.name for field in fields(Profile)}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the page names the calls of x86_64")
def test_profile_in_the_reference_is_the_declared_one():
    """People read what the probes were held against; written anew with AUTOGRADER_WRITE_SECURITY=1."""
    users = Users(1_000_000_000, 4096)
    sandbox = BubblewrapSandbox(SandboxSettings())
    sandbox._users, sandbox._groups = users, Counting()
    usual = sandbox.profile(Limits())
    sandbox._groups = SandboxGroups([])
    other = in_gvisor(sandbox.profile(Limits()), sandbox._share(0, Limits()))
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    tables = f"{render_profile(usual)}\n\nOtherwise in gVisor (20221219):\n\n{render_profile(other, usual)}"
    written = f"{head}{BEGIN}\n\n{tables}\n\n{END}{rest.partition(END)[2]}"
    if os.environ.get("AUTOGRADER_WRITE_SECURITY"):
        PAGE.write_text(written)
    assert PAGE.read_text() == written
