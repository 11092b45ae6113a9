"""Control groups: found where they are, in both versions, limited, counted and removed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from driving import ENTRY, run_program

from autograder.records.outcome import Limits
from autograder.sandbox.bubblewrap import BubblewrapSandbox
from autograder.sandbox.host.cgroup import (
    CandidateGroups,
    Hierarchy,
    SandboxGroups,
    find_hierarchies,
    remove_orphans,
)
from autograder.sandbox.host.owner import owner_prefix
from autograder.sandbox.seam import SandboxSettings

FIRST_VERSION = """\
31 23 0:28 / {root} rw - tmpfs tmpfs rw
33 31 0:30 / {root}/cpu,cpuacct rw,relatime shared:3 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 {inner} {root}/memory rw,relatime - cgroup cgroup rw,memory
39 31 0:36 / {root}/pids rw,relatime - cgroup cgroup rw,pids
40 31 0:37 / {root}/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / {root}/unified rw,relatime - cgroup2 cgroup2 rw
"""
SECOND_VERSION = "31 23 0:28 / {root} rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"


def make(folder, **files):
    """Make a folder with files that stand for the kernel's."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def test_find_first_version_uses_the_own_group(tmp_path):
    """Each controller of version 1 is used where this process is, also through a mount that shows a part only."""
    own = make(tmp_path / "cpu,cpuacct" / "job"), make(tmp_path / "memory" / "job"), make(tmp_path / "pids")
    make(tmp_path / "unified", cgroup__subtree_control="", cgroup__procs="")
    memberships = "9:name=systemd:/x\n4:memory:/box/job\n3:pids:/gone\n2:cpu,cpuacct:/job\n0::/\n"
    found = find_hierarchies(FIRST_VERSION.format(root=tmp_path, inner="/box"), memberships)
    assert {controller: each.folder for each in found for controller in each.controllers} == {
        "cpu": own[0],
        "memory": own[1],
        "pids": own[2],
    }


def test_find_second_version_goes_up_to_where_controllers_are_handed_down(tmp_path):
    """In version 2 a group with processes has no controllers for children: the nearest ancestor that has is used."""
    make(tmp_path, cgroup__subtree_control="cpu io memory pids", cgroup__procs="")
    slice_ = make(tmp_path / "user.slice", cgroup__subtree_control="memory pids", cgroup__procs="")
    make(slice_ / "session.scope", cgroup__subtree_control="", cgroup__procs="1\n")
    (found,) = find_hierarchies(SECOND_VERSION.format(root=tmp_path), "0::/user.slice/session.scope\n")
    assert found == Hierarchy(2, frozenset({"cpu", "memory", "pids"}), slice_)


def test_find_second_version_without_delegation_is_nothing(tmp_path):
    """Where nothing is handed down, or nothing may be written, there are no groups."""
    make(tmp_path, cgroup__subtree_control="", cgroup__procs="")
    assert find_hierarchies(SECOND_VERSION.format(root=tmp_path), "0::/\n") == []


def test_second_version_limits_and_counts(tmp_path):
    """The files of version 2 are the ones that are written and read."""
    folder = make(
        tmp_path / "1",
        cpu__stat="usage_usec 1500000\nuser_usec 1\n",
        memory__peak=str(64 << 20),
        memory__events="low 0\nmax 12\noom 1\noom_kill 2\noom_group_kill 1\n",
        pids__events="max 3\n",
    )
    group = CandidateGroups(dict.fromkeys(("cpu", "memory", "pids"), (2, folder)), [folder / "cgroup.procs"])
    group.limit(Limits(memory_mib=100, pids=7))
    written = {path.name: path.read_text() for path in folder.iterdir()}
    assert written["memory.max"] == str(100 << 20)
    assert (written["memory.swap.max"], written["memory.oom.group"], written["pids.max"]) == ("0", "1", "7")
    assert (group.cpu_s(), group.peak_memory_mib(), group.oom_kills(), group.refused_forks()) == (1.5, 64.0, 2, 3)


