"""The frameworks of deep learning, each in a module of its own.

It says what of them candidates have, how they are seeded and kept to one device, and what their
tensors are on the wire. No framework is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping

from autograder.frameworks.jax import JAX
from autograder.frameworks.keras import KERAS
from autograder.frameworks.model import Framework, FrameworkDevice, ModelSupport
from autograder.frameworks.tensorflow import TENSORFLOW
from autograder.frameworks.torch import TORCH

__all__ = [
    "FRAMEWORKS",
    "KERAS",
    "MODELS",
    "PACKAGES",
    "Framework",
    "build_variables",
    "find_framework",
    "find_model_framework",
    "gpu_variables",
    "is_full",
    "open_gpu",
    "quiet_variables",
    "seed_all",
]

FRAMEWORKS = (TENSORFLOW, KERAS, TORCH, JAX)
#: What `uses` of a criterion and `frameworks` of an assignment may name.
PACKAGES = tuple(one.name for one in FRAMEWORKS)
#: Of the frameworks whose models can be lent and inspected.
MODELS: Mapping[str, ModelSupport] = {
    one.name: one.models for one in FRAMEWORKS if one.models is not None
}
_BY_ROOT = {root: one for one in FRAMEWORKS for root in one.roots}
_MEMORY_ERRORS = frozenset[str]().union(*(one.memory_errors for one in FRAMEWORKS))
_MEMORY_SIGNS = tuple(sign for one in FRAMEWORKS for sign in one.memory_signs)


def find_framework(module: str) -> Framework | None:
    """Return the framework that a module belongs to, or None."""
    return _BY_ROOT.get(module.partition(".")[0])


def find_model_framework(model: object) -> str | None:
    """Return the name of the framework that an object is a model of, or None."""
    return next((name for name, models in MODELS.items() if models.is_model(model)), None)


def seed_all(seed: int) -> None:
    """Seed the frameworks that this process has imported."""
    for one in FRAMEWORKS:
        if one.is_imported:
            one.seed(seed)


def quiet_variables() -> dict[str, str]:
    """Return the environment variables with which frameworks print little and round alike."""
    return {name: value for one in FRAMEWORKS for name, value in one.variables.items()}


def build_variables(threads: int) -> dict[str, str]:
    """Return the environment variables with which frameworks are quiet and repeat themselves.

    Parameters
    ----------
    threads
        Threads in each pool.
    """
    found = quiet_variables()
    for one in FRAMEWORKS:
        found |= dict.fromkeys(one.thread_variables, str(threads))
    return found


def gpu_variables(device: FrameworkDevice) -> dict[str, str]:
    """Return the variables that frameworks read when they open a device.

    Frameworks that are imported later read them, too.
    """
    found: dict[str, str] = {}
    for one in FRAMEWORKS:
        found |= one.gpu_variables(device)
    return found


def open_gpu(device: FrameworkDevice) -> Mapping[str, str | None]:
    """Limit the memory of the imported frameworks on a device.

    Returns
    -------
    By package, why it cannot use the device, or None if it can.
    """
    return {
        one.name: one.open_gpu(device)
        for one in FRAMEWORKS
        if one.is_imported and one.open_gpu is not None
    }


def is_full(error: str, text: str) -> bool:
    """Return True if an error says that a device's memory is full.

    Parameters
    ----------
    error
        The name of its class.
    """
    return error in _MEMORY_ERRORS and any(sign in text for sign in _MEMORY_SIGNS)
