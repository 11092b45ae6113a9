"""A framework of deep learning, as far as grading must know it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import numpy as np


class FrameworkDevice(Protocol):
    """The GPU of a candidate, as a framework needs to know it."""

    @property
    def memory_mib(self) -> int | None:
        """The memory that the submission may use [MiB], or None for all."""
        ...

    @property
    def fraction(self) -> float | None:
        """The usable part of the memory, or None without a limit."""
        ...


def _leave(_seed: int) -> None:
    """Leave a framework without global generators as it is."""


def _no_variables(_device: FrameworkDevice) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class ModelSupport:
    """The functions that lend and inspect a framework's models.

    Attributes
    ----------
    is_model
        True for an object that is one.
    describe
        Returns a model as data that cross the wire, or such data as they are.
    rebuild
        Returns the model of such data.
    graph
        Returns the operations of a model in order, as `autograder.frameworks.keras_graphs` lists
        them; raises ValueError if the model shows no graph.
    """

    is_model: Callable[[object], bool]
    describe: Callable[[Any], Mapping[str, Any]]
    rebuild: Callable[[Mapping[str, Any]], Any]
    graph: Callable[[Any], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework, as grading has to know it.

    Functions are called only in a process that has imported the framework.

    Attributes
    ----------
    name
        Its package, as courses ask for it in `uses` and `frameworks`.
    roots
        Top-level modules of its types.
    dense, sparse, symbolic
        Names of its classes of tensors: with an array, with none since they are sparse or
        ragged, and with none since they have no value yet.
    read
        Returns a dense tensor's values as something that `numpy.asarray` takes.
    seed
        Seeds its global generators.
    thread_variables
        Environment variables that hold the number of threads of its pools.
    variables
        Other environment variables of candidates, so that it is quiet and repeats itself.
    gpu_variables
        Environment variables that it reads when it opens a device.
    open_gpu
        Limits its memory on the device; returns why it cannot use the device, or None. None for
        a framework that computes by another one.
    memory_errors, memory_signs
        Classes with which it says that a device's memory is full, and texts that name the
        device.
    models
        How its models are lent and inspected; None for a framework whose models are not.
    """

    name: str
    roots: frozenset[str]
    dense: frozenset[str]
    read: Callable[[Any], Any]
    sparse: frozenset[str] = frozenset()
    symbolic: frozenset[str] = frozenset()
    seed: Callable[[int], None] = _leave
    thread_variables: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    open_gpu: Callable[[FrameworkDevice], str | None] | None = None
    gpu_variables: Callable[[FrameworkDevice], Mapping[str, str]] = _no_variables
    memory_errors: frozenset[str] = frozenset()
    memory_signs: tuple[str, ...] = ()
    models: ModelSupport | None = None

    @property
    def is_imported(self) -> bool:
        """True if this process has imported the framework."""
        return self.name in sys.modules


def imported(name: str) -> Any:
    """Return a module that this process has imported."""
    return sys.modules[name]


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, or its type."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def as_array(value: Any) -> Any:
    """Return a tensor's values by its ``numpy()``, or as `numpy.asarray` reads it."""
    return value.numpy() if hasattr(value, "numpy") else np.asarray(value)


@cache
def bfloat16_dtype() -> np.dtype[Any] | None:
    """Return the bfloat16 of `ml_dtypes`, or None without that package."""
    try:
        dtype: np.dtype[Any] = np.dtype(importlib.import_module("ml_dtypes").bfloat16)
    except (ImportError, AttributeError):
        return None
    return dtype
