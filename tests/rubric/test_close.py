"""Equality with expected values: every typical wrong answer fails with a sentence that says what is wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.errors import CourseError
from autograder.rubric import assert_close, is_close

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])


class Foreign:
    """An object of a class that no check knows."""

    def __array__(self, dtype=None, copy=None):
        return X


# right answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (X, X),
        (X + 0.9e-7, X / 1.0),
        (np.asfortranarray(X), X),
        (X[::-1][::-1], X),
        (X.astype(">f8"), X),
        (np.broadcast_to(2.0, (2, 3)), np.full((2, 3), 2.0)),
        (1.5, np.float64(1.5)),
        (np.array(1.5), 1.5),
        (1, 1.0),
        (np.int32(3), 3),
        (np.arange(3, dtype=np.uint8), np.arange(3)),
        (True, np.True_),
        (np.array([True, False]), np.array([True, False])),
        (np.zeros((0, 3)), np.ones((0, 3))),
        (np.array([1.0, np.inf, -np.inf]), np.array([1.0, np.inf, -np.inf])),
        (np.array([1 + 2j, 3]), np.array([1 + 2j, 3])),
        (-0.0, 0.0),
        (1e-12, 3e-17),
        (None, None),
        ("softmax", "softmax"),
        ({1, 2}, {1, 2}),
        (frozenset({1, 2}), {1, 2}),
        ((X, 2.0), (X, 2.0)),
        ([X, 2.0], (X, 2.0)),
        ({"W1": X, "extra": None}, {"W1": X}),
        ([[1, 2], []], [[1, 2], []]),
        (2**63, np.uint64(2**63)),
    ],
)
def test_assert_close_right_answer_passes(passes, actual, expected):
    """What equals the expected value in value, shape and kind passes, however it is stored."""
    passes(assert_close, actual, expected)


def test_assert_close_float32_for_float64_passes_with_a_note(passes, tally):
    """A float32 answer is accepted at 1e-4 where float64 was fed, and the report says so."""
    passes(assert_close, X.astype(np.float32) * np.float32(1 + 5e-5), X, inputs=(X,))
    assert tally.notes == ["out: float32 precision accepted for float64"]


def test_assert_close_float32_inputs_lower_what_is_due(passes, fails, tally):
    """Where float32 was fed, float32 is due: 1e-4 without a note, though the reference answers in float64."""
    fed = X.astype(np.float32)
    passes(assert_close, fed * np.float32(1 + 5e-5), X, inputs=(fed,))
    assert tally.notes == []
    fails(assert_close, X * (1 + 2e-3), X, inputs=(fed,))


def test_assert_close_float64_for_float32_passes(passes, tally):
    """More precision than was asked for is no fault."""
    passes(assert_close, X, X.astype(np.float32))
    assert tally.notes == []


def test_assert_close_nan_passes_only_where_expected_and_allowed(passes, fails):
    """A NaN equals a NaN at the same place only if the rubric allows it."""
    holes = np.array([1.0, np.nan])
    passes(assert_close, holes, holes, allow_nan=True)
    assert fails(assert_close, holes[::-1], holes, allow_nan=True).message == (
        "out: 1 of 2 values are not finite; the first is nan at [0], expected 1."
    )


def test_assert_close_nan_where_only_the_reference_has_one_fails(fails):
    """A number where a NaN is due is wrong."""
    failure = fails(assert_close, np.array([1.0, 2.0]), np.array([1.0, np.nan]), allow_nan=True)
    assert failure.message == (
        "out: 1 of 2 values are wrong; the largest error is nan at [1]: got 2, expected nan (float64)."
    )


def test_assert_close_expected_nan_is_an_error_of_the_course():
    """A reference that answers NaN is found by its author, not by a student."""
    with pytest.raises(CourseError) as caught:
        assert_close(1.0, math.nan, name="loss")
    assert str(caught.value) == "loss: the expected values hold NaN.\nHint: Pass allow_nan=True if that is meant."


# kind of value ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "message"),
    [
        (None, "dx: expected an array of shape (N, D) = (2, 3), got None. Is a `return` missing?"),
        ([[1, 2], [3]], "dx: expected an array of shape (N, D) = (2, 3), got a list of 2."),
        ([[1, 2, 3], [4, 5, "7"]], "dx: expected an array of shape (N, D) = (2, 3), got a list of 2."),
        ([[1, 2, 3], [4, 5, 2**64]], "dx: expected an array of shape (N, D) = (2, 3), got a list of 2."),
        ((X, X), "dx: expected an array of shape (N, D) = (2, 3), got a tuple of 2."),
        ({"dx": X}, "dx: expected an array of shape (N, D) = (2, 3), got a dict of 1."),
        ("x" * 50, f"dx: expected an array of shape (N, D) = (2, 3), got the text '{'x' * 40}…'."),
        (b"abc", "dx: expected an array of shape (N, D) = (2, 3), got a bytes of 3."),
        (Foreign(), "dx: expected an array of shape (N, D) = (2, 3), got an object of class `Foreign`."),
        (
            X.astype(object),
            "dx: expected an array of shape (N, D) = (2, 3), got an array of shape (2, 3) and dtype object.",
        ),
        (
            np.array([["a"] * 3] * 2),
            "dx: expected an array of shape (N, D) = (2, 3), got an array of shape (2, 3) and dtype <U1.",
        ),
        (np.ma.masked_all((2, 3)), "dx: expected an array of shape (N, D) = (2, 3), got a masked array."),
    ],
)
def test_assert_close_wrong_kind_fails_by_type(fails, actual, message):
    """What is no array of numbers fails by its kind, and is never converted, compared or printed."""
    failure = fails(assert_close, actual, X, name="dx", axes="N D")
    assert (failure.message, failure.kind) == (message, "type")


@pytest.mark.parametrize(
    ("actual", "expected", "message", "kind"),
    [
        (None, 2.0, "out: expected a number, got None. Is a `return` missing?", "type"),
        ("2.0", 2.0, "out: expected a number, got the text '2.0'.", "type"),
        (2**64, 3, "out: expected a number, got an integer beyond 64 bits.", "type"),
        (2.0, None, "out: expected None, got the number 2.", "type"),
        ("relu", "tanh", "out: expected the text 'tanh', got the text 'relu'.", "wrong values"),
        (1.0, "tanh", "out: expected the text 'tanh', got the number 1.", "type"),
        (X, (X, X), "out: expected a tuple of 2, got an array of shape (2, 3) and dtype float64.", "type"),
        (None, (X, X), "out: expected a tuple of 2, got None. Is a `return` missing?", "type"),
        ((X,), (X, X), "out: expected a tuple of 2, got 1 value.", "shape"),
        ((X, X, X), (X, X), "out: expected a tuple of 2, got 3 values.", "shape"),
        ([], [1], "out: expected a list of 1, got 0 values.", "shape"),
        (None, {"W1": X}, "out: expected a dict, got None. Is a `return` missing?", "type"),
        ({"w1": X}, {"W1": X}, "out: the key 'W1' is missing.", "shape"),
    ],
)
def test_assert_close_wrong_structure_fails(fails, actual, expected, message, kind):
    """What has not the structure of the expected value fails, and the message says both."""
    failure = fails(assert_close, actual, expected)
    assert (failure.message, failure.kind) == (message, kind)


# shape --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        (X[:, :2], X, "out: expected shape (2, 3), got (2, 2)."),
        (np.empty((0, 3)), X[:1], "out: expected shape (1, 3), got (0, 3)."),
        (np.ones((1, 1)), np.ones((2, 3)), "out: expected shape (2, 3), got (1, 1)."),
        (np.ones((1, 3)), np.ones((3, 1)), "out: expected shape (3, 1), got (1, 3). It would be right if transposed."),
        (np.ones((1, 3, 2)), np.ones((2, 3)), "out: expected shape (2, 3), got (1, 3, 2)."),
        (np.array([2.3, 2.3]), 2.3, "out: expected a scalar, got (2,)."),
        (2.3, np.array([2.3, 2.3]), "out: expected shape (2,), got a scalar."),
        ([[1, 2], [3, 4]], X, "out: expected shape (2, 3), got (2, 2)."),
        (np.empty(0), 2.3, "out: expected a scalar, got (0,)."),
        (np.empty((0, 2)), np.empty((0, 3)), "out: expected shape (0, 3), got (0, 2)."),
    ],
)
def test_assert_close_other_shape_fails(fails, actual, expected, message):
    """Nothing is broadcast: empty and scalar answers do not equal what they would be stretched to."""
    failure = fails(assert_close, actual, expected)
    assert (failure.message, failure.kind) == (message, "shape")
    assert failure.evidence["expected_shape"] == list(np.shape(expected))


def test_assert_close_transposed_shape_says_so(fails):
    """A transposed answer learns the letters, the numbers, and that it only needs a transpose."""
    failure = fails(assert_close, np.ones((10, 784)), np.ones((784, 10)), name="dw", axes="D M")
    assert failure.message == ("dw: expected shape (D, M) = (784, 10), got (10, 784). It would be right if transposed.")


def test_assert_close_letters_that_do_not_fit_are_an_error_of_the_course():
    """Letters of axes must be as many as the expected value has."""
    with pytest.raises(CourseError) as caught:
        assert_close(X, X, name="x", axes="N D M")
    assert str(caught.value) == "x: axes 'N D M' name 3 axes, the expected value has 2."
    with pytest.raises(CourseError) as caught:
        assert_close((X, X), (X, X), name="dx dw", axes="N D")
    assert str(caught.value) == "dx dw: axes 'N D' name 1 parts, the expected tuple has 2."


# dtype --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        (X.astype(np.float16), X, "out: precision too low (float16), expected float64."),
        (np.float16(1), 1.0, "out: precision too low (float16), expected float64."),
        (X + 1e-9j, X, "out: expected dtype float64, got complex128."),
        (1j, 1.0, "out: expected a floating-point number, got a complex number."),
        (2.7, 3, "out: expected an integer, got 2.7."),
        (np.array([1.0, 2.5]), np.array([1, 2]), "out: expected whole numbers, got 2.5 at [1]."),
        (2, True, "out: expected True or False, got 2."),
        (np.array([1.0, 0.3]), np.array([True, False]), "out: expected True or False, got 0.3 at [1]."),
    ],
)
def test_assert_close_other_dtype_fails(fails, actual, expected, message):
    """Numbers of another kind, and less than float32, fail by their dtype though the values are right."""
    failure = fails(assert_close, actual, expected)
    assert (failure.message, failure.kind) == (message, "dtype")


def test_assert_close_bfloat16_fails_by_its_dtype(fails):
    """A bfloat16 of TensorFlow is less than half precision."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    failure = fails(assert_close, X.astype(ml_dtypes.bfloat16), X)
    assert (failure.message, failure.kind) == ("out: precision too low (bfloat16), expected float64.", "dtype")


