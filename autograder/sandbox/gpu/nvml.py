"""The NVIDIA driver's information about its devices.

It is read through the optional package ``nvidia-ml-py``.

Asking creates no CUDA context. Nothing is imported or initialised before the first question.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import InfrastructureError

_MEBIBYTE = 1 << 20
# What NVML calls it when the library and the kernel module are of different versions, after an
# upgrade.
_MISMATCH = "NVML_ERROR_LIB_RM_VERSION_MISMATCH"
_LOST = ("NVML_ERROR_GPU_IS_LOST", "NVML_ERROR_NOT_FOUND", "NVML_ERROR_RESET_REQUIRED")


@dataclass(frozen=True, slots=True)
class NvidiaDevice:
    """A GPU, or a slice of one.

    Attributes
    ----------
    index
        As CDI calls it: ``0``, or ``0:1`` for the second slice of the first GPU.
    minor
        Number of its node, ``/dev/nvidia<minor>``.
    """

    index: str
    uuid: str
    minor: int
    title: str
    memory_mib: int
    is_mig: bool = False


def is_installed() -> bool:
    """Return True if the package is there."""
    try:
        import pynvml  # noqa: F401, PLC0415 - optional
    except ImportError:
        return False
    return True


def list_devices() -> list[NvidiaDevice]:
    """List GPUs and slices.

    There are none without the package, a driver or a GPU.

    Raises
    ------
    InfrastructureError
        There is a driver, and it does not answer.
    """
    with _driver() as driver:
        return [] if driver is None else list(_each(driver))


def library_folder(maps: Path = Path("/proc/self/maps")) -> Path | None:
    """Return the folder of the NVIDIA libraries loaded here, or None.

    They are the libraries of the driver that this process asked last. This process has mapped their
    files.

    Clouds and clusters put them into a folder of their own, such as ``/usr/local/nvidia/lib64``.
    """
    for line in maps.read_text().splitlines():
        path = Path(line.partition("/")[1] + line.partition("/")[2])
        if path.name.startswith("libnvidia-ml.so") and (path.parent / "libcuda.so.1").exists():
            return path.parent
    return None


def used_mib(uuid: str) -> int | None:
    """Return the used memory of a device [MiB], or None if unknown.

    Raises
    ------
    InfrastructureError
        The device does not answer.
    """
    with _driver() as driver:
        if driver is None:
            return None
        return (
            int(driver.nvmlDeviceGetMemoryInfo(driver.nvmlDeviceGetHandleByUUID(uuid)).used)
            // _MEBIBYTE
        )


@contextlib.contextmanager
def _driver() -> Iterator[Any]:
    """Yield NVML, initialised while it is used, or None without it."""
    try:
        import pynvml  # noqa: PLC0415 - optional
    except ImportError:
        yield None
        return
    absent = (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, pynvml.NVML_ERROR_DRIVER_NOT_LOADED)
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        if error.value not in absent:
            raise _explain(pynvml, error) from error
        yield None
        return
    try:
        yield pynvml
    except pynvml.NVMLError as error:
        raise _explain(pynvml, error) from error
    finally:
        with contextlib.suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()


def _explain(pynvml: Any, error: Any) -> InfrastructureError:
    if error.value == getattr(pynvml, _MISMATCH, None):
        return InfrastructureError(
            "The NVIDIA driver's library and its kernel module are of different versions.",
            hint="Restart this machine, or reload the kernel module: the driver was upgraded while "
            "it was in use.",
        )
    if error.value in [getattr(pynvml, name, None) for name in _LOST]:
        return InfrastructureError(
            f"A GPU has disappeared: {error}.",
            hint="See `nvidia-smi` and `dmesg | grep -i xid`; reset the GPU or restart this "
            "machine.",
        )
    return InfrastructureError(
        f"The NVIDIA driver does not answer: {error}.", hint="See `nvidia-smi`."
    )


def _each(driver: Any) -> Iterator[NvidiaDevice]:
    for number in range(driver.nvmlDeviceGetCount()):
        handle = driver.nvmlDeviceGetHandleByIndex(number)
        minor = driver.nvmlDeviceGetMinorNumber(handle)
        if _has_slices(driver, handle):
            yield from _slices(driver, handle, str(number), minor)
        else:
            yield _describe(driver, handle, str(number), minor, is_mig=False)


def _has_slices(driver: Any, handle: Any) -> bool:
    try:
        current, _ = driver.nvmlDeviceGetMigMode(handle)
    except driver.NVMLError:  # a GPU that knows no slices
        return False
    return bool(current == driver.NVML_DEVICE_MIG_ENABLE)


def _slices(driver: Any, handle: Any, index: str, minor: int) -> Iterator[NvidiaDevice]:
    for place in range(driver.nvmlDeviceGetMaxMigDeviceCount(handle)):
        try:
            part = driver.nvmlDeviceGetMigDeviceHandleByIndex(handle, place)
        except driver.NVMLError:  # places without a slice
            continue
        yield _describe(driver, part, f"{index}:{place}", minor, is_mig=True)


def _describe(driver: Any, handle: Any, index: str, minor: int, *, is_mig: bool) -> NvidiaDevice:
    return NvidiaDevice(
        index=index,
        uuid=_text(driver.nvmlDeviceGetUUID(handle)),
        minor=int(minor),
        title=_text(driver.nvmlDeviceGetName(handle)),
        memory_mib=int(driver.nvmlDeviceGetMemoryInfo(handle).total) // _MEBIBYTE,
        is_mig=is_mig,
    )


def _text(value: str | bytes) -> str:
    """Return a value of the package as text.

    Older versions of the package answer with bytes.
    """
    return value.decode() if isinstance(value, bytes) else value
