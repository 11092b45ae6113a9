"""The tolerance: room for every honest rounding, none for zeros, and never by what was returned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.rubric.tolerance import DOUBLE, HALF, SINGLE, precision_due, precision_of, tolerance

SCALES = st.floats(min_value=1e-300, max_value=1e300)
PRECISIONS = st.sampled_from([DOUBLE, SINGLE, HALF])


@given(SCALES, PRECISIONS)
def test_tolerance_zeros_never_pass_beyond_noise(scale, precision):
    """An answer of zeros is off by the scale: more than is allowed, unless the scale is rounding noise."""
    assert scale <= precision.noise or tolerance(scale, precision) < scale


@given(SCALES)
def test_tolerance_zeros_in_float32_never_pass_for_float64(scale):
    """The noise is that of what is due: returning float32 does not make small values vanish."""
    assert scale <= DOUBLE.noise or tolerance(scale, SINGLE, noise=DOUBLE.noise) < scale


@given(SCALES, PRECISIONS)
def test_tolerance_is_at_most_the_documented_rule(scale, precision):
    """Never more than r max(1, s)."""
    assert tolerance(scale, precision) <= precision.floor * max(1.0, scale)


@pytest.mark.parametrize("terms", [1, 100, 10_000, 1_000_000])
@pytest.mark.parametrize(("dtype", "precision"), [(np.float32, SINGLE), (np.float64, DOUBLE)])
def test_tolerance_honest_sums_stay_within_it(dtype, precision, terms):
    """The error of a sum in a loop, the worst order there is, is below what its operations allow."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        values = rng.normal(size=terms).astype(dtype)
        running = float(np.cumsum(values)[-1])  # cumsum adds one after the other
        exact = float(np.sum(values.astype(np.longdouble)))
        magnitude = float(np.sqrt(terms))  # of the partial sums
        assert abs(running - exact) <= tolerance(magnitude, precision, terms)


@pytest.mark.parametrize(
    ("dtype", "precision"),
    [
        ("float64", DOUBLE),
        ("complex128", DOUBLE),
        ("longdouble", DOUBLE),
        ("int64", DOUBLE),
        ("bool", DOUBLE),
        ("float32", SINGLE),
        ("complex64", SINGLE),
        ("float16", HALF),
    ],
)
def test_precision_of_dtype_is_that_of_its_real_part(dtype, precision):
    """Integers and booleans are exact; complex numbers are two real ones."""
    assert precision_of(np.dtype(dtype)) is precision


def test_precision_due_is_the_lowest_that_was_fed():
    """Arrays count wherever they stand in the inputs, Python numbers do not."""
    double, single = np.dtype("float64"), np.ones(2, np.float32)
    assert precision_due(double) is DOUBLE
    assert precision_due(double, (1.0, np.ones(2))) is DOUBLE
    assert precision_due(double, {"params": [np.ones(2), (single,)]}) is SINGLE
    assert precision_due(double, single) is SINGLE
    assert precision_due(np.dtype("float32"), np.ones(2)) is SINGLE