def test_assert_close_float16_is_accepted_where_float16_is_due(passes):
    """Half precision is right where half precision was fed."""
    half = X.astype(np.float16)
    passes(assert_close, half, half)


def test_assert_close_any_numbers_are_accepted_on_request(passes, fails):
    """Without a check of the dtype the values alone decide."""
    passes(assert_close, X.astype(int), X, check_dtype=False)
    passes(assert_close, 3.0, 3, check_dtype=False)
    fails(assert_close, 3.1, 3, check_dtype=False)
    fails(assert_close, (1.002 * X).astype(np.float16), X, check_dtype=False)


def test_assert_close_exact_dtype_is_required_on_request(passes, fails):
    """`float32 in, float32 out` is one keyword."""
    single = X.astype(np.float32)
    passes(assert_close, single, single, check_dtype="exact")
    assert fails(assert_close, X, single, check_dtype="exact").message == "out: expected dtype float32, got float64."


# NaN and infinity ---------------------------------------------------------------------------------------------


def test_assert_close_nan_fails_as_nan(fails):
    """A NaN never passes, and its place is told."""
    wrong = X.copy()
    wrong[1, 0] = np.nan
    failure = fails(assert_close, wrong, X, name="dx")
    assert failure.message == "dx: 1 of 6 values are not finite; the first is nan at [1, 0], expected 4."
    assert failure.kind == "NaN"
    assert failure.evidence["grid"] == [[0.0, 0.0, 0.0], [None, 0.0, 0.0]]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_assert_close_scalar_that_is_not_finite_fails(fails, value):
    """The same for a loss."""
    failure = fails(assert_close, value, 2.0, name="loss")
    assert (failure.message, failure.kind) == (f"loss: got {value}, expected 2.", "NaN")


