"""Which GPUs are found: by specifications, by the driver, each once."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from pathlib import Path

import pytest
from made_up import KIND, make_node, spec_of, write_spec

from autograder.errors import InfrastructureError, UsageError
from autograder.sandbox.gpu import devices as gpu
from autograder.sandbox.gpu import nvml
from autograder.sandbox.gpu.device import Device, Mount, Node
from autograder.sandbox.gpu.devices import find_devices
from autograder.sandbox.gpu.mounts import device_environment

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")

YAML = """
cdiVersion: 0.5.0
kind: nvidia.com/gpu
containerEdits:
  env: [NVIDIA_VISIBLE_DEVICES=void]
  deviceNodes:
  - path: /dev/nvidiactl
  hooks:
  - {hookName: createContainer, path: /usr/bin/nvidia-cdi-hook, args: [nvidia-cdi-hook, update-ldcache]}
devices:
- name: "0"
  containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}
- name: GPU-b1
  containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}
- name: "1:0"
  containerEdits: {deviceNodes: [{path: /dev/nvidia1}, {path: /dev/nvidia-caps/nvidia-cap3}]}
- name: all
  containerEdits: {deviceNodes: [{path: /dev/nvidia0}, {path: /dev/nvidia1}]}
"""


RELATIVE = json.dumps(
    {
        "cdiVersion": "0.5.0",
        "kind": "a/b",
        "devices": [{"name": "0", "containerEdits": {"deviceNodes": [{"path": "dev/x"}]}}],
    }
)


@pytest.fixture(autouse=True)
def without_driver(monkeypatch):
    """Whatever this machine has: no NVML, unless a test brings a made-up one."""
    monkeypatch.setitem(sys.modules, "pynvml", None)


def test_specification_in_json_gives_nodes_mounts_and_variables(tmp_path):
    """What all devices need is added to what is a device's own; hooks are not even kept."""
    folder = write_spec(tmp_path, spec_of(tmp_path, with_nodes=False))
    (device,) = find_devices(KIND, [folder])
    assert device == Device(
        name=f"{KIND}=0",
        spec=folder / "madeup.json",
        nodes=(
            Node("/dev/madeup0", f"{tmp_path}/dev/madeup0"),
            Node("/dev/madeup/control", f"{tmp_path}/dev/control"),
        ),
        mounts=(Mount("/opt/madeup/lib/libmadeup.so.1.2", f"{tmp_path}/lib/libmadeup.so.1.2"),),
        env={"MADE_UP": "1"},
        own_nodes=(f"{tmp_path}/dev/madeup0",),
    )


def test_specification_in_yaml_names_each_device_once(tmp_path):
    """A second name of a device and the name of all devices are no devices; a slice is one of its own."""
    pytest.importorskip("yaml")
    (tmp_path / "nvidia.yaml").write_text(YAML)
    found = find_devices(folders=[tmp_path])
    assert [(device.name, device.is_mig, device.slot) for device in found] == [
        ("nvidia.com/gpu=0", False, "dev-nvidia0"),
        ("nvidia.com/gpu=1:0", True, "dev-nvidia-caps-nvidia-cap3--dev-nvidia1"),
    ]


def test_specification_in_yaml_without_its_package_is_an_error_with_remedy(tmp_path, monkeypatch):
    """The package that reads YAML is optional."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    (tmp_path / "nvidia.yaml").write_text(YAML)
    with pytest.raises(InfrastructureError, match="is YAML, and the package PyYAML") as caught:
        find_devices(folders=[tmp_path])
    assert "[gpu]" in caught.value.hint


def test_later_folder_replaces_the_device_of_an_earlier_one(tmp_path):
    """As engines do it."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    folders = [write_spec(folder, spec_of(folder, with_nodes=False)) for folder in (first, second)]
    (device,) = find_devices(KIND, folders)
    assert device.own_nodes == (f"{second}/dev/madeup0",)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("auto", ["0", "1"]),
        ("none", []),
        (KIND, ["0", "1"]),
        (f"{KIND}=1", ["1"]),
        (f"{KIND}=2", []),
        (f"{KIND}=all", []),
        ("other.test/gpu", []),
    ],
)
def test_wanted_devices_are_found(tmp_path, wanted, names):
    """All, none, those of a kind, or one."""
    folder = write_spec(tmp_path, spec_of(tmp_path, 2, with_nodes=False))
    assert [device.name for device in find_devices(wanted, [folder])] == [f"{KIND}={name}" for name in names]


def test_auto_leaves_devices_alone_that_are_no_gpus(tmp_path):
    """A network card has a specification, too."""
    folder = write_spec(tmp_path, spec_of(tmp_path, with_nodes=False, kind="vendor.test/nic"))
    assert find_devices(folders=[folder]) == []


@pytest.mark.parametrize("wanted", ["gpu", "nvidia.com/gpu=", "=0", "../x/y"])
def test_wanted_that_is_no_kind_is_refused(wanted):
    """A typing error finds no device silently."""
    with pytest.raises(UsageError, match="--gpu: expected auto, none, a kind or a device"):
        find_devices(wanted)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Expecting property name"),
        ("[]", "the whole file: Input should be a valid dictionary"),
        ('{"cdiVersion": "0.5.0", "devices": []}', "kind: Field required"),
        (RELATIVE, "devices.0.containerEdits.deviceNodes.0.path"),
    ],
)
def test_broken_specification_is_an_error_that_names_it(tmp_path, text, said):
    """The file, the key, and what to do."""
    (tmp_path / "broken.json").write_text(text)
    with pytest.raises(InfrastructureError) as caught:
        find_devices(folders=[tmp_path])
    assert caught.value.message.startswith(f"{tmp_path}/broken.json is no CDI specification: ")
    assert said in caught.value.message
    assert "nvidia-ctk cdi generate" in caught.value.hint


