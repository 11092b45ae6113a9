"""Inputs stay as they are, and extreme values stay numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.rubric import assert_finite, assert_stable, assert_unchanged
from autograder.rubric.work import name_of, site_of

X = np.array([[1.0, -2.0], [3.0, 0.5]])


# unchanged inputs ---------------------------------------------------------------------------------------------


def relu_backward_in_place(dout, x):
    """Change dout in place."""
    dout[x <= 0] = 0
    return dout


def test_assert_unchanged_pure_function_passes_and_may_return_the_answer(passes, local):
    """A function that works on a copy passes; its answer can be had."""
    double = local(lambda x, k: x * k, name="double")
    assert passes(assert_unchanged, double, X, 2.0) is None
    assert np.array_equal(passes(assert_unchanged, double, X, 2.0, returns=True), 2 * X)


def test_assert_unchanged_changed_array_fails_with_place_and_values(fails, local):
    """The classic: a relu backward pass that masks dout in place."""
    function = local(relu_backward_in_place, name="relu_backward")
    failure = fails(assert_unchanged, function, np.ones((2, 2)), X, names="dout x")
    assert failure.message == ("relu_backward changed its input dout: 1 of 4 values; dout[0, 1] was 1 and became 0.")
    assert failure.kind == "changed its input"


def test_assert_unchanged_without_names_counts_the_arguments(fails, local):
    """Without names the argument has its number."""
    function = local(relu_backward_in_place, name="relu_backward")
    assert "its input argument 1: 1 of 4 values; argument 1[0, 1] was 1" in (
        fails(assert_unchanged, function, np.ones((2, 2)), X).message
    )


@pytest.mark.parametrize(
    ("change", "argument", "what"),
    [
        (lambda a: a.update(mode="test"), {"mode": "train"}, "bn['mode']: it became the text 'test'"),
        (lambda a: a.update(cache=1), {"mode": "train"}, "bn: its keys became 'cache', 'mode'"),
        (lambda a: a.clear(), {"mode": "train"}, "bn: its keys became "),
        (lambda a: a.append(1), [1.0], "bn: it became a list of 2"),
        (lambda a: a.add(1), {2}, "bn: its elements are others now"),
        (lambda a: a.__setitem__(0, 1.0), [1], "bn[0]: it became the number 1"),
        (lambda a: a.__setitem__(0, 2.0), [1.0], "bn[0]: 1 became 2"),
        (lambda a: a["w"].fill(0), {"w": np.ones(2)}, "bn['w']: 2 of 2 values; bn['w'][0] was 1 and became 0"),
        (lambda a: a.__setitem__("w", None), {"w": np.ones(2)}, "bn['w']: it became None"),
        (lambda a: a.__setitem__("w", 5), {"w": None}, "bn['w']: it became the number 5"),
        (lambda a: a.__setitem__("w", [1]), {"w": {"a": 1}}, "bn['w']: it became a list of 1"),
        (
            lambda a: a.__setitem__("w", np.ones(2, np.float32)),
            {"w": np.ones(2)},
            "bn['w']: it became an array of shape (2,) and dtype float32",
        ),
        (lambda a: a.shape.__len__() and a.resize((4,), refcheck=False), np.ones((2, 2)), "bn: it became an array of"),
    ],
)
def test_assert_unchanged_containers_are_compared_through(fails, local, change, argument, what):
    """Dicts, lists and what they hold are compared, too."""
    failure = fails(assert_unchanged, local(change, name="forward"), argument, names="bn")
    assert failure.message.startswith(f"forward changed its input {what}")


def test_assert_unchanged_argument_that_may_change_is_left_out(passes, local):
    """A bn_param is meant to change."""
    forward = local(lambda x, bn: bn.update(running_mean=1.0), name="batchnorm_forward")
    passes(assert_unchanged, forward, X, {"mode": "train"}, may_change={1})


def test_assert_unchanged_keyword_arguments_are_compared_by_name(passes, fails, local):
    """What is passed by name is compared, too, and may be allowed to change by name."""
    forward = local(lambda x, bn_param: bn_param.update(running_mean=1.0), name="batchnorm_forward")
    failure = fails(assert_unchanged, forward, X, bn_param={"mode": "train"})
    assert failure.message == "batchnorm_forward changed its input bn_param: its keys became 'mode', 'running_mean'."
    passes(assert_unchanged, forward, X, bn_param={"mode": "train"}, may_change={"bn_param"})


def test_assert_unchanged_nan_that_stays_nan_is_no_change(passes, local):
    """A NaN in the input is not a change of it."""
    passes(assert_unchanged, local(lambda x: None), np.array([np.nan, 1.0]))


def test_assert_unchanged_without_testimony_fails(fails, local):
    """A candidate that does not say what its arguments are does not pass."""

    class Silent(local):
        def under(self, **options):
            return Silent(self.function, self.__name__)

    failure = fails(assert_unchanged, Silent(lambda x: x, name="f"), X)
    assert failure.message == "f: its arguments after the call could not be read."


# stability ----------------------------------------------------------------------------------------------------


def naive_softmax(z):
    """Overflow for large inputs."""
    e = np.exp(z)
    return e / e.sum(-1, keepdims=True)


def stable_softmax(z):
    """Subtract the maximum first."""
    return naive_softmax(z - z.max(-1, keepdims=True))


def test_assert_stable_right_function_passes_and_returns_its_answer(passes, local):
    """A softmax that subtracts the maximum is stable though exp(-2000) underflows."""
    p = passes(assert_stable, local(stable_softmax), np.array([[1e3, -1e3]]))
    assert np.array_equal(p, [[1.0, 0.0]])


def test_assert_stable_overflow_fails_with_its_reason(fails, local):
    """A naive softmax overflows, and learns where and for which inputs."""
    failure = fails(assert_stable, local(naive_softmax, name="softmax"), np.array([[1e3, -1e3]]))
    assert failure.message == "softmax is not stable: overflow encountered in exp, for inputs up to 1000."
    assert failure.kind == "not stable"


def test_assert_stable_python_overflow_fails(fails, local):
    """math.exp raises by itself: the same failure."""
    failure = fails(assert_stable, local(math.exp, name="sigmoid"), 1e3)
    assert failure.message == "sigmoid is not stable: math range error."


def test_assert_stable_place_in_the_submission_is_told(fails, local):
    """A remote exception knows file and line."""

    def overflow(z):
        error = FloatingPointError("overflow encountered in exp")
        frame = type("Frame", (), {"file": "intro.py", "line": 12})()
        error.remote = type("RemoteTrace", (), {"frames": (frame,)})()
        raise error

    failure = fails(assert_stable, local(overflow, name="softmax"), np.array([750.0]))
    assert failure.message == (
        "softmax is not stable: overflow encountered in exp (intro.py, line 12), for inputs up to 750."
    )


@pytest.mark.parametrize(
    ("answer", "message", "kind"),
    [
        (np.nan, "f is nan, expected a finite number.", "NaN"),
        ((1.0, np.array([np.inf, 1.0])), "f: 1 of 2 values are not finite; the first is inf at [0].", "NaN"),
        (None, "f: expected numbers, got None. Is a `return` missing?", "type"),
        ("fine", "f: expected numbers, got the text 'fine'.", "type"),
        ((), "f: expected numbers, got a tuple of 0.", "type"),
        (np.empty((0, 2)), "f: expected numbers, got an empty array of shape (0, 2).", "shape"),
        (
            np.array([None]),
            "f: expected numbers, got an array of shape (1,) and dtype object.",
            "type",
        ),
    ],
)
def test_assert_stable_answer_without_finite_numbers_fails(fails, local, answer, message, kind):
    """Swallowing the error and answering NaN, nothing or an empty array does not help."""
    failure = fails(assert_stable, local(lambda z: answer), 1e3)
    assert (failure.message, failure.kind) == (message, kind)


def test_assert_stable_exception_of_another_kind_passes_through(local):
    """A TypeError of the submission is reported as what it is."""
    with pytest.raises(TypeError):
        assert_stable(local(lambda z: z + None), 1e3)


def test_assert_finite_nested_answers_pass(passes):
    """Numbers in tuples and dicts, with text beside them."""
    passes(assert_finite, {"loss": 1.0, "grads": (X, 3), "mode": "train"})


@pytest.mark.parametrize("value", [np.nan, [1.0, np.inf], {"a": (X, np.array([np.nan]))}, 1j * np.inf])
def test_assert_finite_any_number_that_is_not_finite_fails(fails, value):
    """Wherever it hides."""
    assert fails(assert_finite, value, name="loss").kind == "NaN"


# names --------------------------------------------------------------------------------------------------------


def test_name_of_proxy_is_found_without_asking_it():
    """A proxy that makes a remote call for every attribute is not asked for one that its class does not have."""

    class Proxy:
        def __getattr__(self, name):
            raise AssertionError(f"a remote call for {name}")

    assert name_of(Proxy()) == "the function"
    assert name_of(naive_softmax) == "naive_softmax"
    assert name_of(lambda: 0) == "the function"


def test_site_of_local_exception_is_empty():
    """An exception that has no remote frames has no place to tell."""
    assert site_of(ValueError()) == ""
