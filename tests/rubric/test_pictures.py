"""Evidence is small, holds in JSON, and shows where the errors are."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.records.evidence import Evidence
from autograder.rubric import CheckFailed, assert_close
from autograder.rubric.comparing.pictures import GRID_CELLS, error_grid, json_value

ERRORS = npst.arrays(
    np.float64,
    npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=40),
    elements=st.floats(min_value=0) | st.just(np.nan),
)


@given(ERRORS)
def test_error_grid_any_errors_fit_and_keep_the_largest(errors):
    """At most 32 rows and columns of one length; the largest error is in it, None stands for what is not finite."""
    grid = error_grid(errors)
    assert len(grid) <= GRID_CELLS
    assert len({len(row) for row in grid}) <= 1
    assert all(len(row) <= GRID_CELLS for row in grid)
    cells = [cell for row in grid for cell in row]
    assert (None in cells) == bool(errors.size and not np.isfinite(errors).all())
    if errors.size and None not in cells:
        assert max(cells) == errors.max()
    json.dumps(grid, allow_nan=False)


def test_error_grid_small_array_is_itself():
    """Up to 32 values each way the grid is the array."""
    errors = np.arange(6.0).reshape(2, 3)
    assert error_grid(errors) == errors.tolist()
    assert error_grid(np.array(0.5)) == [[0.5]]


def test_error_grid_long_vector_is_folded():
    """A thousand values are a square, not a line."""
    errors = np.zeros(1000)
    errors[999] = 1.0
    grid = np.array(error_grid(errors))
    assert grid.shape == (32, 32)
    assert np.argwhere(grid == 1.0).tolist() == [[31, 7]]


def test_error_grid_blocks_cover_everything():
    """One wrong value anywhere in a large array shows in its block."""
    for place in ((0, 0), (99, 69), (50, 3)):
        errors = np.zeros((100, 70))
        errors[place] = 1.0
        grid = np.array(error_grid(errors))
        starts = [np.arange(32) * n // 32 for n in (100, 70)]
        block = [int(np.searchsorted(start, i, side="right")) - 1 for start, i in zip(starts, place, strict=True)]
        assert np.argwhere(grid == 1.0).tolist() == [block]


@pytest.mark.parametrize(
    ("shape", "rows", "columns"),
    [
        ((), "1 row", "1 value"),
        ((5,), "1 row", "axis 0, 5 values"),
        ((1000,), "32 rows", "axis 0, in rows of 32 values"),
        ((40, 7), "axis 0, 40 rows", "axis 1, 7 columns"),
        ((2, 3, 4, 5), "axes 0 to 2, 24 rows", "axis 3, 5 columns"),
    ],
)
def test_evidence_says_what_rows_and_columns_are(shape, rows, columns):
    """The picture of any shape is a table; words say how it came about."""
    with pytest.raises(CheckFailed) as caught:
        assert_close(np.ones(shape), np.zeros(shape))
    assert (caught.value.evidence["grid_rows"], caught.value.evidence["grid_cols"]) == (rows, columns)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(0.5), 0.5),
        (np.float64("nan"), "nan"),
        (np.float64("-inf"), "-inf"),
        (np.int32(3), 3),
        (np.True_, True),
        (np.complex128(1 + 2j), "(1+2j)"),
    ],
)
def test_json_value_is_what_json_can_hold(value, plain):
    """Numbers and booleans as they are, everything else as text."""
    assert json_value(value) == plain
    json.dumps(json_value(value), allow_nan=False)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (np.ones((50, 70)), np.zeros((50, 70))),
        (np.full(3, np.nan), np.ones(3)),
        (np.ones(3), np.full(3, np.inf)),
        (np.ones(3, complex), 1j * np.ones(3)),
        (np.ones((2, 2)), np.ones((2, 3))),
        (np.ones(2, np.float16), np.ones(2)),
        (True, False),
        (3, 4),
    ],
)
def test_evidence_of_a_failed_comparison_is_what_reports_take(actual, expected):
    """Every kind of failed comparison gives evidence that the report's model accepts and JSON can hold."""
    with pytest.raises(CheckFailed) as caught:
        assert_close(actual, expected, name="dx")
    json.dumps(caught.value.evidence, allow_nan=False)
    assert Evidence.model_validate(caught.value.evidence).name == "dx"


@pytest.mark.parametrize(("size", "listed"), [(1, 0), (2, 2), (64, 64), (65, 0)])
def test_evidence_lists_the_values_of_small_arrays(size, listed):
    """Up to 64 values are told themselves; one alone stands in the message, and more are a picture."""
    expected = np.arange(1.0, size + 1)
    with pytest.raises(CheckFailed) as failure:
        assert_close(expected * np.where(np.arange(size) % 2, 1, 3), expected)
    evidence = Evidence.model_validate(failure.value.evidence)
    assert len(evidence.actual_values) == len(evidence.expected_values) == listed
    assert evidence.off == tuple(range(0, listed, 2))
