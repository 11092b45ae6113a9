"""Helpers that are called wrongly say what they want, and cost no submission a point."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

import autograder.rubric as vocabulary
from autograder.errors import CourseError
from autograder.examiner.verdict import judge
from autograder.home.inline import InlineSpawner
from autograder.records.outcome import Fault, Outcome
from autograder.remote import LoadRequest, open_submission
from autograder.rubric import (
    CheckFailed,
    KnownGenerator,
    Operation,
    Partial,
    assert_activation,
    assert_array,
    assert_avoids,
    assert_between,
    assert_calls,
    assert_close,
    assert_consistent,
    assert_finite,
    assert_form,
    assert_fraction,
    assert_frequencies,
    assert_frozen,
    assert_gradient,
    assert_layers,
    assert_linear,
    assert_loss_agrees,
    assert_mean,
    assert_order,
    assert_parameters,
    assert_rate,
    assert_stable,
    assert_trains,
    assert_unchanged,
    assert_variance,
    assert_vectorised,
    check,
    count_close,
    count_parameters,
    criterion,
    directional_derivative,
    folded,
    has_other_direction,
    is_close,
    is_multiple,
    note,
    operations,
    partial,
    partial_for_close,
    unpack,
    unseen,
    weights_of,
    work_of,
)
from autograder.rubric.arguments import HelperMisused

STUDENT = """
class Thing:
    def __call__(self, x):
        return 2 * x

def f(x):
    return 2 * x

def thing():
    return Thing()
