"""The script that checks a real GPU: what can be checked of it without one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from made_up import KIND, spec_of, write_spec

from autograder.sandbox.gpu import slots
from autograder.sandbox.gpu.devices import find_devices

SCRIPT = Path(__file__).parents[2] / "benchmarks/gpu_check.py"


@pytest.fixture
def folder(tmp_path):
    """A specification of a made-up device, whose lock is removed afterwards."""
    folder = write_spec(tmp_path, spec_of(tmp_path))
    (device,) = find_devices(KIND, [folder])
    yield folder
    (slots._shared_folder() / f"{device.slot}.lock").unlink(missing_ok=True)


def run(*words):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, words)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_machine_without_a_gpu_is_told_so(tmp_path):
    """With a status of its own: nothing was checked, and nothing is wrong."""
    status, said = run("--gpu", KIND, "--cdi-folder", tmp_path)
    assert status == 77
    assert said == "No GPU: no CDI specification and no driver names one here. Nothing was checked.\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_every_step_runs_with_a_made_up_device(folder):
    """Walls, leases and candidates are real; the device computes nothing."""
    status, said = run("--gpu", KIND, "--cdi-folder", folder, "--framework", "none", "--sandbox", "bubblewrap")
    assert status == 0, said
    lines = [line for line in said.splitlines() if line.startswith(("ok", "FAILED"))]
    assert len(lines) == 9
    assert lines[0].split() == ["ok", "a", "candidate", "without", "a", "GPU", "sees", "none"]
    assert lines[1].split() == ["ok", "NVIDIA's", "driver", "there", "is", "no", "libcuda"]
    assert lines[2].endswith("on /dev/madeup0 /dev/madeup/control")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_framework_that_finds_no_gpu_fails_the_check(folder):
    """TensorFlow finds nothing on a made-up device: said with the reason, and the status is 1."""
    if find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    status, said = run("--gpu", KIND, "--cdi-folder", folder, "--framework", "tensorflow", "--sandbox", "bubblewrap")
    assert status == 1
    assert f"no framework can use GPU {KIND}=0 (tensorflow: it sees no GPU" in said  # Keras imports others, too
