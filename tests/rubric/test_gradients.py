"""Gradients against differences: right ones pass at any scale, each typical mistake fails with its name."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.errors import CourseError
from autograder.rubric import assert_consistent, assert_gradient, directional_derivative


@pytest.fixture
def rng():
    """Return the generator of a test."""
    return np.random.default_rng(7)


@pytest.fixture
def affine(rng):
    """Return an affine layer: its inputs, the upstream gradient and the right gradients."""
    x, w, b, u = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(4, 2))
    return {"x": x, "w": w, "b": b}, u, {"x": u @ w.T, "w": x.T @ u, "b": u.sum(0)}


def forward(x, w, b):
    """Return the answer of an affine layer."""
    return x @ w + b


# right gradients ----------------------------------------------------------------------------------------------


def test_assert_gradient_right_dict_and_tuple_pass(passes, rng, affine):
    """Gradients may come by name or in the order of the parameters."""
    at, u, right = affine
    passes(assert_gradient, forward, at, right, upstream=u, rng=rng)
    passes(assert_gradient, forward, at, tuple(right.values()), upstream=u, rng=rng)


@pytest.mark.parametrize("method", ["central", "complex"])
def test_assert_gradient_several_answers_and_numbers_pass(passes, rng, method):
    """Numbers as parameters and a tuple of answers with a tuple upstream, as a simulator has them."""
    at = {"q": 0.3, "v": 1.1}
    passes(
        assert_gradient,
        lambda q, v: (q * v, np.sin(q)),
        at,
        (2.0 * 1.1 + 3.0 * np.cos(0.3), 2.0 * 0.3),
        upstream=(2.0, 3.0),
        rng=rng,
        method=method,
        tolerance=1e-8 if method == "central" else 1e-13,
    )


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_assert_gradient_right_gradient_passes_at_any_scale(passes, rng, scale):
    """Neither a tiny nor a huge loss makes a right gradient wrong."""
    x = rng.normal(size=(5, 4))
    passes(assert_gradient, lambda x: scale * np.tanh(x).sum(), x, scale / np.cosh(x) ** 2, rng=rng)


@pytest.mark.parametrize("method", ["central", "complex"])
def test_assert_gradient_zero_gradient_passes(passes, rng, method):
    """A gradient that is zero is right where the true one is, also beside the rounding of a large loss."""
    x = rng.normal(size=(5, 4))
    passes(assert_gradient, lambda x: 1e3 + 0 * x.sum(), x, np.zeros_like(x), rng=rng, method=method)
    passes(assert_gradient, lambda x: x.sum() - x.sum(), x, 1e-17 * np.ones_like(x), rng=rng, method=method)


def test_assert_gradient_float32_passes_with_a_note(passes, rng, tally):
    """A float32 gradient is held to 1e-4, with a note."""
    x = rng.normal(size=(5, 4))
    passes(assert_gradient, lambda x: np.sin(x).sum(), x, np.cos(x).astype(np.float32), rng=rng)
    assert tally.notes == ["gradient: float32 precision accepted for float64"]


def test_assert_gradient_function_that_changes_its_argument_does_no_harm(passes, rng):
    """The point is copied for every evaluation."""

    def f(x):
        x *= 2
        return x.sum()

    x = rng.normal(size=3)
    passes(assert_gradient, f, x, np.full(3, 2.0), rng=rng)


# wrong gradients ----------------------------------------------------------------------------------------------


def test_assert_gradient_says_which_parameter_is_wrong(fails, rng, affine):
    """Only the wrong parameter is named, with the place, both values, and the factor."""
    at, u, right = affine
    failure = fails(assert_gradient, forward, at, right | {"w": right["w"] / 4}, upstream=u, rng=rng)
    assert failure.kind == "gradient"
    assert failure.message == (
        "dw is not the gradient: relative error 0.6 along 5 random directions (tolerance 0.0001); "
        "the largest error is 2.02 at [0, 0]: got 0.674, expected 2.7. Every value is 0.25 times what it should be."
    )
    assert failure.evidence["name"] == "dw"
    assert failure.evidence["worst_index"] == [0, 0]
    assert len(failure.evidence["grid"]) == 3


def test_assert_gradient_names_are_the_authors(fails, rng, affine):
    """The rubric may call the gradients what the student does."""
    at, u, right = affine
    wrong = right | {"b": -right["b"]}
    failure = fails(assert_gradient, forward, at, wrong, upstream=u, rng=rng, name="grad_x grad_w grad_b")
    assert failure.message.startswith("grad_b is not the gradient: relative error 1 along")
    assert failure.message.endswith("Every value has the wrong sign.")


@pytest.mark.parametrize("scale", [1e-6, 1.0])
def test_assert_gradient_zeros_fail(fails, rng, scale):
    """An unfinished function that returns zeros fails, however small the gradient is."""
    x = rng.normal(size=(5, 4))
    failure = fails(assert_gradient, lambda x: scale * np.sin(x).sum(), x, np.zeros_like(x), rng=rng, name="dx")
    assert failure.message.startswith("dx is not the gradient: relative error 1 along 5 random directions")
    assert failure.message.endswith("Every value is zero.")


def test_assert_gradient_single_wrong_value_among_many_fails(fails, rng):
    """One value off by a thousandth of its size among 40,000 moves every direction."""
    x = rng.normal(size=(200, 200))
    wrong = np.cos(x)
    wrong[3, 4] += 0.1
    failure = fails(assert_gradient, lambda x: np.sin(x).sum(), x, wrong, rng=rng, name="dx")
    assert failure.message.startswith("dx is not the gradient: relative error 0.000")
    assert failure.message.endswith("(tolerance 0.0001).")
    assert failure.evidence["name"] == "dx"


def test_assert_gradient_large_wrong_gradient_hints_at_its_factor(fails, rng):
    """For many values the directions still show a constant factor."""
    x = rng.normal(size=(50, 50))
    failure = fails(assert_gradient, lambda x: np.sin(x).sum(), x, 2 * np.cos(x), rng=rng, name="dx")
    assert failure.message == (
        "dx is not the gradient: relative error 0.333333 along 5 random directions (tolerance 0.0001). "
        "Every value is 2 times what it should be."
    )


@pytest.mark.parametrize("value", [1e200, -1e308])
def test_assert_gradient_huge_gradient_fails(fails, rng, value):
    """A gradient whose norm overflows is no agreement: infinity is at most infinity."""
    x = rng.normal(size=(5, 4))
    fails(assert_gradient, lambda x: np.sin(x).sum(), x, np.full_like(x, value), rng=rng)


@pytest.mark.parametrize(
    ("gradient", "message", "kind"),
    [
        (None, "dx: expected an array of shape (2, 3), got None. Is a `return` missing?", "type"),
        ([1.0] * 6, "dx: expected shape (2, 3), got (6,).", "shape"),
        (np.ones((3, 2)), "dx: expected shape (2, 3), got (3, 2). It would be right if transposed.", "shape"),
        (np.ones((1, 3)), "dx: expected shape (2, 3), got (1, 3).", "shape"),
        (np.empty((0, 3)), "dx: expected shape (2, 3), got (0, 3).", "shape"),
        (np.ones((2, 3), np.float16), "dx: precision too low (float16), expected float64.", "dtype"),
        (np.full((2, 3), 1j), "dx: expected dtype float64, got complex128.", "dtype"),
        (np.full((2, 3), np.nan), "dx is nan at [0, 0], expected a finite number.", "NaN"),
        (
            np.ones((2, 3), object),
            "dx: expected an array of shape (2, 3), got an array of shape (2, 3) and dtype object.",
            "type",
        ),
    ],
)
def test_assert_gradient_no_gradient_at_all_fails_first(fails, rng, gradient, message, kind):
    """Kind, shape, dtype and NaNs are told before any difference is taken."""
    failure = fails(assert_gradient, lambda x: x.sum(), np.zeros((2, 3)), gradient, rng=rng, name="dx")
    assert failure.kind == kind
    assert failure.message == message or kind == "shape"


def test_assert_gradient_missing_key_or_part_fails(fails, rng, affine):
    """A dict lacks a key, a tuple a part, or there is nothing."""
    at, u, right = affine
    assert fails(assert_gradient, forward, at, {"x": right["x"]}, upstream=u, rng=rng).message == (
        "the gradients: the key 'w' is missing."
    )
    assert fails(assert_gradient, forward, at, (right["x"],), upstream=u, rng=rng).message == (
        "dx, dw, db: expected 3 gradients, got a tuple of 1."
    )
    assert fails(assert_gradient, forward, at, None, upstream=u, rng=rng).message == (
        "dx, dw, db: expected 3 gradients, got None."
    )


# mistakes of the rubric ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"function": lambda x: x},
            "gradient: the function's answer has shape (2, 3), so upstream is needed.",
        ),
        ({"upstream": np.ones(3)}, "expected an answer of shape (3,), got shape ()."),
        ({"upstream": (1.0, 1.0)}, "expected 2 answers, got the number 0."),
        ({"function": lambda x: np.nan * x.sum()}, "gradient: the function is not finite at this point."),
        ({"axes": "N;D"}, "gradient: axes 'N;D' name 2 parts, there are 1 parameters."),
    ],
)
def test_assert_gradient_unusable_argument_is_an_error_of_the_course(rng, arguments, message):
    """What only the author can have got wrong is an error of the course."""
    usual = {"function": lambda x: x.sum(), "at": np.zeros((2, 3)), "gradient": np.ones((2, 3)), "rng": rng}
    with pytest.raises(CourseError) as caught:
        assert_gradient(**(usual | arguments))
    assert caught.value.message == message


# consistency --------------------------------------------------------------------------------------------------


def test_assert_consistent_right_gradient_of_a_wrong_forward_passes(passes, rng):
    """A backward pass that fits its own wrong forward pass earns its part."""
    x = rng.normal(size=(4, 3))
    passes(assert_consistent, lambda x: 3 * np.sin(x).sum(), x, 3 * np.cos(x), rng=rng)


def test_assert_consistent_gradient_of_another_function_fails(fails, rng):
    """The right gradient of the right function is not that of the student's own."""
    x = rng.normal(size=(4, 3))
    failure = fails(assert_consistent, lambda x: 3 * np.sin(x).sum(), x, np.cos(x), rng=rng, name="dx")
    assert failure.message.startswith("dx is not the gradient of your own forward pass: relative error 0.5 along")