@needs_root
def test_device_that_is_there_and_open_passes_the_check(tmp_path):
    """Nodes of mode 0666 are what a driver makes."""
    folder = write_spec(tmp_path, spec_of(tmp_path))
    find_devices(KIND, [folder])[0].check()


@needs_root
def test_device_closed_to_others_is_an_error_with_remedy(tmp_path):
    """Candidates have no group that could help."""
    folder = write_spec(tmp_path, spec_of(tmp_path))
    (tmp_path / "dev/madeup0").chmod(0o660)
    with pytest.raises(InfrastructureError, match=r"may not open .*/madeup0 \(mode 0660\)\.") as caught:
        find_devices(KIND, [folder])[0].check()
    assert caught.value.hint == f"sudo chmod a+rw {tmp_path}/dev/madeup0"


@needs_root
def test_device_that_disappears_is_an_error(tmp_path):
    """A node that is gone, and one that was replaced by a file."""
    folder = write_spec(tmp_path, spec_of(tmp_path))
    (device,) = find_devices(KIND, [folder])
    (tmp_path / "dev/madeup0").unlink()
    with pytest.raises(InfrastructureError, match=r"has disappeared: .*/madeup0: No such file or directory\."):
        device.check()
    (tmp_path / "dev/madeup0").touch()
    with pytest.raises(InfrastructureError, match=r"is no device node\."):
        device.check()
    make_node(tmp_path / "dev/another")


# a made-up driver ---------------------------------------------------------------------------------------------


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """A package `pynvml` as a driver with one GPU and one sliced GPU answers."""
    monkeypatch.delitem(sys.modules, "pynvml")
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "driver"))
    state = tmp_path / "driver.state"
    monkeypatch.setenv("MADE_UP_DRIVER", str(state))
    state.write_text(
        textwrap.dedent("""
        {"devices": [
            {"uuid": "GPU-b1", "minor": 0, "name": "Made-up 80GB", "total_mib": 81920, "used_mib": 3},
            {"uuid": "GPU-b2", "minor": 1, "name": "Made-up 80GB", "total_mib": 81920, "used_mib": 3, "slices": [
                {"uuid": "MIG-c1", "name": "Made-up 1g.10gb", "total_mib": 9728, "used_mib": 0}]}
        ]}""")
    )
    yield state
    sys.modules.pop("pynvml", None)


def test_driver_tells_uuid_and_memory_of_described_devices(tmp_path, driver):
    """Slices by their place, as specifications name them."""
    pytest.importorskip("yaml")
    (tmp_path / "nvidia.yaml").write_text(YAML)
    found = find_devices(folders=[tmp_path])
    assert [(device.uuid, device.memory_mib, device.title, device.is_mig) for device in found] == [
        ("GPU-b1", 81920, "Made-up 80GB", False),
        ("MIG-c1", 9728, "Made-up 1g.10gb", True),
    ]


def test_driver_alone_finds_whole_gpus(driver, tmp_path):
    """Without a specification: nodes by their numbers; a slice needs a specification, for its capability nodes."""
    (device,) = find_devices(folders=[tmp_path / "absent"])
    assert (device.name, device.own_nodes, device.spec) == ("nvidia.com/gpu=0", ("/dev/nvidia0",), None)


@pytest.mark.parametrize(
    ("folder", "has_cuda", "mounts"), [("nvidia/lib64", True, 1), ("nvidia/lib64", False, 0), ("usr/lib/x", True, 0)]
)
def test_driver_alone_brings_the_folder_of_its_libraries(driver, tmp_path, monkeypatch, folder, has_cuda, mounts):
    """Where the loader would not look by itself, the folder from which NVML was loaded is bound, if CUDA is in it."""
    place = tmp_path / folder
    place.mkdir(parents=True)
    library = place / "libnvidia-ml.so.580.1"
    for file in (library, *([place / "libcuda.so.1"] if has_cuda else [])):
        file.touch()
    maps = tmp_path / "maps"
    maps.write_text(f"7f00-7f01 rw-p 00000000 00:00 0\n7f01-7f02 r-xp 00000000 fe:00 7   {library}\n")
    find = nvml.library_folder
    monkeypatch.setattr(nvml, "library_folder", lambda: find(maps))
    monkeypatch.setattr(gpu, "SYSTEM_LIBRARIES", (str(tmp_path / "usr/lib"),))
    (device,) = find_devices(folders=[tmp_path / "absent"])
    assert [mount.path for mount in device.mounts] == [str(place)] * mounts
    assert device_environment(device, device.mounts).get("LD_LIBRARY_PATH") == (str(place) if mounts else None)


def test_driver_that_was_upgraded_in_use_is_an_error_with_remedy(driver):
    """The library and the module of different versions: nothing works until the module is loaded anew."""
    driver.write_text('{"error": "NVML_ERROR_LIB_RM_VERSION_MISMATCH"}')
    with pytest.raises(InfrastructureError, match=r"are of different versions\.") as caught:
        find_devices(folders=[])
    assert "reload the kernel module" in caught.value.hint


def test_driver_that_is_not_loaded_means_no_devices(driver):
    """The package is installed, the GPU is not."""
    driver.write_text('{"error": "NVML_ERROR_DRIVER_NOT_LOADED"}')
    assert find_devices(folders=[]) == []
