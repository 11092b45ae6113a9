"""Form pays once: right numbers in another type, shape or precision pass with one note."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.rubric import (
    assert_close,
    assert_consistent,
    assert_form,
    assert_fraction,
    assert_gradient,
    is_close,
)

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
V = np.array([1.0, 2.0, 4.0])


# conversions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "expected", "note"),
    [
        (X.tolist(), X, "out: a list accepted for an array"),
        (tuple(map(tuple, X.tolist())), X, "out: a tuple accepted for an array"),
        (list(X), X, "out: a list accepted for an array"),
        ([X[0].tolist(), X[1]], X, "out: a list accepted for an array"),
        ([[1, 2, 3], [4, 5, 7]], X, "out: a list accepted for an array"),
        ([], np.zeros(0), "out: a list accepted for an array"),
        ([[1.0], [2.0], [4.0]], V, "out: a list accepted for an array"),
        ([2.5], 2.5, "out: a list accepted for a number"),
        (V[None], V, "out: shape (1, 3) accepted for shape (3,)"),
        (V[:, None], V, "out: shape (3, 1) accepted for shape (3,)"),
        (V, V[None], "out: shape (3,) accepted for shape (1, 3)"),
        (X[:, None, :, None], X, "out: shape (2, 1, 3, 1) accepted for shape (2, 3)"),
        (np.array([2.5]), 2.5, "out: shape (1,) accepted for a scalar"),
        (np.array([[2.5]]), 2.5, "out: shape (1, 1) accepted for a scalar"),
        (2.5, np.array([2.5]), "out: a scalar accepted for shape (1,)"),
        (3.0, 3, "out: float64 accepted for int64"),
        (V, np.array([1, 2, 4]), "out: float64 accepted for int64"),
        (np.array([1, 2, 4]), V, "out: int64 accepted for float64"),
        (True, 1, "out: bool accepted for int64"),
        (1, True, "out: int64 accepted for bool"),
        (np.array([1.0, 0.0]), np.array([True, False]), "out: float64 accepted for bool"),
        (np.array([True, False]), np.array([1.0, 0.0]), "out: bool accepted for float64"),
        (V + 0j, V, "out: complex128 accepted for float64"),
        (V, V + 0j, "out: float64 accepted for complex128"),
        (np.array([1.0, 2.0]), [1.0, 2.0], "out: an array accepted for a list"),
        (np.array([[1.0], [2.0]]), (1.0, 2.0), "out: an array accepted for a tuple"),
        (np.stack([V, 2 * V]), (V, 2 * V), "out: an array accepted for a tuple"),
    ],
)
def test_assert_close_other_form_passes_with_a_note(passes, tally, actual, expected, note):
    """Right numbers are right in another type or shape, and the report says what was converted."""
    passes(assert_close, actual, expected)
    assert tally.notes[0] == note


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (2 * X.tolist(), X),
        ((2 * X).tolist(), X),
        (2 * V[None], V),
        (X.T, X),
        (V[None], V[:, None]),
        (np.stack([X, X]), X),
        (np.array([3.5]), 2.5),
        (4.0, 3),
        (3.0000001, 3),
        (0, True),
        (np.array([0.0, 1.0]), np.array([True, False])),
        (np.array([1.0, np.nan]), np.array([1, 2])),
        (V + 1e-12j, V),
        (np.stack([V, V]), (V, 2 * V)),
        (np.stack([V, V]), (V, 2.0)),
    ],
)
def test_assert_close_wrong_numbers_in_another_form_fail(fails, tally, actual, expected):
    """What is converted is compared all the same; and what fails leaves no note."""
    fails(assert_close, actual, expected)
    assert tally.notes == []


def test_assert_close_large_integers_are_compared_to_the_last_digit(passes, fails):
    """A float beyond 2^53 is a whole number, but not every one."""
    passes(assert_close, 2.0**60, 2**60)
    fails(assert_close, 2.0**60, 2**60 + 1)
    passes(assert_close, 2.0**63, np.uint64(2**63))


def test_assert_close_notes_one_conversion_of_a_kind(passes, tally):
    """A criterion that compares a hundred lists says so once."""
    for name in ("dx", "dw", "db"):
        passes(assert_close, V.tolist(), V, name=name)
        passes(assert_close, V[None], V, name=name)
        passes(assert_close, V.astype(np.float32), V * (1 + 1e-8), name=name)
    assert tally.notes == [
        "dx: a list accepted for an array",
        "dx: shape (1, 3) accepted for shape (3,)",
        "dx: float32 precision accepted for float64",
    ]


def test_is_close_converts_and_notes_nothing(tally):
    """A question about an answer is no check, and leaves no trace in the report."""
    assert is_close(V.tolist(), V)
    assert_close(1.0, 1.0)
    assert tally.notes == []


def test_assert_fraction_takes_ones_and_zeros_for_flags(passes, fails):
    """A mask of ones and zeros is a mask; one of other numbers is not."""
    flags = np.arange(1000) % 2
    for mask in (flags, flags.astype(float), flags.tolist()):
        passes(assert_fraction, mask, 0.5, name="mask", says="half are kept")
    failure = fails(assert_fraction, 2 * flags, 0.5, name="mask", says="half are kept")
    assert failure.message == "mask: expected booleans, got int64."


@pytest.mark.parametrize("change", [np.ndarray.tolist, lambda g: g[None], lambda g: g + 0j, np.float32])
def test_assert_gradient_converts_as_assert_close_does(passes, fails, change):
    """One rule for all helpers: a gradient may be a list, too."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 4))
    passes(assert_gradient, lambda x: np.sin(x).sum(), x, change(np.cos(x)), rng=rng)
    fails(assert_gradient, lambda x: np.sin(x).sum(), x, change(1.01 * np.cos(x)), rng=rng)


