"""A made-up NVML: answers from a file of JSON, which a test may change at any time."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

NVML_ERROR_NOT_FOUND = 6
NVML_ERROR_DRIVER_NOT_LOADED = 9
NVML_ERROR_LIBRARY_NOT_FOUND = 12
NVML_ERROR_GPU_IS_LOST = 15
NVML_ERROR_LIB_RM_VERSION_MISMATCH = 18
NVML_DEVICE_MIG_ENABLE = 1


class NVMLError(Exception):
    """What the driver refuses."""

    def __init__(self, value):
        super().__init__(next((name for name, number in globals().items() if number == value), str(value)))
        self.value = value


def _state():
    state = json.loads(Path(os.environ["MADE_UP_DRIVER"]).read_text())
    if "error" in state:
        raise NVMLError(globals()[state["error"]])
    return state["devices"]


def nvmlInit():  # noqa: N802
    _state()


def nvmlShutdown():  # noqa: N802
    pass


def nvmlDeviceGetCount():  # noqa: N802
    return len(_state())


def nvmlDeviceGetHandleByIndex(index):  # noqa: N802
    return _state()[index]


def nvmlDeviceGetHandleByUUID(uuid):  # noqa: N802
    for device in _state():
        for one in (device, *device.get("slices", ())):
            if one["uuid"] == uuid:
                return one
    raise NVMLError(NVML_ERROR_NOT_FOUND)


def nvmlDeviceGetMinorNumber(device):  # noqa: N802
    return device["minor"]


def nvmlDeviceGetMigMode(device):  # noqa: N802
    return (int("slices" in device), 0)


def nvmlDeviceGetMaxMigDeviceCount(device):  # noqa: N802
    return 7


def nvmlDeviceGetMigDeviceHandleByIndex(device, index):  # noqa: N802
    try:
        return device["slices"][index]
    except IndexError:
        raise NVMLError(NVML_ERROR_NOT_FOUND) from None


def nvmlDeviceGetUUID(device):  # noqa: N802
    return device["uuid"]


def nvmlDeviceGetName(device):  # noqa: N802
    return device["name"]


def nvmlDeviceGetMemoryInfo(device):  # noqa: N802
    return SimpleNamespace(total=device["total_mib"] << 20, used=device["used_mib"] << 20)
