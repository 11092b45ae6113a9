"""Stable activations."""

import numpy as np
import pytest

from autograder.rubric import (
    assert_array,
    assert_close,
    assert_form,
    assert_stable,
    assert_unchanged,
    check,
    criterion,
    is_close,
)

# Rank 1 to 4; axes of length one and lengths that differ, so that no axis can stand for another.
SHAPES = ((6,), (1,), (3, 5), (4, 1), (2, 3, 4), (2, 1, 4, 3))


@criterion(
    "Sigmoid: values",
    points=2,
    tests=["sigmoid"],
    hint="Scores of any rank: each becomes 1 / (1 + exp(-z)) by itself, on both sides of zero.",
)
def test_i1_sigmoid_values(submission, reference, rng):
    for shape in SHAPES:
        z = rng.uniform(-6, 6, shape)  # what is wrong for larger scores is paid in i1_sigmoid_stability
        assert_close(submission.sigmoid(z), reference.sigmoid(z), name="sigmoid(z)", inputs=(z,))


@criterion(
    "Softmax: values",
    points=2,
    tests=["softmax"],
    hint="Softmax normalises along the axis that it is given, the last one by default, for arrays of any rank from 1: "
    "did you sum over a fixed axis, over the whole array, or forget keepdims?",
)
@pytest.mark.parametrize("axis", ["default", 0, 1, -2])
def test_i1_values(submission, reference, rng, axis):
    for shape in SHAPES:
        z = rng.normal(0, 3, shape)
        if axis == "default":
            assert_close(submission.softmax(z), reference.softmax(z), name="softmax(z)", inputs=(z,))
        elif axis == 0 or len(shape) > 1:
            expected = reference.softmax(z, axis)
            assert_close(submission.softmax(z, axis), expected, name=f"softmax(z, axis={axis})", inputs=(z,))


@criterion(
    "Sigmoid: properties",
    points=1,
    tests=["sigmoid"],
    hint="sigmoid(-z) is 1 - sigmoid(z), and a larger score gets a larger probability.",
)
def test_i1_sigmoid_properties(submission, rng):
    z = rng.normal(0, 2, (4, 3, 5))
    s = assert_array(submission.sigmoid(z), z.shape, name="sigmoid(z)")
    assert_close(submission.sigmoid(-z), 1 - s, name="sigmoid(-z) compared with 1 - sigmoid(z)")
    line = assert_array(submission.sigmoid(np.linspace(-9, 9, 61)), (61,), name="sigmoid(z)")
    check(bool(np.all(np.diff(line) > 0)), "sigmoid: it does not grow everywhere between -9 and 9.")


@criterion(
    "Softmax: properties",
    points=1,
    tests=["softmax"],
    hint="Along the axis probabilities sum to one and the largest score gets the largest; a constant added to all "
    "scores changes nothing.",
)
def test_i1_properties(submission, rng):
    z = rng.normal(0, 2, (4, 3, 5))
    for axis in (0, 1, -1):
        p = assert_array(submission.softmax(z, axis), z.shape, name="softmax(z)")
        assert_close(p.sum(axis), np.ones_like(z.sum(axis)), name=f"the sums of softmax(z, axis={axis}) over that axis")
        shifted = submission.softmax(z + rng.uniform(3, 30), axis)
        assert_close(shifted, p, name=f"softmax(z + c, axis={axis}) compared with softmax(z, axis={axis})")
        largest = np.array_equal(p.argmax(axis), z.argmax(axis))
        check(largest, f"softmax(z, axis={axis}): the largest score does not get the largest probability.")


@criterion(
    "Sigmoid: extreme scores",
    points=2,
    tests=["sigmoid"],
    hint="No intermediate result may overflow, not even one that np.where throws away: give exp only negative numbers "
    "or zero, or scores that are clipped, and not at so small a number that the sigmoid there is not 0 or 1 yet.",
)
def test_i1_sigmoid_stability(submission, reference, rng):
    z = np.array([-1e3, -750.0, 750.0, 1e3])
    s = assert_array(assert_stable(submission.sigmoid, z), z.shape, name="sigmoid(z)").astype(float)
    moderate = rng.normal(0, 2, 6)
    if is_close(submission.sigmoid(moderate), reference.sigmoid(moderate)):
        assert_close(s, reference.sigmoid(z), name="sigmoid(z) of -1000, -750, 750 and 1000", atol=1e-4)
    else:  # paid for in i1_sigmoid_values: here finite numbers will do that depend on the score
        check(bool(s[0] != s[3]), "sigmoid: the scores -1000 and 1000 get the same number.")


@criterion(
    "Softmax: extreme scores",
    points=2,
    tests=["softmax"],
    hint="exp of a large score overflows, and exp of small ones alone leaves 0 / 0: subtract the largest score of each "
    "line before exp. To clip scores instead makes different ones equal.",
)
def test_i1_stability(submission, reference, rng):
    moderate = rng.normal(0, 2, (3, 5))
    are_right = all(is_close(submission.softmax(scores), reference.softmax(scores)) for scores in moderate)
    rows = [[1e3, -1e3, 0.0], [750.0, 750.0, -750.0], [-1e3, -1e3, -1e3], [1e3, 999.0, 998.0]]
    for row in (*rows, rng.choice([-1e3, -750.0, 750.0, 1e3], 5) + rng.normal(0, 1, 5)):
        scores = np.array(row)
        p = assert_array(assert_stable(submission.softmax, scores), scores.shape, name="softmax(z)")
        if are_right:
            assert_close(p, reference.softmax(scores), name="softmax(z) of large scores")
        else:  # paid for in i1_values: here finite numbers will do that depend on the scores
            is_blind = bool(np.ptp(scores) > 0 and np.all(p == p[0]))
            check(not is_blind, "softmax: large scores that differ get the same number.")
    # Each row has a largest score of its own: minus that of the whole array, a row can vanish. Values along axes are
    # i1_values'.
    assert_stable(submission.softmax, np.array(rows), name="softmax of several rows")


@criterion(
    "Sigmoid: the input stays, the dtype is kept",
    points=1,
    tests=["sigmoid"],
    testimony=True,
    hint="Two things: an operation with out= or one such as z *= -1 writes into the caller's array; and scores of "
    "float32 are answered by an array of float32 and of the same shape.",
)
def test_i1_sigmoid_safe(submission, rng):
    assert_unchanged(submission.sigmoid, rng.normal(0, 3, 6), names="z")
    for shape in SHAPES:
        single = rng.normal(0, 3, shape).astype(np.float32)
        assert_form(submission.sigmoid(single), single, name="sigmoid(z) of float32")


@criterion(
    "Softmax: the input stays, the dtype is kept",
    points=1,
    tests=["softmax"],
    testimony=True,
    hint="Two things: an operation with out= or one such as z -= z.max() writes into the caller's array; and scores of "
    "float32 are answered by an array of float32 and of the same shape.",
)
def test_i1_safe(submission, rng):
    assert_unchanged(submission.softmax, rng.normal(0, 3, 6), names="z")
    for shape in SHAPES:
        single = rng.normal(0, 3, shape).astype(np.float32)
        assert_form(submission.softmax(single), single, name="softmax(z) of float32")