"""
RNG = np.random.default_rng(0)
X = np.ones((2, 3))


class Foreign:
    """An object that came from no submission."""


def square(x):
    """A function of a rubric."""
    return (x**2).sum()


@pytest.fixture(scope="module")
def submission():
    """Return a submission behind the real conversation, in this process."""
    load = LoadRequest(files={"layers.py": STUDENT}, order=["layers.py"])
    opened = open_submission(InlineSpawner(), load)
    yield opened
    opened.close()


#: By helper, calls that are wrong (with the submission) and how their message goes on.
WRONG = {
    assert_activation: [
        (lambda s: assert_activation(s.thing(), None), "`expected` must be one of 'linear', 'relu'"),
        (lambda s: assert_activation(s.thing(), "swish"), "`expected` must be one of 'linear', 'relu'"),
        (lambda s: assert_activation("relu", s.thing()), "`expected` must be one of 'linear', 'relu'"),
        (lambda s: assert_activation(Foreign(), "relu"), "`layer` must be an object of the submission, got an object"),
        (lambda s: assert_activation(s.thing()), "the argument `expected` must be given, got none."),
    ],
    assert_array: [
        (lambda s: assert_array(s.f(X)), "the argument `shape` must be given, got none."),
        (lambda s: assert_array(s.f(X), 2), "`shape` must be a tuple of lengths such as (4, 3), got 2."),
        (lambda s: assert_array((2, 3), s.f(X)), "`shape` must be a tuple of lengths such as (4, 3), got an array"),
        (lambda s: assert_array(s.f(X), (2, -3)), "`shape` must be a tuple of lengths such as (4, 3), got (2, -3)."),
        (lambda s: assert_array(s.f(X), (2, 3), name=None), "`name` must be a text that is not empty, got None."),
        (lambda s: assert_array(s.f(X), (2, 3), axes=["N", "D"]), "`axes` must be a text of letters such as 'N D'"),
        (lambda s: assert_array(s.f(X), (2, 3), "p"), "expected at most 2 arguments by position, got 3."),
        (lambda s: assert_array(square, (2, 3)), "`value` must be an answer of the submission, got the function"),
    ],
    assert_avoids: [
        (assert_avoids, "one of names, modules and c_loops must be given, got none."),
        (lambda s: assert_avoids(s, functions=["f"]), "one of names, modules and c_loops must be given, got none."),
        (lambda s: assert_avoids(s, names="einsum"), "`names` must be a list of texts, got 'einsum'."),
        (lambda s: assert_avoids(s, modules=[np]), "`modules` must be a list of texts, got a list of 1."),
        (lambda s: assert_avoids(s.f, modules=["scipy"]), "`submission` must be the fixture `submission`, got the"),
        (lambda s: assert_avoids(SimpleNamespace(), names=["dot"]), "`submission` must be the fixture `submission`"),
        (lambda s: assert_avoids(s, module=["scipy"]), "expected one of submission, names, modules, functions, c_l"),
        (lambda s: assert_avoids(s, functions=[s.f], c_loops=True), "`functions` must be a list of texts, got a li"),
    ],
    assert_between: [
        (lambda s: assert_between(s.f(1.0), 2, 1, name="x"), "`low` must be at most `high`, got 2 and 1."),
        (lambda s: assert_between(s.f(1.0), math.nan, 1, name="x"), "`low` must be at most `high`, got nan and 1."),
        (lambda s: assert_between(0, s.f(X), 1, name="x"), "`low` must be a number, got an array of shape (2, 3)"),
        (lambda s: assert_between(s.f(1.0), "0", 1, name="x"), "`low` must be a number, got '0'."),
        (lambda s: assert_between(s.f(1.0), 0, None, name="x"), "`high` must be a number, got None."),
        (lambda s: assert_between(s.f(1.0), 0, 1), "the argument `name` must be given, got none."),
        (lambda s: assert_between(s.f(1.0), (0, 1), name="x"), "the argument `high` must be given, got none."),
    ],
    assert_calls: [
        (lambda s: assert_calls(3), "one of at_most, at_least and exactly must be given, got none."),
        (lambda s: assert_calls(None, exactly=3), "`counted_calls` must be a stub, its calls, or a number of at lea"),
        (lambda s: assert_calls(s.f, exactly=3), "`counted_calls` must be a stub, its calls, or a number of at leas"),
        (lambda s: assert_calls(s.thing(), exactly=3), "`counted_calls` must be a stub, its calls, or a number of a"),
        (lambda s: assert_calls(3, exactly="3"), "`exactly` must be a whole number of at least 0 or None, got '3'."),
        (lambda s: assert_calls(3, at_most=-1), "`at_most` must be a whole number of at least 0 or None, got -1."),
        (lambda s: assert_calls(3, 4), "expected at most 1 argument by position, got 2."),
    ],
    KnownGenerator: [
        (lambda s: KnownGenerator(3), "`rng` must be a NumPy random generator or None, got 3."),
        (lambda s: KnownGenerator(seed=3), "expected one of rng, got the unknown argument `seed`."),
        (lambda s: KnownGenerator(s.f(X)), "`rng` must be a NumPy random generator or None, got an array"),
        (lambda s: KnownGenerator(np.random), "`rng` must be a NumPy random generator or None, got the module"),
    ],
    assert_form: [
        (lambda s: assert_form(s.f(X)), "the argument `like` must be given, got none."),
        (lambda s: assert_form(s.f(X), X, "out"), "expected at most 2 arguments by position, got 3."),
        (lambda s: assert_form(X, s.thing()), "`like` must be a value that the rubric knows, got an object of"),
        (lambda s: assert_form(square, X), "`actual` must be an answer of the submission, got the function `square`."),
        (lambda s: assert_form(s.f(X), X, rtol=1.0), "expected one of actual, like, name, axes, got the unknown"),
    ],
    assert_close: [
        (lambda s: assert_close(s.f(X)), "the argument `expected` must be given, got none."),
        (lambda s: assert_close(s.f(X), X, rtl=1e-3), "expected one of actual, expected, name, axes, inputs, operat"),
        (lambda s: assert_close(s.f(X), X, rtol="1e-3"), "`rtol` must be a number of at least 0 or None, got '1e-3'."),
        (lambda s: assert_close(s.f(X), X, atol=-1e-3), "`atol` must be a number of at least 0 or None, got -0.001."),
        (lambda s: assert_close(s.f(X), X, 1e-3), "expected at most 2 arguments by position, got 3."),
        (lambda s: assert_close(X, s.thing()), "`expected` must be a value that the rubric knows, got an object of"),
        (lambda s: assert_close(s.f(X), square), "`expected` must be a value that the rubric knows, got the functio"),
        (lambda s: assert_close((x for x in X), [1.0]), "`actual` must be an answer of the submission, got a gener"),
        (lambda s: assert_close(s.f(X), map(abs, X)), "`expected` must be a value that the rubric knows, got an ob"),
        (lambda s: assert_close(s.f(X), X, name=3), "`name` must be a text that is not empty or a list of texts, got"),
        (lambda s: assert_close(s.f(X), X, check_dtype="float64"), "`check_dtype` must be True or False or one of '"),
        (lambda s: assert_close(s.f(X), X, allow_nan="yes"), "`allow_nan` must be True or False, got 'yes'."),
        (lambda s: assert_close(s.f(X), X, operations=0), "`operations` must be a number above 0, got 0."),
        (lambda s: assert_close(s.f(X), X, precision=64), "`precision` must be one of 'float32', 'float64', got 64."),
    ],
    assert_consistent: [
        (lambda s: assert_consistent(X, s.f, X, rng=RNG), "`function` must be a function, got an array of shape"),
        (lambda s: assert_consistent(s.f, X, X, rng=3), "`rng` must be a NumPy random generator, got 3."),
        (lambda s: assert_consistent(s.f, X, X), "the argument `rng` must be given, got none."),
        (lambda s: assert_consistent(s.f, X, X, rng=RNG, method="complex"), "expected one of function, at, gradient"),
        (lambda s: assert_consistent(s.f, "x", X, rng=RNG), "`at` must be real numbers, or a dict of these by the n"),
    ],
    assert_finite: [
        (lambda s: assert_finite(), "the argument `value` must be given, got none."),
        (lambda s: assert_finite(square), "`value` must be an answer of the submission, got the function `square`."),
        (lambda s: assert_finite(x for x in X), "`value` must be an answer of the submission, got a generator."),
        (lambda s: assert_finite(X, "loss"), "expected at most 1 argument by position, got 2."),
        (lambda s: assert_finite(X, name=0), "`name` must be a text that is not empty, got 0."),
    ],
    assert_fraction: [
        (
            lambda s: assert_fraction(X > 0, 1.5, name="m", says="p"),
            "`expected` must be a number from 0 to 1, got 1.5.",
        ),
        (
            lambda s: assert_fraction(0.5, X > 0, name="m", says="p"),
            "`expected` must be a number from 0 to 1, got an a",
        ),
        (lambda s: assert_fraction(X > 0, "half", name="m", says="p"), "`expected` must be a number from 0 to 1, got"),
        (lambda s: assert_fraction(X > 0, 0.5, name="m"), "the argument `says` must be given, got none."),
        (lambda s: assert_fraction(X > 0, 0.5, name="m", says="p", axis="N"), "`axis` must be an axis or a tuple of a"),
    ],
    assert_frequencies: [
        (lambda s: assert_frequencies([1, 2], [0.5, 0.6], name="m", says="p"), "`probabilities` must be a list of at"),
        (lambda s: assert_frequencies([1, 2], None, name="m", says="p"), "`probabilities` must be a list of at least"),
        (lambda s: assert_frequencies([1, 2], "uniform", name="m", says="p"), "`probabilities` must be a list of at"),
        (lambda s: assert_frequencies([0.5, 0.5], [1, 2], name="m", says="p"), "`probabilities` must be a list of at"),
        (lambda s: assert_frequencies([1, 2], [0.5, 0.5], says="p"), "the argument `name` must be given, got none."),
    ],
    assert_frozen: [
        (lambda s: assert_frozen(s.thing(), None), "`train` must be a function without arguments that trains, got N"),
        (lambda s: assert_frozen(s.thing(), s.f(1.0)), "`train` must be a function without arguments that trains, go"),
        (lambda s: assert_frozen(s.thing(), lambda seed: 0), "`train` must be a function without arguments that tra"),
        (lambda s: assert_frozen(lambda: 0, s.thing()), "`layer` must be an object of the submission, got a lambda."),
        (lambda s: assert_frozen(s.thing()), "the argument `train` must be given, got none."),
    ],
    assert_gradient: [
        (lambda s: assert_gradient(X, square, X, rng=RNG), "`function` must be a function, got an array of shape (2"),
        (lambda s: assert_gradient(square, X + 0j, X, rng=RNG), "`at` must be real numbers, or a dict of these by th"),
        (lambda s: assert_gradient(square, s.thing(), X, rng=RNG), "`at` must be real numbers, or a dict of these by"),
        (lambda s: assert_gradient(square, X, X, rng=np.random), "`rng` must be a NumPy random generator, got the mo"),
        (lambda s: assert_gradient(square, X, X, rng=RNG, h=0), "`h` must be a number above 0, got 0."),
        (lambda s: assert_gradient(square, X, X, rng=RNG, directions=0), "`directions` must be a whole number of at"),
        (lambda s: assert_gradient(square, X, X, rng=RNG, method="fd"), "`method` must be one of 'central', 'complex'"),
        (lambda s: assert_gradient(square, X, X, rng=RNG, upstream=square), "`upstream` must be real numbers, one ar"),
        (lambda s: assert_gradient(square, X, X, rng=RNG, rtol=1e-3), "expected one of function, at, gradient, rng,"),
    ],
    assert_layers: [
        (lambda s: assert_layers(s.thing(), ["Dense"]), "`expected` must be a list of kinds with their configuration"),
        (lambda s: assert_layers(s.thing(), ("Dense", {})), "`expected` must be a list of kinds with their configur"),
        (lambda s: assert_layers(s.thing(), None), "`expected` must be a list of kinds with their configuration, su"),
        (lambda s: assert_layers([("Dense", {})], s.thing()), "`expected` must be a list of kinds with their configu"),
        (lambda s: assert_layers(Foreign(), [("Dense", {})]), "`model` must be an object of the submission, got an o"),
    ],
    assert_linear: [
        (lambda s: assert_linear(s.f, (4, 8)), "`measure` must be (submission.f, a function from a size to its arg"),
        (lambda s: assert_linear((s.f, X), (4, 8)), "`measure` must be (submission.f, a function from a size to its"),
        (lambda s: assert_linear((s.f, lambda n: (n,)), 8), "`sizes` must be a list of at least two growing whole n"),
        (lambda s: assert_linear((s.f, lambda n: (n,)), (8, 4)), "`sizes` must be a list of at least two growing who"),
        (lambda s: assert_linear((s.f, lambda n: (n,)), (4, 8), slack=0.5), "`slack` must be a number of at least 1"),
    ],
    assert_loss_agrees: [
        (lambda s: assert_loss_agrees(s.thing(), X, labels="onehot"), "`labels` must be one of 'sparse', 'one-hot', g"),
        (lambda s: assert_loss_agrees(Foreign(), X), "`model` must be an object of the submission, got an object of"),
        (lambda s: assert_loss_agrees(s.thing(), square), "`x` must be arrays and numbers, got the function `square"),
        (lambda s: assert_loss_agrees(s.thing()), "the argument `x` must be given, got none."),
        (lambda s: assert_loss_agrees(s.thing(), X, name=1), "`name` must be a text that is not empty, got 1."),
    ],
    assert_mean: [
        (lambda s: assert_mean(X, 1.0, name="z", says="m"), "the argument `std` must be given, got none."),
        (lambda s: assert_mean(X, 1.0, std=0, name="z", says="m"), "`std` must be a number above 0, got 0."),
        (lambda s: assert_mean(X, "1", std=1, name="z", says="m"), "`expected` must be a finite number, got '1'."),
        (lambda s: assert_mean(X, 1.0, std=1, name="z", says=None), "`says` must be a text that is not empty, got No"),
        (lambda s: assert_mean(square, 1.0, std=1, name="z", says="m"), "`samples` must be an answer of the submissi"),
    ],
    assert_order: [
        (lambda s: assert_order([1.0], [0.1], 2), "`steps` must be a list of at least two different numbers above 0"),
        (lambda s: assert_order([1, 2.0], [0.1, 0.1], 2), "`steps` must be a list of at least two different numbers a"),
        (lambda s: assert_order([1, 2.0], 2, [0.2, 0.1]), "`steps` must be a list of at least two different numbers a"),
        (lambda s: assert_order([1, 2.0], [0.2, 0.1], None), "`expected` must be a finite number, got None."),
        (lambda s: assert_order([1, 2.0], [0.2, 0.1], 2, tolerance="10 %"), "`tolerance` must be a number of at lea"),
    ],
    assert_parameters: [
        (lambda s: assert_parameters(s.thing()), "one of expected and at_most must be given, got none."),
        (lambda s: assert_parameters(s.thing(), "10"), "`expected` must be a whole number of at least 0 or None, go"),
        (lambda s: assert_parameters(10, s.thing()), "`expected` must be a whole number of at least 0 or None, got "),
        (lambda s: assert_parameters(s.thing(), 1e3), "`expected` must be a whole number of at least 0 or None, got"),
        (lambda s: assert_parameters(Foreign(), 10), "`model` must be an object of the submission, got an object of"),
    ],
    assert_rate: [
        (lambda s: assert_rate(X[0], 0.5), "the argument `window` must be given, got none."),
        (lambda s: assert_rate(X[0], 0.5, window=(5, 5)), "`window` must be a first and a later step such as (10, "),
        (lambda s: assert_rate(X[0], 0.5, window=29), "`window` must be a first and a later step such as (10, 29), "),
        (lambda s: assert_rate(0.5, X[0], window=(0, 2)), "`expected` must be a finite number, got an array of shap"),
        (lambda s: assert_rate(X[0], 0.5, window=(0, 2), tolerance=-1), "`tolerance` must be a number of at least 0"),
    ],
    assert_stable: [
        (lambda s: assert_stable(s.f(X)), "`function` must be a function of the submission, got an array of shape"),
        (lambda s: assert_stable(square, X), "`function` must be a function of the submission, got the function `sq"),
        (lambda s: assert_stable(s.f, X, errstate="raise"), "`errstate` must be a dict such as {'over': 'raise'} or"),
        (lambda s: assert_stable(s.f, X, errstate={"over": True}), "`errstate` must be a dict such as {'over': 'rai"),
        (lambda s: assert_stable(), "the argument `function` must be given, got none."),
        (lambda s: assert_stable("f", X), "`function` must be a function of the submission, got 'f'."),
    ],
    assert_trains: [
        (lambda s: assert_trains(0.9, bar=0.9, seeds=(0,)), "`train` must be a function of a seed, got 0.9."),
        (lambda s: assert_trains(lambda: 0.9, bar=0.9, seeds=(0,)), "`train` must be a function of a seed, got a lam"),
        (lambda s: assert_trains(square, bar="0.9", seeds=(0,)), "`bar` must be a finite number, got '0.9'."),
        (lambda s: assert_trains(square, bar=0.9, seeds=3), "`seeds` must be a list of whole numbers, one a run, got"),
        (lambda s: assert_trains(square, bar=0.9, seeds=()), "`seeds` must be a list of whole numbers, one a run, go"),
        (lambda s: assert_trains(square, bar=0.9, seeds=(n for n in range(3))), "`seeds` must be a list of whole num"),
        (lambda s: assert_trains(square, bar=0.9, seeds=(0, 1), must_reach=3), "`must_reach` must be at most the nu"),
        (lambda s: assert_trains(square, bar=0.9, seeds=(0, 1), must_reach=0), "`must_reach` must be a whole number"),
    ],
    assert_unchanged: [
        (lambda s: assert_unchanged(s.f(X), X), "`function` must be a function of the submission, got an array of "),
        (lambda s: assert_unchanged(square, X), "`function` must be a function of the submission, got the function"),
        (lambda s: assert_unchanged(s.f, X, names="x w"), "`names` must name the 1 arguments of f, got 2 names."),
        (lambda s: assert_unchanged(s.f, X, names=3), "`names` must be a text of names such as 'dout cache', or a l"),
        (lambda s: assert_unchanged(s.f, X, may_change="x"), "`may_change` must be a list of positions or names, go"),
        (lambda s: assert_unchanged(s.f, X, may_change=[4]), "`may_change` must name arguments of f, got 4."),
        (lambda s: assert_unchanged(s.f, X, returns=None), "`returns` must be True or False, got None."),
    ],
    assert_variance: [
        (lambda s: assert_variance(X, 0, name="w", says="v"), "`expected` must be a number above 0, got 0."),
        (lambda s: assert_variance(X, 1, name="w", says="v", kurtosis=1), "`kurtosis` must be a number above 1, got "),
        (lambda s: assert_variance(1.0, X, name="w", says="v"), "`expected` must be a number above 0, got an array o"),
        (lambda s: assert_variance(X, 1.0, std=1, name="w", says="v"), "expected one of samples, expected, name, say"),
        (lambda s: assert_variance(X, 1.0, name="w", says=""), "`says` must be a text that is not empty, got ''."),
    ],
    assert_vectorised: [
        (lambda s: assert_vectorised(s.f, (4, 8)), "`measure` must be (submission.f, a function from a size to its"),
        (lambda s: assert_vectorised((s.f, X), sizes=(4, 8)), "`measure` must be (submission.f, a function from a s"),
        (lambda s: assert_vectorised((s.f, lambda: (X,)), (4, 8)), "`measure` must be (submission.f, a function fro"),
        (lambda s: assert_vectorised((s.f, lambda n: (n,)), ()), "`sizes` must be a list of at least two growing wh"),
        (lambda s: assert_vectorised((s.f, lambda n: (n,)), (8,)), "`sizes` must be a list of at least two growing "),
        (lambda s: assert_vectorised((s.f, lambda n: (n,)), (4, 8), axis=0), "`axis` must be a text that is not emp"),
        (lambda s: assert_vectorised((s.f, lambda n: (n,)), (4, 8), maxratio=2), "expected one of measure, sizes, m"),
    ],
    check: [
        (lambda s: check("out is wrong", True), "`message` must be a text that is not empty, got True."),
        (lambda s: check(True), "the argument `message` must be given, got none."),
        (lambda s: check(True, "fine", kind="vibes"), "`kind` must be one of 'NaN', 'changed its input'"),
        (lambda s: check(lambda: True, "fine"), "`condition` must be an answer of the submission, got a lambda."),
        (lambda s: check(True, ""), "`message` must be a text that is not empty, got ''."),
    ],
    CheckFailed: [
        (lambda s: CheckFailed(None), "`message` must be a text that is not empty, got None."),
        (lambda s: CheckFailed("wrong", "vibes"), "`kind` must be one of 'NaN', 'changed its input'"),
        (lambda s: CheckFailed("wrong", kind="shape", evidence=3), "`evidence` must be a dict or None, got 3."),
        (lambda s: CheckFailed(), "the argument `message` must be given, got none."),
    ],
    count_parameters: [
        (lambda s: count_parameters(), "the argument `model` must be given, got none."),
        (lambda s: count_parameters(Foreign()), "`model` must be an object of the submission, got an object of clas"),
        (lambda s: count_parameters(square), "`model` must be an object of the submission, got the function `square"),
        (lambda s: count_parameters(s.thing(), name=None), "`name` must be a text that is not empty, got None."),
    ],
    criterion: [
        (lambda s: criterion("A title"), "the argument `points` must be given, got none."),
        (lambda s: criterion(square), "the argument `points` must be given, got none."),
        (lambda s: criterion("A title", 5), "expected at most 1 argument by position, got 2."),
        (lambda s: criterion("A title", points=1, test=["f"]), "expected one of title, points, tests, provided, aft"),
    ],
    directional_derivative: [
        (lambda s: directional_derivative(X, square, X), "`function` must be a function, got an array of shape (2, "),
        (lambda s: directional_derivative(square, X, "up"), "`direction` must be real numbers, got 'up'."),
        (lambda s: directional_derivative(square, X, X, h="small"), "`h` must be a number above 0 or None, got 'sma"),
        (lambda s: directional_derivative(square, X, X, method="forward"), "`method` must be one of 'central', 'com"),
        (lambda s: directional_derivative(square, X), "the argument `direction` must be given, got none."),
    ],
    unseen: [
        (lambda s: unseen(s.thing()), "`graph` must be what `operations(model)` returned, got an object of the subm"),
        (lambda s: unseen(None), "`graph` must be what `operations(model)` returned, got None."),
        (lambda s: unseen(["Dense"]), "`graph` must be what `operations(model)` returned, got ['Dense']."),
        (lambda s: unseen(), "the argument `graph` must be given, got none."),
    ],
    folded: [
        (lambda s: folded(s.thing()), "`graph` must be what `operations(model)` returned, got an object of the subm"),
        (lambda s: folded(None), "`graph` must be what `operations(model)` returned, got None."),
        (lambda s: folded(["Dense"]), "`graph` must be what `operations(model)` returned, got ['Dense']."),
        (lambda s: folded(Operation("d", "Dense")), "`graph` must be what `operations(model)` returned, got an obje"),
    ],
    is_close: [
        (lambda s: is_close(s.f(X), X, tolerance=1e-3), "expected one of actual, expected, name, axes, inputs, oper"),
        (lambda s: is_close(s.f(X), X, rtol="1e-3"), "`rtol` must be a number of at least 0 or None, got '1e-3'."),
        (lambda s: is_close(s.f(X)), "the argument `expected` must be given, got none."),
        (lambda s: is_close(X, s.f), "`expected` must be a value that the rubric knows, got the submission's functi"),
        (lambda s: is_close(s.f(X), X, atol=math.inf), "`atol` must be a number of at least 0 or None, got inf."),
    ],
    is_multiple: [
        (lambda s: is_multiple(s.f(X)), "the argument `expected` must be given, got none."),
        (lambda s: is_multiple(s.f(X), "12"), "`expected` must be real numbers, got '12'."),
        (lambda s: is_multiple(square, [1.0]), "`actual` must be an answer of the submission, got the function"),
        (lambda s: is_multiple([s.f(1)], [1.0], [2, 3]), "2 factors do not fit 1 expected numbers."),
    ],
    count_close: [
        (lambda s: count_close(s.f(X)), "the argument `expected` must be given, got none."),
        (lambda s: count_close(square, (X,)), "`actual` must be an answer of the submission, got the function"),
        (lambda s: count_close(s.f(X), s.f), "`expected` must be a value that the rubric knows, got the submission's"),
        (lambda s: count_close(s.f(X), (X,), inputs=square), "`inputs` must be arrays and numbers, got the function"),
    ],
    has_other_direction: [
        (lambda s: has_other_direction(s.f(X)), "the argument `other` must be given, got none."),
        (lambda s: has_other_direction(square, X), "`one` must be an answer of the submission, got the function"),
        (lambda s: has_other_direction(X, square), "`other` must be an answer of the submission, got the function"),
        (lambda s: has_other_direction(X, X, X), "expected at most 2 arguments by position, got 3."),
    ],
    partial_for_close: [
        (lambda s: partial_for_close([s.f(X)], [X]), "the argument `name` must be given, got none."),
        (lambda s: partial_for_close([s.f(X)], s.f, name="dx dw"), "`expected` must be a value that the rubric knows"),
        (lambda s: partial_for_close([s.f(X)], [X], name=None), "`name` must be a text that is not empty or a list"),
        (lambda s: partial_for_close([X], [X, X], name="dx dw"), "actual, expected and inputs have one item for each"),
    ],
    note: [
        (lambda s: note(), "the argument `text` must be given, got none."),
        (lambda s: note(3), "`text` must be a text that is not empty, got 3."),
        (lambda s: note(None), "`text` must be a text that is not empty, got None."),
        (lambda s: note("float32 accepted", X), "expected at most 1 argument by position, got 2."),
    ],
    operations: [
        (lambda s: operations(), "the argument `model` must be given, got none."),
        (lambda s: operations(Foreign()), "`model` must be an object of the submission, got an object of class `For"),
        (lambda s: operations(Foreign), "`model` must be an object of the submission, got the class `Foreign`."),
        (lambda s: operations(s.thing(), "net"), "expected at most 1 argument by position, got 2."),
    ],
    partial: [
        (lambda s: partial("half", 0.5), "`fraction` must be a number from 0 to 1, got 'half'."),
        (lambda s: partial(1.5, "half"), "`fraction` must be a number from 0 to 1, got 1.5."),
        (lambda s: partial(math.nan, "half"), "`fraction` must be a number from 0 to 1, got nan."),
        (lambda s: partial(0.5, " "), "`reason` must be a text that is not empty, got ' '."),
        (lambda s: partial(0.5), "the argument `reason` must be given, got none."),
    ],
    Partial: [
        (lambda s: Partial("half", 0.5), "`fraction` must be a number from 0 to 1, got 'half'."),
        (lambda s: Partial(50, "half"), "`fraction` must be a number from 0 to 1, got 50."),
        (lambda s: Partial(0.5, None), "`reason` must be a text that is not empty, got None."),
        (lambda s: Partial(0.5), "the argument `reason` must be given, got none."),
    ],
    unpack: [
        (lambda s: unpack(s.f(X), "", of="f"), "`names` must be a text of names such as 'out cache', or a list of t"),
        (lambda s: unpack("out cache", s.f(X), of="f"), "`names` must be a text of names such as 'out cache', or a "),
        (lambda s: unpack(s.f(X), "out cache"), "the argument `of` must be given, got none."),
        (lambda s: unpack(s.f(X), 2, of="f"), "`names` must be a text of names such as 'out cache', or a list of te"),
        (lambda s: unpack(s.f(X), "out cache", of=s.f), "`of` must be a text that is not empty, got the submission'"),
        (lambda s: unpack((x for x in X), "a b", of="f"), "`answer` must be an answer of the submission, got a gene"),
    ],
    weights_of: [
        (lambda s: weights_of(), "the argument `model` must be given, got none."),
        (lambda s: weights_of(Foreign()), "`model` must be an object of the submission, got an object of class `For"),
        (lambda s: weights_of(s.thing(), None), "`name` must be a text that is not empty, got None."),
        (lambda s: weights_of(s.thing(), names="net"), "expected one of model, name, got the unknown argument `name"),
    ],
    work_of: [
        (lambda s: work_of(), "the argument `function` must be given, got none."),
        (lambda s: work_of(s.f(X)), "`function` must be a function of the submission, got an array of shape (2, 3)"),
        (lambda s: work_of(square, X), "`function` must be a function of the submission, got the function `square`."),
        (lambda s: work_of("f", X), "`function` must be a function of the submission, got 'f'."),
    ],
}
CASES = [
    pytest.param(helper, call, text, id=f"{helper.__name__}-{number}")
    for helper, cases in WRONG.items()
    for number, (call, text) in enumerate(cases)
]
#: What helpers return and authors do not call.
RESULTS = {"CriterionSpec", "Operation", "spec_of"}
MARKS = {"accepted", "mutant"}  # read by `prove`, which says what is wrong with them, and never run


def test_vocabulary_every_helper_is_called_wrongly():
    """Every name of the vocabulary has at least four wrong calls here."""
    assert {helper.__name__ for helper in WRONG} | RESULTS | MARKS == set(vocabulary.__all__)
    assert {name for name, cases in WRONG.items() if len(cases) < 4} == set()


@pytest.mark.parametrize(("helper", "call", "text"), CASES)
def test_helper_called_wrongly_says_which_argument_and_what_it_wants(submission, helper, call, text):
    """One sentence: the helper, the argument, what was expected and what was found."""
    with pytest.raises(HelperMisused) as caught:
        call(submission)
    assert caught.value.message.startswith(f"{helper.__name__}: {text}")
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(("helper", "call", "text"), CASES)
def test_helper_called_wrongly_is_no_verdict_on_the_submission(submission, tally, helper, call, text):
    """Nothing is counted or failed; a verdict, where there is one at once, blames the rubric."""
    with pytest.raises(CourseError) as caught:
        call(submission)
    assert (tally.checks, tally.failures) == (0, [])
    verdict = judge(caught.value)
    assert verdict is None or (verdict.outcome, verdict.fault) == (Outcome.UNGRADED, Fault.RUBRIC)


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda s: assert_close(s.f(X), X, rtl=1e-3), "Did you mean `rtol`?"),
        (lambda s: assert_close(X, (x for x in X)), "A generator is used up after one turn: pass list(...) of it."),
        (lambda s: assert_close(s.f(X), square), "Pass what it returns, not the function."),
        (
            lambda s: assert_close(X, s.thing()),
            "Are the answer and the expected value swapped? Otherwise fetch it with .value().",
        ),
        (lambda s: assert_trains(square, bar=1, seeds=3), "Write range(3)."),
        (lambda s: assert_avoids(s.f, names=["dot"]), "Pass submission, and functions=['f']."),
        (lambda s: assert_array(s.f(X), 2), "Write (2,)."),
        (lambda s: check(True, "m", "shape", "more"), None),
        (lambda s: assert_calls(3, 4), "Pass the others by name: at_most, at_least, exactly, name."),
    ],
)
def test_helper_called_wrongly_hints_at_what_was_meant(submission, call, hint):
    """Where a mistake is a common one, a hint says how to write it."""
    with pytest.raises(HelperMisused) as caught:
        call(submission)
    assert caught.value.hint == hint


def test_misuse_of_what_stands_in_the_rubric_is_known_to_be_the_rubrics():
    """A literal is the author's; a variable may hold an answer, so the reference has to decide."""
    answered = "half"
    with pytest.raises(HelperMisused) as literal:
        partial("half", 0.5)
    with pytest.raises(HelperMisused) as variable:
        partial(answered, "half of it")
    with pytest.raises(HelperMisused) as other:
        partial(1.5, answered)
    with pytest.raises(HelperMisused) as unpacked:
        partial(*[answered])
    told = [one.value.is_written for one in (literal, variable, other, unpacked)]
    assert told == [True, False, True, False]


def test_function_that_was_an_answer_is_called_as_one_of_the_submission(submission, passes):
    """A callable object that the submission returned can be checked like its functions."""
    thing = submission.thing()
    assert passes(assert_stable, thing, X).tolist() == (2 * X).tolist()
    passes(assert_unchanged, thing, X)
