"""Checks of the kernel's means for a wall."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from autograder.doctor.model import FindingStatus, MachineFinding
from autograder.errors import InfrastructureError
from autograder.records.outcome import Limits
from autograder.sandbox.host.cgroup import SandboxGroups, find_hierarchies
from autograder.sandbox.host.refusal import explain

MACHINES = ("x86_64", "aarch64")
_OLDEST = (5, 4)  # waiting for a process by its descriptor
_PROBE_TIMEOUT_S = 5.0
_ROOT = Path(__file__).resolve().parents[2]


def find_kernel() -> MachineFinding:
    """Check the kernel's version and the machine.

    There must be a table of system calls for the machine.
    """
    uname = os.uname()
    text = f"{uname.sysname} {uname.release} on {uname.machine}"
    if uname.machine not in MACHINES:
        return MachineFinding(
            name="kernel",
            status=FindingStatus.PROBLEM,
            summary=f"{text}: there is no system call filter for this machine.",
            remedy=f"grade on one of {', '.join(MACHINES)}",
        )
    version = tuple(int(part) for part in re.findall(r"\d+", uname.release)[:2])
    if version < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        return MachineFinding(
            name="kernel",
            status=FindingStatus.PROBLEM,
            summary=f"{text}: {oldest} or later is needed.",
            remedy="sudo apt-get update && sudo apt-get dist-upgrade",
        )
    return MachineFinding(name="kernel", status=FindingStatus.OK, summary=f"{text}.")


def find_namespaces() -> MachineFinding:
    """Check that namespaces can be made.

    One of each kind is made, with a /proc in them.
    """
    steps = _probe("namespaces")
    refused = {name: reason for name, reason in steps.items() if reason}
    if not refused:
        names = [name for name in steps if name != "/proc"]
        return MachineFinding(
            name="namespaces",
            status=FindingStatus.OK,
            summary=f"{', '.join(names[:-1])} and {names[-1]} namespaces can be made, with a /proc "
            "of their own.",
        )
    sign = "Can't mount proc" if "/proc" in refused else "No permissions to create"
    if os.geteuid() == 0 and "/proc" not in refused:
        sign = "Creating new namespace failed"
    reasons = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
    return MachineFinding(
        name="namespaces",
        status=FindingStatus.PROBLEM,
        summary=f"refused ({reasons}).",
        remedy=explain(sign).hint,
    )


def find_seccomp() -> MachineFinding:
    """Install the filter that candidates get."""
    found = _probe("seccomp")
    if found["refused"] == "socket" and found["mode"] == "2":
        return MachineFinding(
            name="seccomp",
            status=FindingStatus.OK,
            summary="The candidates' filter can be installed, and refuses a socket.",
        )
    return MachineFinding(
        name="seccomp",
        status=FindingStatus.PROBLEM,
        summary="A filter was installed, and refused nothing.",
        remedy="grade outside of what emulates this kernel",
    )


def find_landlock() -> MachineFinding:
    """Check Landlock's version.

    No wall rests on it.
    """
    found = _probe("landlock")
    if found["version"]:
        return MachineFinding(
            name="Landlock",
            status=FindingStatus.OK,
            summary=f"Version {found['version']} (no sandbox needs it).",
        )
    return MachineFinding(
        name="Landlock",
        status=FindingStatus.NOTE,
        summary=f"Not available: {found['error']}. No sandbox needs it.",
    )


def find_cgroups() -> MachineFinding:
    """Check that control groups can hold a candidate.

    A group with a candidate's limits is made and removed.
    """
    hierarchies = find_hierarchies()
    groups = SandboxGroups(hierarchies)
    groups.create()
    try:
        counted = groups.controllers
        if counted:
            groups.add(0).limit(Limits())
    finally:
        groups.remove()
    missing = sorted({"cpu", "memory", "pids"} - counted)
    versions = " and ".join(
        f"v{version}" for version in sorted({one.version for one in hierarchies})
    )
    if not missing:
        return MachineFinding(
            name="cgroups",
            status=FindingStatus.OK,
            summary=f"Groups ({versions}) that limit cpu, memory and pids can be made and removed.",
        )
    what = (
        f"Groups ({versions}) only for {', '.join(sorted(counted))}"
        if counted
        else "No control group can be made"
    )
    return MachineFinding(
        name="cgroups",
        status=FindingStatus.NOTE,
        summary=f"{what}: {', '.join(missing)} {'are' if len(missing) > 1 else 'is'} watched or "
        "limited per process instead.",
        remedy=_cgroup_remedy(),
    )


def _cgroup_remedy() -> str:
    if os.geteuid() != 0:
        return "systemd-run --user --scope -p Delegate=yes autograder grade ..."
    root = Path("/sys/fs/cgroup")
    if not os.access(root, os.W_OK):
        return "mount -o remount,rw /sys/fs/cgroup"
    return f"echo '+memory +pids' > {root}/cgroup.subtree_control"


def _probe(name: str) -> dict[str, str]:
    """Run a probe in a child."""
    code = (
        f"import sys, runpy; sys.path.insert(0, {str(_ROOT)!r}); sys.argv[1:] = [{name!r}]; "
        "runpy.run_module('autograder.doctor.probe', run_name='__main__')"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-P", "-s", "-c", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PROBE_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        raise InfrastructureError(f"A child that tried it ended with an error: {last}")
    found: dict[str, str] = json.loads(done.stdout)
    return found