def test_assert_close_infinity_of_the_other_sign_fails(fails):
    """Infinities must stand where, and as, they are expected."""
    failure = fails(assert_close, np.array([1.0, -np.inf]), np.array([1.0, np.inf]))
    assert failure.kind == "wrong values"
    assert fails(assert_close, 5.0, math.inf).message == "out: got 5, expected inf (float64)."


def test_assert_close_values_that_overflow_fail(fails):
    """A difference beyond the largest number is no agreement."""
    assert fails(assert_close, -1.7e308, 1.7e308).kind == "wrong values"


# values -------------------------------------------------------------------------------------------------------


def test_assert_close_wrong_value_tells_place_values_and_tolerance(fails):
    """A numeric mismatch says how many, how far, where, both values, tolerance and dtype."""
    wrong = X.copy()
    wrong[1, 2] += 0.5
    failure = fails(assert_close, wrong, X, name="dx")
    assert failure.message == (
        "dx: 1 of 6 values are wrong; the largest error is 0.5 at [1, 2]: got 7.5, expected 7 "
        "(relative error 0.0714286, tolerance 0.0001, float64)."
    )
    assert failure.kind == "wrong values"
    assert failure.evidence == {
        "name": "dx",
        "shape": [2, 3],
        "dtype": "float64",
        "expected_shape": [2, 3],
        "expected_dtype": "float64",
        "worst_index": [1, 2],
        "actual": 7.5,
        "expected": 7.0,
        "max_abs": 0.5,
        "max_rel": 0.5 / 7,
        "tolerance": pytest.approx(7e-4),
        "mismatched": 1,
        "total": 6,
        "grid": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.5]],
        "grid_rows": "axis 0, 2 rows",
        "grid_cols": "axis 1, 3 columns",
        "actual_values": [1.0, 2.0, 3.0, 4.0, 5.0, 7.5],
        "expected_values": [1.0, 2.0, 3.0, 4.0, 5.0, 7.0],
        "off": [5],
    }


