"""Evidence of numeric failures for the samples, as a check measures it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.records.evidence import Evidence


def error_grid(error: np.ndarray, cells: int = 32) -> list[list[float | None]]:
    """Take the largest value of each of at most 32 by 32 blocks of a matrix; None where it is not finite."""
    rows = np.array_split(np.arange(error.shape[0]), min(cells, error.shape[0]))
    cols = np.array_split(np.arange(error.shape[1]), min(cells, error.shape[1]))
    blocks = [[error[np.ix_(row, col)].max() for col in cols] for row in rows]
    return [[float(block) if np.isfinite(block) else None for block in line] for line in blocks]


def evidence(name: str, error: np.ndarray, **more: Any) -> Evidence:
    """Make evidence for an array of errors, as a check measures it."""
    finite = np.where(np.isfinite(error), error, -1)
    worst = np.unravel_index(int(np.where(np.isfinite(error), error, np.inf).argmax()), error.shape)
    matrix = error.reshape(-1, error.shape[-1])
    return Evidence.model_validate(
        {
            "name": name,
            "shape": error.shape,
            "dtype": "float64",
            "expected_shape": error.shape,
            "expected_dtype": "float64",
            "worst_index": worst,
            "actual": -0.1837465,
            "expected": float(np.where(np.isfinite(error[worst]), error[worst] - 0.1837465, 0.25)),
            "max_abs": float(finite.max()),
            "max_rel": 0.4183,
            "tolerance": 1e-7,
            "mismatched": int((~(error <= 1e-7)).sum()),
            "total": error.size,
            "grid": error_grid(matrix),
            **more,
        }
    )


def waves(rows: int, cols: int) -> np.ndarray:
    """Make an error that a picture explains at once: each row's last third is off, more so further down."""
    row, col = np.mgrid[0:rows, 0:cols]
    return np.where(col >= 2 * cols // 3, 10.0 ** (-6 + 5 * row / rows), 1e-12)


def border(rows: int, cols: int) -> np.ndarray:
    """Make an error at the border only, with NaN in one row."""
    error = np.full((rows, cols), 3e-11)
    error[:, [0, -1]] = 2.5e-3
    error[[0, -1], :] = 4.0e-2
    error[rows // 2, : cols // 2] = np.nan
    return error
