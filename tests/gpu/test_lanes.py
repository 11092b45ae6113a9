"""A batch on one GPU: as many stations as cores, one submission at a time on the device."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from itertools import pairwise

import pytest
from made_up import spec_of

from autograder.sandbox.gpu import cdi, slots
from autograder.sandbox.gpu.devices import find_devices
from tests.writing import ONE, write_course, write_criterion

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes"),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]

REFERENCE = """
import time

def on_gpu():
    print("gpu", time.monotonic())
    open("/dev/madeup0", "wb").close()
    time.sleep(0.3)
    print("gpu", time.monotonic())
    return 1

def without():
    print("cpu", time.monotonic())
    time.sleep(0.3)
    print("cpu", time.monotonic())
    return 1
"""


@pytest.fixture
def kind(tmp_path):
    """A device of a kind of its own, where every process looks; nothing is left of it."""
    kind = f"autograder.test/gpu-{secrets.token_hex(4)}"
    specification = spec_of(tmp_path, 1, kind=kind)
    del specification["containerEdits"]["hooks"], specification["containerEdits"]["mounts"]
    folder = cdi.FOLDERS[0]
    is_ours = not folder.exists()
    folder.mkdir(exist_ok=True)
    path = folder / f"{kind.replace('/', '-')}.json"
    path.write_text(json.dumps(specification))
    (device,) = find_devices(kind)
    yield kind
    path.unlink()
    (slots._shared_folder() / f"{device.slot}.lock").unlink(missing_ok=True)
    if is_ours:
        folder.rmdir()


def spans(folder, word):
    """When each submission was at a function, by what it printed."""
    found = []
    for path in sorted((folder / "reports").glob("*.json")):
        report = json.loads(path.read_text())
        lines = [line.split() for one in report["criteria"] for line in one["output"]["stdout"].splitlines()]
        begun, ended = (float(time) for name, time in lines if name == word)
        found.append((begun, ended))
    return sorted(found)


def run_grade(settings, submissions, out, *words):
    """Run the command in a process of its own."""
    code = "import sys; from autograder.cli import main; main(sys.argv[1:])"
    where = ["--course", settings.course, "--out", out, "--sandbox", "bubblewrap"]
    command = [sys.executable, "-c", code, "grade", "small", submissions, *where, *words]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, check=False)


def test_batch_shares_a_device_and_not_at_one_time(tmp_path, kind):
    """Two stations grade four submissions: one after the other on the GPU, and meanwhile without it."""
    rubric = write_criterion("gpu", "check(submission.on_gpu() == 1, 'wrong')", tests=["on_gpu"], gpu=True)
    rubric += write_criterion("cpu", "check(submission.without() == 1, 'wrong')", tests=["without"])
    reference = REFERENCE.replace("/dev/madeup0", "/dev/null")  # it runs without walls, where there is no such node
    settings = write_course(tmp_path / "course", reference, rubric, limits="gpus = 1")
    for name in "abcd":
        folder = tmp_path / "submissions" / name
        folder.mkdir(parents=True)
        (folder / "submission.py").write_text(REFERENCE + ONE)
    out = tmp_path / "out"
    done = run_grade(settings, tmp_path / "submissions", out, "--jobs", 2, "--gpu", kind)
    assert done.returncode == 0, done.stderr
    with_gpu, without = spans(out, "gpu"), spans(out, "cpu")
    assert len(with_gpu) == 4
    assert all(ended < begun for (_, ended), (begun, _) in pairwise(with_gpu))
    assert any(one[0] < other[1] and other[0] < one[1] for one in with_gpu for other in without)


def test_batch_without_a_gpu_for_it_ends_with_the_remedy(tmp_path, kind):
    """`--gpu none` and a kind that is not there: exit code 3, nothing is graded."""
    rubric = write_criterion("gpu", "check(submission.on_gpu() == 1, 'wrong')", tests=["on_gpu"], gpu=True)
    settings = write_course(tmp_path / "course", REFERENCE, rubric, limits="gpus = 1")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/submission.py").write_text(REFERENCE + ONE)
    for wanted, said in (
        ("none", "'small' has criteria that want a GPU, and `--gpu none` gives it none."),
        ("absent.test/gpu", "'small' has criteria that want a GPU, and there is no absent.test/gpu here."),
    ):
        done = run_grade(settings, tmp_path / "a", tmp_path / "out", "--gpu", wanted)
        assert done.returncode == 3
        assert said in " ".join(done.stderr.split())