def test_assert_close_values_that_look_alike_are_told_in_full(fails):
    """Where six digits are the same, all are shown."""
    failure = fails(assert_close, 1.0000005, 1.0, name="loss", precision="float64")
    assert failure.message.startswith("loss: got 1.0000005, expected 1.0 (relative error 5e-07, tolerance 1e-07")


def test_assert_close_integers_are_exact(fails):
    """An index that is off by one in a million is wrong."""
    assert fails(assert_close, np.array([5, 10**6 + 1]), np.array([5, 10**6])).message == (
        "out: 1 of 2 values are wrong, the worst at [1]: got 1000001, expected 1000000."
    )
    assert fails(assert_close, 4, 3, name="edges").message == "edges: got 4, expected 3."
    assert fails(assert_close, 2**62 + 1, 2**62).message == (
        "out: got 4611686018427387905, expected 4611686018427387904."
    )


def test_assert_close_booleans_are_exact(fails):
    """One wrong flag is wrong."""
    failure = fails(assert_close, np.array([True, True]), np.array([True, False]), name="mask")
    assert failure.message == "mask: 1 of 2 values are wrong, the worst at [1]: got True, expected False."


@pytest.mark.parametrize("scale", [1e-9, 1e-6, 1e-3, 1.0, 1e6])
def test_assert_close_zeros_never_pass_for_numbers(fails, scale):
    """However small the expected values are, an unfinished answer of zeros fails; so does float32."""
    failure = fails(assert_close, np.zeros_like(X), scale * X)
    assert failure.message.endswith("Every value is zero.")
    fails(assert_close, np.zeros(X.shape, np.float32), scale * X)


def test_assert_close_single_zero_says_it_is_zero(fails):
    """The same for a number."""
    assert fails(assert_close, 0.0, 2.0).message.endswith("float64). It is zero.")


def test_assert_close_own_tolerances_replace_the_rule(passes, fails):
    """The largest error allowed is atol + rtol * max|e|; the one that is missing is 0."""
    passes(assert_close, X + 0.01, X, atol=0.02)
    fails(assert_close, X + 1e-8, X, rtol=1e-9)
    passes(assert_close, X + 6e-9, X, rtol=1e-9)
    fails(assert_close, X + 1e-12, X, rtol=0, atol=0)
    passes(assert_close, np.array([3, 4]), np.array([3, 5]), atol=1)


def test_assert_close_elementwise_holds_every_value_to_its_own_size(passes, fails):
    """Four units in the last place are a relative tolerance of each value."""
    e = np.array([1e-6, 1.0])
    passes(assert_close, e * (1 + 2.0**-51), e, rtol=4 * 2.0**-52, elementwise=True)
    failure = fails(assert_close, e + 1e-12, e, rtol=4 * 2.0**-52, elementwise=True, name="kept")
    assert failure.message.startswith("kept: 2 of 2 values are wrong; the largest error is 1e-12 at [0]: got")
    fails(assert_close, 5.0, np.inf, rtol=1e-3, elementwise=True)


def test_assert_close_operations_widen_float32_only(passes, fails):
    """A sum of a million float32 terms may be off by a thousandth; a float64 one is not given more."""
    single = X.astype(np.float32)
    passes(assert_close, single * np.float32(1 + 5e-4), single, operations=1e6)
    fails(assert_close, X * (1 + 2e-7), X, operations=1e6, precision="float64")


