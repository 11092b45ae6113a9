"""JAX."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.frameworks.model import Framework, FrameworkDevice, first_line, imported


def _gpu_variables(device: FrameworkDevice) -> Mapping[str, str]:
    fraction = device.fraction
    cap = {} if fraction is None else {"XLA_PYTHON_CLIENT_MEM_FRACTION": f"{fraction:.4f}"}
    return {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", **cap}


def _open_gpu(_device: FrameworkDevice) -> str | None:
    """Look for the device.

    Its memory is limited by `_gpu_variables`.
    """
    try:
        imported("jax").devices("gpu")
    except RuntimeError as error:
        return first_line(error)
    return None


JAX = Framework(
    name="jax",
    roots=frozenset({"jax", "jaxlib"}),
    dense=frozenset({"Array", "ArrayImpl"}),
    sparse=frozenset({"BCOO"}),
    symbolic=frozenset({"Tracer"}),
    read=np.asarray,
    gpu_variables=_gpu_variables,
    open_gpu=_open_gpu,
    memory_errors=frozenset({"XlaRuntimeError", "JaxRuntimeError"}),
    memory_signs=("RESOURCE_EXHAUSTED: Out of memory",),
)
