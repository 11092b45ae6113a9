"""The events of one criterion, for a dispute.

They are every call with its inputs and answer, and every comparison.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.records.criterion import Data

MAX_STEPS = 1_000
MAX_SHOWN_ITEMS = 20
MAX_TEXT_CHARACTERS = 300
MAX_ARRAYS = 1_000  # of one step; each is an entry of its file
MAX_NAME_CHARACTERS = 80


class Trace:
    """Listens to a submission and to the rubric's comparisons.

    Parameters
    ----------
    folder
        Where the values are written, one ``.npz`` per step; None writes none.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.steps: list[Data] = []

    def hear_call(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], answer: Any
    ) -> None:
        """Keep a call of the submission that was answered."""
        inputs = {**{f"input_{number}": value for number, value in enumerate(args, 1)}, **kwargs}
        shown = [
            *(describe_compared(value) for value in args),
            *(f"{key}={describe_compared(value)}" for key, value in kwargs.items()),
        ]
        self._keep(
            {"step": "call", "name": name, "inputs": shown, "answer": describe_compared(answer)},
            {**inputs, "answer": answer},
        )

    def hear_comparison(self, name: str, actual: object, expected: object) -> None:
        """Keep both sides of a comparison."""
        difference = _difference(actual, expected)
        step = {
            "step": "comparison",
            "name": name,
            "answer": describe_compared(actual),
            "expected": describe_compared(expected),
        }
        if difference is not None:
            step["difference"] = describe_compared(difference)
        self._keep(step, {"answer": actual, "expected": expected, "difference": difference})

    def _keep(self, step: Data, values: Mapping[str, Any]) -> None:
        if len(self.steps) >= MAX_STEPS:
            return
        self.steps.append(step)
        if self._folder is not None:
            step["file"] = self._write(step, values)

    def _write(self, step: Mapping[str, Any], values: Mapping[str, Any]) -> str:
        assert self._folder is not None
        label = _safe(f"{step['step']}_{step['name']}")
        path = self._folder / f"{len(self.steps):03d}_{label}.npz"
        arrays = (pair for name, value in values.items() for pair in _arrays(name, value))
        np.savez(path, allow_pickle=False, **_by_safe_name(itertools.islice(arrays, MAX_ARRAYS)))
        return path.name


def _arrays(name: str, value: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arrays in a value, named by their places."""
    if isinstance(value, tuple | list):
        for number, part in enumerate(value):
            yield from _arrays(f"{name}_{number}", part)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _arrays(f"{name}_{str(key)[:MAX_NAME_CHARACTERS]}", part)
    elif _is_number(value):
        yield name, np.asarray(value)


def _is_number(value: object) -> bool:
    """Return True if a value fits into an array.

    It is an array or a number.
    """
    if isinstance(value, int):
        return abs(value) < 2**63
    return isinstance(value, np.ndarray | np.generic | float | complex)


def _by_safe_name(arrays: Iterable[tuple[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return arrays by names that a file can hold.

    Keys of an answer may be anything. Two names that become alike are numbered.
    """
    named: dict[str, np.ndarray] = {}
    for name, array in arrays:
        safe = _safe(name)
        named[safe if safe not in named else f"{safe}_{len(named)}"] = array
    return named


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "_", name)[:MAX_NAME_CHARACTERS]


def _difference(actual: object, expected: object) -> np.ndarray | None:
    """Answer less expected, where both are numbers of one shape."""
    if not isinstance(actual, np.ndarray | np.generic | bool | int | float | complex):
        return None
    ours, theirs = np.asarray(actual), np.asarray(expected)
    if (
        ours.shape != theirs.shape
        or ours.dtype.kind not in "biufc"
        or theirs.dtype.kind not in "biufc"
    ):
        return None
    with np.errstate(all="ignore"):
        difference: np.ndarray = np.subtract(
            ours, theirs, dtype=np.result_type(ours, theirs, np.float64)
        )
    return difference


def describe_compared(value: object) -> str:
    """Return a value in a few words.

    A few numbers are shown in full.
    """
    if isinstance(value, np.ndarray):
        head = f"{value.dtype} {value.shape}"
        if value.size > MAX_SHOWN_ITEMS:
            return head
        shown = np.array2string(value, precision=6, separator=", ", max_line_width=10_000).replace(
            "\n", " "
        )
        return f"{head} {re.sub(' +', ' ', shown)}"
    if isinstance(value, tuple | list):
        parts = ", ".join(describe_compared(part) for part in value[:MAX_SHOWN_ITEMS])
        return _clip(f"({parts})" if isinstance(value, tuple) else f"[{parts}]")
    return _clip(repr(value))


def _clip(text: str) -> str:
    return text if len(text) <= MAX_TEXT_CHARACTERS else f"{text[:MAX_TEXT_CHARACTERS]}..."