def test_assert_close_names_the_part_that_is_wrong_and_those_that_are_right(fails):
    """For several answers the first wrong one is told, and which ones are right."""
    answer = (X, 2 * X, np.ones(3))
    failure = fails(assert_close, answer, (X, X, np.ones(3)), name="dx dw db", axes="N D; D M; M")
    assert failure.message == (
        "dw: 6 of 6 values are wrong; the largest error is 7 at [1, 2]: got 14, expected 7 "
        "(relative error 1, tolerance 0.0001, float64). Every value is 2 times (D = 2) what it should be. "
        "dx and db are right."
    )
    assert failure.evidence["name"] == "dw"


def test_assert_close_names_a_nested_part_by_its_path(fails):
    """A part that has no name of its own has its index or key."""
    answer = {"mean": 1.0, "history": [1, (2, 3)]}
    failure = fails(assert_close, answer, {"mean": 1.0, "history": [1, (2, 4)]}, name="stats")
    assert failure.message == ("stats['history'][1][1]: got 3, expected 4. stats['history'][1][0] is right.")


def test_assert_close_million_values_fail_with_few_words(fails):
    """A failed comparison of a million values says little: one sentence, 32 by 32 errors, no hint that takes time."""
    e = np.random.default_rng(0).normal(size=(1000, 1000))
    failure = fails(assert_close, 2 * e, e)
    assert failure.message.startswith(
        "out: 999603 of 1000000 values are wrong; the largest error is 4.73196 at [36, 758]"
    )
    assert failure.message.endswith("float64).")
    assert np.shape(failure.evidence["grid"]) == (32, 32)


def test_assert_close_reference_that_is_no_number_is_an_error_of_the_course():
    """A rubric that compares with an object is wrong, whatever the submission answers."""
    with pytest.raises(CourseError) as caught:
        assert_close(1.0, object(), name="model")
    assert str(caught.value) == (
        "model: the rubric compares with an object of class `object`, which does not hold numbers."
    )


def test_is_close_says_it_without_counting(tally):
    """For two right answers: no check is counted, no failure kept."""
    assert is_close(X, X)
    assert not is_close(X, X + 1)
    assert not is_close(None, X)
    assert is_close(X, X + 1, atol=1)
    assert (tally.checks, tally.failures) == (0, [])


# what would have been right -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "options", "hint"),
    [
        (-X, {}, "Every value has the wrong sign."),
        (12 * X, {"inputs": (np.ones((12, 4)),)}, "Every value is 12 times (N = 12) what it should be."),
        (X / 12, {"inputs": (np.ones((12, 4)),)}, "Every value is 1/12 (N = 12) of what it should be."),
        (2 * X, {}, "Every value is 2 times what it should be."),
        (X / 2, {}, "Every value is 1/2 of what it should be."),
        (1.7 * X, {}, "Every value is 1.7 times what it should be."),
        (X + 3, {}, "Every value is off by the same amount, 3."),
        (X[::-1], {}, "It would be right with axis 0 reversed."),
        (X[:, ::-1], {}, "It would be right with axis 1 reversed."),
        (X[:, [1, 2, 0]], {}, "The values are right, but in another order."),
    ],
)
def test_assert_close_says_what_would_have_been_right(fails, actual, options, hint):
    """Where a simple change makes the answer right, one sentence says which."""
    assert fails(assert_close, actual, X, **options).message.endswith(f"float64). {hint}")


def test_assert_close_transposed_square_says_so(fails):
    """A square matrix that is transposed has the right shape and the wrong values."""
    square = np.arange(9.0).reshape(3, 3) ** 2
    assert fails(assert_close, square.T, square).message.endswith("float64). It would be right if transposed.")


@pytest.mark.parametrize(
    ("actual", "options", "end"),
    [
        (-2.3, {}, "It has the wrong sign."),
        (4.6, {}, "It is 2 times what it should be."),
        (23.0, {"inputs": (np.ones((10, 3)),)}, "It is 10 times (N = 10) what it should be."),
        (3.91, {}, "float64)."),
    ],
)
def test_assert_close_scalar_hints_only_at_known_factors(fails, actual, options, end):
    """Any two numbers have a ratio: only that of a batch, of two and of a sign is worth a sentence."""
    assert fails(assert_close, actual, 2.3, **options).message.endswith(end)


def test_assert_close_answer_that_is_just_wrong_gets_no_hint(fails):
    """Nothing is guessed."""
    wrong = np.random.default_rng(0).normal(size=X.shape)
    assert fails(assert_close, wrong, X).message.endswith("float64).")