# precision ------------------------------------------------------------------------------------


def test_float32_work_passes_whatever_the_draw_and_the_dtype(passes):
    """Work in float32 passes for a thousand draws, and as well where it comes back as float64."""
    rng = np.random.default_rng(0)
    for _ in range(1000):
        z = rng.normal(scale=3.0, size=(4, 5))
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        single = np.exp(np.float32(z) - np.float32(z).max(axis=1, keepdims=True))
        single /= single.sum(axis=1, keepdims=True)
        loss, single_loss = -np.log(p[:, 0]).mean(), -np.log(single[:, 0]).mean()
        passes(assert_close, (single, single_loss), (p, loss), inputs=(z,))
        passes(assert_close, (single.astype(float), float(single_loss)), (p, loss), inputs=(z,))


def test_float64_that_is_needed_fails_float32_and_says_so(passes, fails):
    """The message tells that the values are right to float32's precision; one that is wrong gets no such word."""
    passes(assert_close, X, X, precision="float64")
    failure = fails(assert_close, X * (1 + 1e-6), X, precision="float64", name="dx")
    assert failure.message == (
        "dx: 6 of 6 values are wrong; the largest error is 7e-06 at [1, 2]: got 7.00001, expected 7 "
        "(relative error 1e-06, tolerance 1e-07, float64). "
        "The values agree to float32's precision; float64's is needed here."
    )
    failure = fails(assert_close, X.astype(np.float32), X, precision="float64", name="dx")
    assert failure.kind == "dtype"
    assert failure.message == "dx: float64 is needed here, got float32; the values agree to float32's precision."
    failure = fails(assert_close, 1.01 * X.astype(np.float32), X, precision="float64", name="dx")
    assert failure.kind == "wrong values"
    assert "float32's" not in failure.message


def test_own_tolerance_beyond_float32_says_so(fails):
    """A tolerance of the rubric's own that float32 cannot reach is told as that."""
    assert fails(assert_close, 1.0 + 1e-6, 1.0, rtol=1e-9, name="loss").message.endswith(
        "The value agrees to float32's precision; float64's is needed here."
    )
    assert "float32's" not in fails(assert_close, 1.01, 1.0, rtol=1e-9, name="loss").message


