"""The GPUs of this machine that submissions may use.

Each comes with everything that a wall must let through to it.

A device is found in the CDI specifications of this machine, which any vendor's tool writes, and
through NVML. One that NVML knows and no specification describes still works: its nodes are known,
and the libraries of the driver are in a folder of the system or in one beside the library that NVML
was asked through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.errors import UsageError
from autograder.sandbox.gpu import cdi, nvml
from autograder.sandbox.gpu.device import Device, Mount, Node
from autograder.sandbox.host.libraries import SYSTEM_LIBRARIES

AUTO, NONE = "auto", "none"
_CLASSES = ("gpu", "mig")  # of kinds that `auto` takes
_NVIDIA = "nvidia.com/gpu"
_NVIDIA_SHARED = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")
_ALL = "all"  # what vendors call all their devices at once


def find_devices(wanted: str = AUTO, folders: Sequence[Path] = cdi.FOLDERS) -> list[Device]:
    """Find the GPUs of this machine, each once.

    A GPU may have several names.

    Parameters
    ----------
    wanted
        ``auto``: every device of a class ``gpu`` or ``mig``, of any vendor; ``none``; a kind
        (``nvidia.com/gpu``); or one device (``nvidia.com/gpu=0``).
    folders
        Where specifications are.

    Raises
    ------
    UsageError
        ``wanted`` is none of these.
    InfrastructureError
        A specification or the driver is broken.
    """
    _check_wanted(wanted)
    if wanted == NONE:
        return []
    described = _described(cdi.read_specs(folders))
    found = _with_driver(described, nvml.list_devices())
    # its lock would be no other's
    devices = [device for device in found if not device.name.endswith(f"={_ALL}")]
    if "=" in wanted:
        return [device for device in devices if device.name == wanted][:1]
    return _each_once(device for device in devices if _is_wanted(device, wanted))


def _check_wanted(wanted: str) -> None:
    kind, _, name = wanted.partition("=")
    if wanted not in (AUTO, NONE) and (not cdi.is_kind(kind) or ("=" in wanted and not name)):
        raise UsageError(
            f"--gpu: expected auto, none, a kind or a device, got {wanted!r}.",
            hint="A kind is vendor/class, such as nvidia.com/gpu; a device is nvidia.com/gpu=0.",
        )


def _is_wanted(device: Device, wanted: str) -> bool:
    return device.kind.rpartition("/")[2] in _CLASSES if wanted == AUTO else device.kind == wanted


def _each_once(devices: Iterable[Device]) -> list[Device]:
    """Drop further names of the same device.

    Of several, the first that a specification gives stays.
    """
    found: dict[str, Device] = {}
    for device in devices:
        found.setdefault(device.slot, device)
    return list(found.values())


def _described(specs: Iterable[tuple[Path, cdi.Spec]]) -> list[Device]:
    found: dict[str, Device] = {}
    for path, spec in specs:
        for one in spec.devices:
            device = _device_of(path, spec, one)
            found[device.name] = device
    return list(found.values())


def _device_of(path: Path, spec: cdi.Spec, one: cdi.SpecDevice) -> Device:
    nodes = [*one.edits.nodes, *spec.edits.nodes]
    mounts = [*one.edits.mounts, *spec.edits.mounts]
    texts = [*spec.edits.env, *one.edits.env]
    return Device(
        name=f"{spec.kind}={one.name}",
        spec=path,
        is_mig=spec.kind.endswith("/mig") or ":" in one.name or one.name.startswith("MIG-"),
        nodes=tuple(dict.fromkeys(Node(node.path, node.host_path or node.path) for node in nodes)),
        mounts=tuple(dict.fromkeys(Mount(mount.path, mount.host_path) for mount in mounts)),
        env={name: value for name, _, value in (text.partition("=") for text in texts)},
        own_nodes=tuple(sorted({node.host_path or node.path for node in one.edits.nodes})),
    )


def _with_driver(described: list[Device], known: Sequence[nvml.NvidiaDevice]) -> list[Device]:
    """Add the driver's information to the described devices.

    The driver's undescribed devices are added, too, if no specification describes an NVIDIA device.
    """
    by_name = {name: one for one in known for name in (one.index, one.uuid)}
    devices = [
        _informed(device, by_name.get(device.name.partition("=")[2])) for device in described
    ]
    if any(device.kind.startswith("nvidia.com/") for device in described):
        return devices
    mounts = _libraries_of_driver()
    return devices + [_undescribed(one, mounts) for one in known if not one.is_mig]


def _informed(device: Device, known: nvml.NvidiaDevice | None) -> Device:
    if known is None or not device.kind.startswith("nvidia.com/"):
        return device
    return replace(
        device,
        uuid=known.uuid,
        title=known.title,
        memory_mib=known.memory_mib,
        is_mig=device.is_mig or known.is_mig,
    )


def _libraries_of_driver() -> tuple[Mount, ...]:
    """Return the folder of the driver's libraries.

    It is left out if it lies in one of the system's, which every view shows.
    """
    folder = nvml.library_folder()
    if folder is None or any(folder.is_relative_to(one) for one in SYSTEM_LIBRARIES):
        return ()
    return (Mount(str(folder), str(folder)),)


def _undescribed(known: nvml.NvidiaDevice, mounts: tuple[Mount, ...]) -> Device:
    own = f"/dev/nvidia{known.minor}"
    shared = [path for path in _NVIDIA_SHARED if Path(path).exists()]
    return Device(
        name=f"{_NVIDIA}={known.index}",
        uuid=known.uuid,
        title=known.title,
        memory_mib=known.memory_mib,
        nodes=tuple(Node(path, path) for path in (own, *shared)),
        mounts=mounts,
        own_nodes=(own,),
    )
