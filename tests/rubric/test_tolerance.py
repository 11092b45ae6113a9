"""The tolerance: room for every honest rounding, none for zeros, and never by what was returned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.rubric import checks, is_close
from autograder.rubric.comparing.tolerance import (
    DOUBLE,
    HALF,
    SINGLE,
    precision_due,
    precision_of,
    tolerance,
)

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


@given(SCALES)
def test_tolerance_mistake_of_one_percent_never_passes(scale):
    """However small the expected values are, float32 is no excuse for 1 %."""
    assert scale <= SINGLE.noise or tolerance(scale, SINGLE) < 0.01 * scale


@given(SCALES)
def test_tolerance_honest_float32_work_on_small_values_passes(scale):
    """A relative error of 1e-6 passes at every scale."""
    assert tolerance(scale, SINGLE) >= 1e-6 * scale


@pytest.mark.parametrize("scale", [1.0, 1e-2, 1e-3, 2e-4])
def test_tolerance_float32_cancellation_passes(scale):
    """Small values that are left where values near 1 cancel are off by a few roundings of 1."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        a = 1 + rng.random(50)
        b = a + scale * rng.choice([-1.0, 1.0], 50)
        left = (np.float32(a) - np.float32(b)).astype(float)
        assert np.abs(left - (a - b)).max() <= tolerance(scale, SINGLE)


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


# GPUs ---------------------------------------------------------------------------------------------------------


def as_tf32(array):
    """Round float32 to the 10 bits after the point that a tensor core takes (to nearest, ties away from zero)."""
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32)
    return ((bits + np.uint32(0x1000)) & np.uint32(0xFFFF_E000)).view(np.float32)


@pytest.mark.parametrize("n", [4, 64, 4096])
@pytest.mark.parametrize("size", [1.0, 1e-3, 100.0])
def test_product_in_tf32_passes_with_a_gpu_and_fails_without(n, size):
    """Factors rounded as tensor cores round them, of any number and size; the wrong transpose still fails."""
    rng = np.random.default_rng(n)
    a, b = (rng.normal(size=shape).astype(np.float32) for shape in ((60, n), (n, 60)))
    a *= np.float32(size)
    exact = (a.astype(np.float64) @ b.astype(np.float64)).astype(np.float32)
    rounded = as_tf32(a) @ as_tf32(b)
    try:
        checks.reset(has_gpu=True)
        assert is_close(rounded, exact, inputs=(a, b), operations=n)
        assert is_close(rounded, exact.astype(np.float64), operations=n)  # float32 is accepted for float64
        assert not is_close(exact.T, exact, inputs=(a, b), operations=n)
        assert not is_close(exact * np.float32(1.05), exact, inputs=(a, b), operations=n)
        checks.reset()
        # without, small values have room enough as it is: the tolerance is absolute below 1
        assert size < 1 or not is_close(rounded, exact, inputs=(a, b), operations=n)
    finally:
        checks.reset()


def test_float64_is_no_less_precise_with_a_gpu():
    """Only products of float32 are rounded."""
    try:
        checks.reset(has_gpu=True)
        assert not is_close(np.array([1.0 + 1e-3]), np.array([1.0]))
        assert not is_close(np.array([1.0 + 1e-6]), np.array([1.0]), precision="float64")
    finally:
        checks.reset()


def test_bfloat16_inputs_allow_what_eight_bits_give():
    """Its unit roundoff is 2^-8; float16's tolerance would be too strict by a factor of three."""
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(60, 60)).astype(bfloat16) for _ in range(2))
    exact = a.astype(np.float64) @ b.astype(np.float64)
    assert is_close(exact.astype(bfloat16).astype(np.float32), exact.astype(np.float32), inputs=(a, b))
    assert not is_close((1.1 * exact).astype(np.float32), exact.astype(np.float32), inputs=(a, b))
