"""Answers are taken apart only if they are what is due."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.rubric import assert_array, unpack


def test_unpack_tuple_or_list_gives_its_values(passes):
    """Two values are two values, whether in a tuple or a list."""
    assert passes(unpack, (1.0, None), "out cache", of="relu_forward") == (1.0, None)
    assert passes(unpack, [1.0, 2.0], ("out", "cache"), of="relu_forward") == (1.0, 2.0)


@pytest.mark.parametrize(
    ("answer", "message", "kind"),
    [
        (None, "f returned None, expected 2 values (out, cache). Is a `return` missing?", "type"),
        (1.5, "f returned the number 1.5, expected 2 values (out, cache).", "type"),
        (np.ones(3), "f returned an array of shape (3,) and dtype float64, expected 2 values (out, cache).", "type"),
        (
            np.ones((2, 3)),
            "f returned an array of shape (2, 3) and dtype float64, expected 2 values (out, cache).",
            "type",
        ),
        ({"out": 1}, "f returned a dict of 1, expected 2 values (out, cache).", "type"),
        ("ab", "f returned the text 'ab', expected 2 values (out, cache).", "type"),
        ((1,), "f returned 1 value, expected 2 values (out, cache).", "shape"),
        ((1, 2, 3, 4), "f returned 4 values, expected 2 values (out, cache).", "shape"),
        ((), "f returned 0 values, expected 2 values (out, cache).", "shape"),
    ],
)
def test_unpack_anything_else_fails(fails, answer, message, kind):
    """An array of two rows unpacks in Python and is not two values."""
    failure = fails(unpack, answer, "out cache", of="f")
    assert (failure.message, failure.kind) == (message, kind)


def test_assert_array_returns_a_plain_array(passes):
    """A right answer is returned as an array of its own dtype."""
    array = passes(assert_array, np.ones((2, 3), np.float32), (2, 3), axes="N C")
    assert (type(array), array.dtype) == (np.ndarray, np.float32)
    assert passes(assert_array, 2.5, ()) == 2.5
    assert passes(assert_array, np.empty((0, 3)), (0, 3)).shape == (0, 3)
    assert np.isnan(passes(assert_array, np.nan, (), finite=False))


@pytest.mark.parametrize(
    ("value", "message", "kind"),
    [
        (None, "p: expected an array of shape (2, 3), got None. Is a `return` missing?", "type"),
        ([[1.0] * 3, [1.0]], "p: expected an array of shape (2, 3), got a list of 2.", "type"),
        (np.ones((3, 2)), "p: expected shape (2, 3), got (3, 2).", "shape"),
        (np.ones((2, 3), np.float16), "p: expected real numbers of at least float32, got float16.", "dtype"),
        (np.full((2, 3), 1j), "p: expected real numbers of at least float32, got complex128.", "dtype"),
        (np.full((2, 3), np.inf), "p: 6 of 6 values are not finite; the first is inf at [0, 0].", "NaN"),
    ],
)
def test_assert_array_anything_else_fails(fails, value, message, kind):
    """Kind, shape, precision and NaNs, before a property is computed."""
    failure = fails(assert_array, value, (2, 3), name="p")
    assert (failure.message, failure.kind) == (message, kind)


def test_unpack_array_of_numbers_stands_for_them(passes, tally):
    """An array of two numbers is two numbers, as it is in Python."""
    assert passes(unpack, np.array([0.5, 2.0]), "loss accuracy", of="evaluate") == (0.5, 2.0)
    assert tally.notes == ["loss, accuracy: an array accepted for 2 values"]


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ([[1.0] * 3] * 2, "p: a list accepted for an array"),
        ((np.ones(3), np.ones(3)), "p: a tuple accepted for an array"),
        (np.ones((2, 1, 3)), "p: shape (2, 1, 3) accepted for shape (2, 3)"),
        (np.ones((2, 3), complex), "p: complex128 accepted for real numbers"),
    ],
)
def test_assert_array_other_form_is_converted_with_a_note(passes, tally, value, note):
    """What a property is computed with has the shape that is due, whatever came."""
    array = passes(assert_array, value, (2, 3), name="p")
    assert (type(array), array.shape, array.dtype.kind) == (np.ndarray, (2, 3), "f")
    assert tally.notes == [note]