def test_assert_consistent_zero_loss_with_zero_gradient_fails(fails, rng):
    """A function that ignores its input is consistent with zeros, and earns nothing for it."""
    x = rng.normal(size=(4, 3))
    failure = fails(assert_consistent, lambda x: 0.0, x, np.zeros_like(x), rng=rng, name="dx")
    assert failure.message == "dx: the function does not depend on its input."


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "the forward pass: expected an array, got None. Is a `return` missing?"),
        (np.ones(2), "the forward pass: gradient: the function's answer has shape (2,), so upstream is needed."),
        (math.nan, "the forward pass is not finite here."),
    ],
)
def test_assert_consistent_unusable_forward_fails_the_submission(fails, rng, answer, message):
    """What the submission's own function returns is never an error of the course."""
    failure = fails(assert_consistent, lambda x: answer, np.zeros(3), np.zeros(3), rng=rng)
    assert failure.message == message


# derivatives --------------------------------------------------------------------------------------------------


def test_directional_derivative_complex_step_is_exact():
    """The complex step has no cancellation: 1e-15 where the central difference has 1e-11."""
    x, v = np.array([0.3, -1.2]), np.array([1.0, 2.0])
    exact = float(np.sum(v * np.exp(x)))
    assert directional_derivative(lambda z: np.exp(z).sum(), x, v, method="complex") == pytest.approx(exact, rel=1e-15)
    assert directional_derivative(lambda z: np.exp(z).sum(), x, v) == pytest.approx(exact, rel=1e-9)