def test_second_version_hands_controllers_to_candidates(tmp_path):
    """The parent group of a sandbox hands memory and pids to its children, and makes one per candidate."""
    groups = SandboxGroups([Hierarchy(2, frozenset({"cpu", "memory", "pids"}), tmp_path)])
    groups.create()
    (parent,) = tmp_path.iterdir()
    assert (parent / "cgroup.subtree_control").read_text() in ("+memory", "+pids")  # a plain file keeps the last
    group = groups.add(7)
    assert (parent / "7").is_dir()
    group.remove()
    assert not (parent / "7").exists()


@pytest.mark.skipif(not find_hierarchies(), reason="this process may not make control groups")
def test_real_groups_limit_and_are_removed():
    """On this machine, a process in the group is counted, and the group goes."""
    groups = SandboxGroups()
    groups.create()
    group = groups.add(1)
    group.limit(Limits(memory_mib=64, pids=5))
    members = group.open_members()
    code = f"import os\nfor fd in {members}: os.write(fd, b'0')\nsum(range(3_000_000)); x = bytearray(20 << 20)"
    subprocess.run([sys.executable, "-c", code], pass_fds=members, check=True)
    for fd in members:
        os.close(fd)
    if "cpu" in groups.controllers:
        assert group.cpu_s() > 0.01
    if "memory" in groups.controllers:
        assert 20 < group.peak_memory_mib() < 64
    assert (group.oom_kills(), group.refused_forks()) == (0, 0)
    folders = [Path(path).parent for path in group._members]
    group.remove()
    groups.remove()
    assert not any(folder.exists() or folder.parent.exists() for folder in folders)


def find_second_version():
    """Where version 2 is mounted and this process may make groups, be it without controllers."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = Path(line.split()[4])
        if " - cgroup2 " in line and os.access(point / "cgroup.procs", os.W_OK):
            return point
    return None


@pytest.mark.skipif(find_second_version() is None, reason="no group of version 2 can be made here")
def test_real_second_version_takes_candidates_and_counts_their_time():
    """A candidate behind its walls joins a group of version 2, is counted, and the group goes."""
    hierarchy = Hierarchy(2, frozenset({"cpu"}), find_second_version())
    settings = SandboxSettings(**ENTRY)
    program = "import time\nwhile time.process_time() < 0.2: pass\nreport(open('/proc/self/cgroup').read())"
    with BubblewrapSandbox(settings, groups=SandboxGroups([hierarchy])) as sandbox:
        assert sandbox.strengths["cpu"] == "cgroup"
        assert sandbox.strengths["memory"] == "watched"
        run = run_program(sandbox, program)
        assert "0::/\n" in run.reports[0]  # which is as much as it sees; that it is there, the time counted below shows
        assert run.ending.cpu_s > 0.15
    assert not list(hierarchy.folder.glob(f"autograder.*.{os.getpid()}.*"))


def test_orphans_of_the_dead_are_removed_and_others_stay(tmp_path):
    """Only groups whose name says that their owner, on this machine and in this process namespace, is dead are removed."""
    alive = SandboxGroups([Hierarchy(1, frozenset({"pids"}), tmp_path)])
    alive.create()
    living = set(tmp_path.iterdir())
    began = f"{owner_prefix()}.{os.getpid()}.1.cafe"  # this number, but begun at another time
    make(make(tmp_path / began) / "3")
    elsewhere = make(tmp_path / "job")
    make(elsewhere / began)  # of a run that was started in another group
    boot, namespace = owner_prefix().split(".")[1:]
    strangers = {
        make(tmp_path / name)
        for name in (
            f"autograder.{boot}.1.{os.getpid()}.1.cafe",
            f"autograder.00000000.{namespace}.{os.getpid()}.1.cafe",
            f"{owner_prefix()}.service.1.cafe",
            f"x{began}",
            "docker",
            "autograder.service",
        )
    }
    remove_orphans([tmp_path])
    assert set(tmp_path.iterdir()) == living | strangers | {elsewhere}
    assert list(elsewhere.iterdir()) == []
