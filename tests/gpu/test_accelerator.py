"""What frameworks are told before they open a device; TensorFlow itself, PyTorch and JAX as their interfaces are."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.frameworks import gpu_variables
from autograder.inside.walls.accelerator import Gpu, refuse_open_devices


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No framework but those a test brings, and the variables as they were."""
    for name in ("tensorflow", "jax", "torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


class Tensorflow:
    """The part of TensorFlow that sets memory limits."""

    def __init__(self, devices):
        self.told = []
        self.config = SimpleNamespace(
            list_physical_devices=lambda kind: devices if kind == "GPU" else [],
            set_logical_device_configuration=lambda device, parts: self.told.append((device, parts)),
            LogicalDeviceConfiguration=lambda memory_limit: memory_limit,
            experimental=SimpleNamespace(set_memory_growth=lambda device, value: self.told.append((device, value))),
        )


class Torch:
    """The part of PyTorch that sets memory limits."""

    def __init__(self, error=None):
        self.told = []
        self.cuda = SimpleNamespace(
            get_device_properties=self.describe,
            set_per_process_memory_fraction=lambda part, device: self.told.append((part, device)),
        )
        self.error = error

    def describe(self, device):
        if self.error is not None:
            raise self.error
        return SimpleNamespace(total_memory=1000 << 20)


def test_without_a_framework_variables_are_set(monkeypatch):
    """For those that the submission imports by itself."""
    Gpu("a/b=0", 250, 1000).prepare()
    assert os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert os.environ["XLA_PYTHON_CLIENT_MEM_FRACTION"] == "0.2500"
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"


def test_without_a_limit_nothing_is_capped_and_nothing_is_taken_ahead():
    """A framework then takes what it needs, and not everything at once."""
    variables = gpu_variables(Gpu("a/b=0"))
    assert variables == {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


@pytest.mark.parametrize(("memory_mib", "told"), [(250, [("gpu", [250])]), (None, [("gpu", True)])])
def test_tensorflow_gets_its_limit_before_its_first_operation(monkeypatch, memory_mib, told):
    """In MiB, or growth where there is none."""
    tensorflow = Tensorflow(["gpu"])
    monkeypatch.setitem(sys.modules, "tensorflow", tensorflow)
    Gpu("a/b=0", memory_mib, 1000).prepare()
    assert tensorflow.told == told


def test_torch_gets_its_limit_as_a_fraction(monkeypatch):
    """Of what the device has, which it knows itself."""
    torch = Torch()
    monkeypatch.setitem(sys.modules, "torch", torch)
    Gpu("a/b=0", 250).prepare()
    assert torch.told == [(0.25, 0)]


def test_one_framework_that_finds_the_device_is_enough(monkeypatch):
    """A TensorFlow for CPUs beside a PyTorch for GPUs."""
    monkeypatch.setitem(sys.modules, "tensorflow", Tensorflow([]))
    monkeypatch.setitem(sys.modules, "torch", Torch())
    Gpu("a/b=0", 250, 1000).prepare()


def test_no_framework_that_finds_the_device_is_an_error_that_quotes_them_all(monkeypatch):
    """What each of them says, for staff."""
    monkeypatch.setitem(sys.modules, "tensorflow", Tensorflow([]))
    monkeypatch.setitem(sys.modules, "torch", Torch(RuntimeError("The NVIDIA driver on your system is too old\nmore")))
    with pytest.raises(OSError, match="no framework can use GPU a/b=0") as caught:
        Gpu("a/b=0").prepare()
    assert "(tensorflow: it sees no GPU; torch: The NVIDIA driver on your system is too old)" in str(caught.value)


def test_tensorflow_itself_takes_a_limit():
    """The names that are used exist in the TensorFlow of this machine, which has no GPU."""
    if find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    program = """if True:
        from tensorflow import config
        assert config.LogicalDeviceConfiguration(memory_limit=250).memory_limit == 250
        assert callable(config.set_logical_device_configuration)
        assert callable(config.experimental.set_memory_growth)
        assert config.list_physical_devices("GPU") == []
    """
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_device_that_this_process_has_open_is_named():
    """Whatever opened it."""
    with Path("/dev/zero").open("rb"):
        with pytest.raises(OSError, match="an import has opened /dev/zero in the warden"):
            refuse_open_devices(["/dev/zero"])
        refuse_open_devices(["/dev/full"])
        refuse_open_devices([])
