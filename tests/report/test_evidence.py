"""Evidence of a numeric failure."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.records.evidence import GRID_CELLS, Evidence
from autograder.report.pictures import error_map, error_scale, value_tables

#: Where rounding, negation and conversion go wrong, in every dtype.
EXTREMES = [
    *(float(sign * getattr(np.finfo(dtype), name)) for dtype in (np.float16, np.float32, np.float64)
      for name in ("max", "tiny", "smallest_subnormal", "eps") for sign in (1, -1)),
    *(int(getattr(np.iinfo(dtype), name)) for dtype in (np.int8, np.int64, np.uint64) for name in ("min", "max")),
    -0.0, math.nan, math.inf, -math.inf, 10**400, -(2**4095), "\udc80", "\0", "x" * 100_000,
]  # fmt: skip
JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(EXTREMES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from([name for name in Evidence.model_fields if name != "details"]) | st.text(max_size=12)


@given(st.dictionaries(KEYS, JSON_VALUE, max_size=12))
def test_evidence_of_anything_a_check_states_is_evidence(stated):
    """An author's own evidence never costs a student the report."""
    evidence = Evidence.model_validate(stated)
    assert evidence == Evidence.model_validate_json(json.dumps(json.loads(evidence.model_dump_json())))


@pytest.mark.parametrize("value", EXTREMES, ids=lambda value: str(value)[:12])
@pytest.mark.parametrize(
    "key", ["max_abs", "max_rel", "tolerance", "actual", "mismatched", "grid", "actual_values", "off"]
)
def test_evidence_of_an_extreme_value_is_evidence(key, value):
    """The largest float rounds to infinity, and integers may lie beyond all floats."""
    stated = {"grid": [[value, 0.5]], "actual_values": [value, 1.0], "off": [value]}.get(key, value)
    evidence = Evidence.model_validate({key: stated, "tolerance": 1e-7, "expected_values": ["1", "2"]})
    assert Evidence.model_validate_json(evidence.model_dump_json()) == evidence
    error_map(evidence), error_scale(evidence), value_tables(evidence)


def test_evidence_keys_that_it_does_not_name_become_details():
    """What only one check measures is shown as it is called there."""
    evidence = Evidence.model_validate({"name": "f", "work at size 10": 21, "work at size 20": 81})
    assert evidence.details == {"work at size 10": "21", "work at size 20": "81"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (0.1 + 0.2, "0.3"),
        (1 + 2j, "1+2j"),
        (True, "True"),
        ("3.5", "3.5"),
        (7, "7"),
    ],
)
def test_evidence_values_are_text(value, text):
    """The two values at the worst element may be NaN, complex or no number at all."""
    assert Evidence(actual=value).actual == text


@pytest.mark.parametrize("value", [math.nan, math.inf, "big", [1.0]])
def test_evidence_error_that_is_no_finite_number_is_none(value):
    """Numbers of a report are finite; None says that there is none."""
    assert Evidence(max_abs=value).max_abs is None


def test_evidence_grid_keeps_three_digits_and_none_for_nan():
    """A picture needs no more than that, and a report stays small."""
    assert Evidence(grid=[[0.123456, math.nan], [np.float64(2e-9), math.inf]]).grid == ((0.123, None), (2e-9, None))


def test_evidence_grid_larger_than_a_picture_is_cut():
    """No check can make a report large."""
    grid = Evidence(grid=[[1.0] * 100] * 100).grid
    assert (len(grid), len(grid[0])) == (GRID_CELLS, GRID_CELLS)
