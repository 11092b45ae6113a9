"""PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.frameworks.model import (
    Framework,
    FrameworkDevice,
    as_array,
    bfloat16_dtype,
    first_line,
    imported,
)


def _seed(seed: int) -> None:
    imported("torch").manual_seed(seed)


def _read(value: Any) -> Any:
    value = value.detach().cpu()
    if str(value.dtype) == "torch.bfloat16":
        return _read_bfloat16(value)
    return as_array(value)


def _read_bfloat16(value: Any) -> np.ndarray[Any, Any]:
    """Return the array of a bfloat16 tensor.

    NumPy cannot read it. Its values are the upper halves of float32.
    """
    wide = value.float().numpy()
    dtype = bfloat16_dtype()
    if dtype is None:
        return np.asarray(wide)
    bits = np.ascontiguousarray(wide).view(np.uint32) >> np.uint32(16)
    return bits.astype(np.uint16).view(dtype)


def _open_gpu(device: FrameworkDevice) -> str | None:
    cuda = imported("torch").cuda
    try:
        total_mib = cuda.get_device_properties(0).total_memory / 2**20
        if device.memory_mib is not None:
            cuda.set_per_process_memory_fraction(min(1.0, device.memory_mib / total_mib), 0)
    except (RuntimeError, AssertionError) as error:  # AssertionError: built without CUDA
        return first_line(error)
    return None


TORCH = Framework(
    name="torch",
    roots=frozenset({"torch"}),
    dense=frozenset({"Tensor"}),
    read=_read,
    seed=_seed,
    open_gpu=_open_gpu,
    memory_errors=frozenset({"OutOfMemoryError", "RuntimeError"}),
    memory_signs=("CUDA out of memory",),
)
