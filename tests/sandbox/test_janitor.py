"""What a killed run leaves is removed by the next one, and nothing else is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from containers import IMAGE, find_engine

from autograder.sandbox.host.cgroup import find_hierarchies
from autograder.sandbox.host.janitor import find_leftovers, remove_leftovers
from autograder.sandbox.host.owner import (
    is_orphan,
    make_folder,
    new_name,
    open_temporary_folder,
    owner_prefix,
)
from autograder.sandbox.host.sample import find_descendants
from autograder.sandbox.seam import ENGINES

COURSE = Path(__file__).parents[1] / "course"
HONEST = (COURSE / "reference" / "affine_softmax" / "submission.py").read_text()
SLOW = HONEST.replace("return x @ w + b", "while True: pass\n    return x @ w + b")

pytestmark = pytest.mark.alone  # a run that starts beside it removes what it looks for


def named_after(pid):
    """Groups and temporary folders that a process has made."""
    points = {Path(*one.folder.parts[:5]) for one in find_hierarchies()} if os.geteuid() == 0 else set()
    names = [name for point in points for _, below, _ in os.walk(point) for name in below]
    names += [path.name for path in Path(tempfile.gettempdir()).iterdir()]
    return {name for name in names if name.startswith(f"{owner_prefix()}.{pid}.")}


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """A folder for temporary files of its own."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def write(folder, **sources):
    folder.mkdir()
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    return folder


def grade_command(submissions, tmp_path, *more):
    secret = tmp_path / "secret"
    return [
        *(sys.executable, "-m", "autograder", "grade", "affine_softmax", str(submissions), "--course", str(COURSE)),
        *("--secret-file", str(secret), "--out", str(tmp_path / f"out-{submissions.name}"), "--jobs", "1", *more),
    ]


def walls_of(name):
    """The words that choose a sandbox; skips where it is not."""
    if name == "bubblewrap":
        if shutil.which("bwrap") is None:
            pytest.skip("bubblewrap is not installed")
        return ["--sandbox", name]
    if isinstance(engine := find_engine(name), str):
        pytest.skip(engine)
    return ["--sandbox", name, "--image", IMAGE, "--runtime", engine.runtime]


def until(condition, timeout_s=60.0):
    deadline = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's groups are sure to bear the name of a run")
@pytest.mark.parametrize("name", ["bubblewrap", *ENGINES])
def test_killed_grading_is_swept_by_the_next_and_a_living_one_is_not(name, scratch, tmp_path, start_process):
    """Of a run that was killed nothing is left once another has begun; what a living run has stays and serves."""
    words = walls_of(name)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    killed = start_process(grade_command(write(tmp_path / "slow", a=SLOW, b=SLOW), tmp_path, *words), **quiet)
    living = start_process(grade_command(write(tmp_path / "alive", a=SLOW, b=SLOW), tmp_path, *words), **quiet)
    owners = {}
    for run in (killed, living):

        def owner(run=run):
            return next((pid for pid in find_descendants(run.pid) if named_after(pid)), None)

        assert until(owner), "the run has made nothing that is named after it"
        owners[run] = owner()
    killed.kill()
    killed.wait()
    assert until(lambda: not Path(f"/proc/{owners[killed]}").exists(), 20)
    assert named_after(owners[killed]) or not find_hierarchies()  # else there is nothing to sweep
    done = subprocess.run(
        grade_command(write(tmp_path / "next", a=HONEST), tmp_path, *words), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert named_after(owners[killed]) == set()
    assert living.poll() is not None or named_after(owners[living])
    if name in ENGINES:
        containers = find_engine(name).owned()
        assert not any(f".{owners[killed]}." in one for one in containers)
    assert living.wait(120) == 0  # it graded all of it: nothing was taken from it


def test_folder_of_a_killed_process_is_removed_and_others_stay(scratch):
    """A folder whose maker was killed goes, with what is in it; of the living, of strangers and links nothing does."""
    program = """
import os
from autograder.sandbox.host.owner import make_folder
(make_folder("control") / "deep").mkdir()
os.kill(os.getpid(), 9)
"""
    maker = subprocess.run([sys.executable, "-c", program], check=False)
    assert maker.returncode == -9
    (left,) = scratch.iterdir()
    target = scratch / "precious"
    target.mkdir()
    link = scratch / f"{owner_prefix()}.{os.getpid()}.1.link.cafe"
    link.symlink_to(target)
    own = make_folder("plain")
    strangers = {target, link, own}
    for name in ("autograder-old", "autograder.1.2.3.cafe", f"{owner_prefix()}.x.1.cafe"):
        (scratch / name).mkdir()
        strangers.add(scratch / name)
    assert find_leftovers().folders == (left,)
    remove_leftovers()
    assert set(scratch.iterdir()) == strangers


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_folder_of_another_user_stays(scratch):
    """Whoever may write into the folder for temporary files cannot have root remove what they name."""
    folder = scratch / f"{owner_prefix()}.{os.getpid()}.1.plain.cafe"
    folder.mkdir()
    os.chown(folder, 54_321, 54_321)
    remove_leftovers()
    assert folder.is_dir()


def test_open_folder_is_gone_afterwards(scratch):
    """A folder that was opened is removed, also after an error."""
    with pytest.raises(ZeroDivisionError), open_temporary_folder("control") as folder:
        assert folder.is_dir()
        raise ZeroDivisionError
    assert list(scratch.iterdir()) == []


def test_name_of_a_dead_process_is_an_orphans():
    """The number and the beginning of a process have to agree, and the place has to be this one."""
    mine = new_name("control")
    prefix, pid, started = owner_prefix(), *mine.removeprefix(f"{owner_prefix()}.").split(".")[:2]
    assert not is_orphan(mine)
    assert is_orphan(f"{prefix}.{pid}.1.cafe")
    assert is_orphan(f"{prefix}.999999999.{started}.cafe")
    boot, namespace = prefix.split(".")[1:]
    for name in (
        f"autograder.00000000.{namespace}.{pid}.1.cafe",
        f"autograder.{boot}.1.{pid}.1.cafe",
        f"{prefix}.{pid}.1",
        f"{prefix}.{pid}..cafe",
        "autograder.service",
        "",
    ):
        assert not is_orphan(name), name