def test_assert_gradient_work_in_float32_passes_unless_float64_is_needed(passes, fails, tally):
    """A float32 error in a float64 gradient passes with a note, and fails where float64 is needed."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 4))
    g = np.cos(x) * (1 + 5e-5)
    passes(assert_gradient, lambda x: np.sin(x).sum(), x, g, rng=rng, name="dx")
    assert tally.notes == ["dx: float32 precision accepted for float64"]
    failure = fails(assert_gradient, lambda x: np.sin(x).sum(), x, g, rng=rng, precision="float64")
    assert failure.message.endswith("(tolerance 1e-05). It is right to float32's precision; float64's is needed here.")
    single = np.cos(x).astype(np.float32)
    failure = fails(assert_gradient, lambda x: np.sin(x).sum(), x, single, rng=rng, precision="float64")
    assert failure.message == "gradient: float64 is needed here, got float32."


def test_assert_consistent_forward_pass_in_float32_is_measured_over_a_longer_step(passes, fails):
    """Over a step of 1e-5 float32 leaves noise; a wrong gradient fails over the longer one, too."""
    rng = np.random.default_rng(0)

    def forward(x):
        return np.tanh(np.float32(x)).sum()

    x = rng.normal(size=(4, 3))
    g = 1 - np.tanh(x) ** 2
    passes(assert_consistent, forward, x, g, rng=rng)
    passes(assert_consistent, lambda x: [[forward(x)]], x, g, rng=rng)
    fails(assert_consistent, forward, x, 1.01 * g, rng=rng)
    fails(assert_consistent, forward, x, g, rng=rng, precision="float64")


# form alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "like"),
    [
        (2 * X, X),
        (X.astype(np.float32), np.zeros((2, 3), np.float32)),
        (np.array([1, 2], np.int32), np.array([0, 0])),
        (np.array([True]), np.array([False])),
        (2.5, 0.0),
        (np.array(2.5), 0.0),
        (1, 0.0),
        (np.full((2, 3), np.nan), X),
        ((2 * X, 1.0), (X, 0.0)),
        ([2 * X, 1.0], (X, 0.0)),
        ({"W": 2 * X, "more": 1}, {"W": X}),
        ("tanh", "relu"),
        (None, None),
    ],
)
def test_assert_form_right_form_passes_whatever_the_values(passes, actual, like):
    """Values are none of its business, not even a NaN."""
    passes(assert_form, actual, like)


@pytest.mark.parametrize(
    ("actual", "like", "message", "kind"),
    [
        (X.tolist(), X, "out: expected an array of shape (2, 3), got a list of 2.", "type"),
        (None, X, "out: expected an array of shape (2, 3), got None. Is a `return` missing?", "type"),
        (V[None], V, "out: expected shape (3,), got (1, 3).", "shape"),
        (np.array([2.5]), 0.0, "out: expected a scalar, got (1,).", "shape"),
        (2.5, V[:1], "out: expected shape (1,), got a scalar.", "shape"),
        (V, np.array([1, 2, 4]), "out: expected dtype int64, got float64.", "dtype"),
        (np.array([1, 2, 4]), V, "out: expected dtype float64, got int64.", "dtype"),
        (2.0, 1, "out: expected an integer, got a floating-point number.", "dtype"),
        (1, True, "out: expected True or False, got an integer.", "dtype"),
        (True, 1, "out: expected an integer, got True or False.", "dtype"),
        (V + 0j, V, "out: expected dtype float64, got complex128.", "dtype"),
        (np.float32(V), V, "out: expected dtype float64, got float32.", "dtype"),
        (V, np.float32(V), "out: expected dtype float32, got float64.", "dtype"),
        (np.float16(V), V, "out: expected dtype float64, got float16.", "dtype"),
        (X, (V, V), "out: expected a tuple of 2, got an array of shape (2, 3) and dtype float64.", "type"),
        ((V, V[None]), (V, V), "out[1]: expected shape (3,), got (1, 3). out[0] is right.", "shape"),
        ({"W": V[None]}, {"W": V}, "out['W']: expected shape (3,), got (1, 3).", "shape"),
        ({"w": V}, {"W": V}, "out: the key 'W' is missing.", "shape"),
        (1.0, None, "out: expected None, got the number 1.", "type"),
        (1.0, "relu", "out: expected the text 'relu', got the number 1.", "type"),
    ],
)
def test_assert_form_other_form_fails(fails, actual, like, message, kind):
    """Nothing is converted: a list, an axis of length 1, other numbers and another precision fail."""
    failure = fails(assert_form, actual, like)
    assert (failure.message, failure.kind) == (message, kind)


def test_exact_dtype_converts_nothing(fails):
    """A rubric that asks for the exact dtype asks for an array of the exact shape, too."""
    fails(assert_close, V.tolist(), V, check_dtype="exact")
    fails(assert_close, V[None], V, check_dtype="exact")
    fails(assert_close, 3.0, 3, check_dtype="exact")
    fails(assert_close, np.array([1.0, 2.0]), (1.0, 2.0), check_dtype="exact")
