"""Stable activations."""

import numpy as np

from autograder.rubric import assert_close, assert_finite, assert_stable, assert_unchanged, check, criterion

# Rank 1 to 4; axes of length one and lengths that differ, so that no axis can stand for another.
SHAPES = ((6,), (1,), (3, 5), (4, 1), (2, 3, 4), (2, 1, 4, 3))


@criterion(
    "Sigmoid and softmax: values",
    points=4,
    tests=["sigmoid", "softmax"],
    hint="Softmax normalises along the axis that it is given, for arrays of any rank: did you sum over a fixed axis, "
    "or forget keepdims?",
)
def test_i1_values(submission, reference, rng):
    for shape in SHAPES:
        z = rng.normal(0, 3, shape)
        assert_close(submission.sigmoid(z), reference.sigmoid(z), name="sigmoid(z)", inputs=(z,))
        assert_close(submission.softmax(z), reference.softmax(z), name="softmax(z)", inputs=(z,))
        for axis in (0, 1)[: len(shape)]:
            expected = reference.softmax(z, axis)
            assert_close(submission.softmax(z, axis), expected, name=f"softmax(z, axis={axis})", inputs=(z,))


@criterion(
    "Sigmoid and softmax: properties",
    points=3,
    tests=["sigmoid", "softmax"],
    hint="Probabilities of one example sum to one, a constant added to all scores changes nothing, and sigmoid(-z) "
    "is 1 - sigmoid(z).",
)
def test_i1_properties(submission, rng):
    z = rng.normal(0, 2, (4, 3, 5))
    for axis in (0, 1, -1):
        p = answer(submission.softmax(z, axis), z, "softmax(z)")
        assert_close(p.sum(axis), np.ones_like(z.sum(axis)), name=f"the sums of softmax(z, axis={axis}) over that axis")
        shifted = submission.softmax(z + rng.uniform(3, 30), axis)
        assert_close(shifted, p, name=f"softmax(z + c, axis={axis}) compared with softmax(z, axis={axis})")
        largest = np.array_equal(p.argmax(axis), z.argmax(axis))
        check(largest, f"softmax(z, axis={axis}): the largest score does not get the largest probability.")
    s = answer(submission.sigmoid(z), z, "sigmoid(z)")
    assert_close(submission.sigmoid(-z), 1 - s, name="sigmoid(-z) compared with 1 - sigmoid(z)")
    line = answer(submission.sigmoid(np.linspace(-9, 9, 61)), np.empty(61), "sigmoid(z)")
    check(bool(np.all(np.diff(line) > 0)), "sigmoid: it does not grow everywhere between -9 and 9.")


def answer(value, like, name):
    """Return an answer that is an array of finite numbers of the right shape, or fail."""
    assert_finite(value, name=name)
    check(np.shape(value) == like.shape, f"{name}: expected shape {like.shape}, got {np.shape(value)}.", "shape")
    return value


@criterion(
    "Sigmoid and softmax: extreme scores",
    points=4,
    tests=["sigmoid", "softmax"],
    hint="No intermediate result may overflow, not even one that np.where throws away: subtract the largest score "
    "before exp, and give the sigmoid only exponentials of negative numbers.",
)
def test_i1_stability(submission, reference, rng):
    z = np.array([-1e3, -750.0, -1.0, 0.0, 1.0, 750.0, 1e3])
    assert_close(assert_stable(submission.sigmoid, z), reference.sigmoid(z), name="sigmoid(z)")
    rows = [[1e3, -1e3, 0.0], [750.0, 750.0, -750.0], [-1e3, -1e3, -1e3], [1e3, 999.0, 998.0]]
    for row in (*rows, rng.choice([-1e3, -750.0, 750.0, 1e3], 5) + rng.normal(0, 1, 5)):
        scores = np.array(row)
        assert_close(assert_stable(submission.softmax, scores), reference.softmax(scores), name="softmax(z)")
    # Each row has a largest score of its own: minus that of the whole array, a row can vanish. Values along axes are i1_values'.
    assert_stable(submission.softmax, np.array(rows), name="softmax of several rows")


@criterion(
    "Sigmoid and softmax: the input stays, the dtype is kept",
    points=1,
    tests=["sigmoid", "softmax"],
    testimony=True,
    hint="An operation with out=, or one such as z -= z.max(), writes into the caller's array; and an array made "
    "with a fixed dtype of float64 turns float32 scores into float64.",
)
def test_i1_safe(submission, reference, rng):
    z = rng.normal(0, 3, 6)
    assert_unchanged(submission.sigmoid, z, names="z")
    assert_unchanged(submission.softmax, z, names="z")
    single = z.astype(np.float32)
    assert_close(submission.sigmoid(single), reference.sigmoid(single), name="sigmoid(z)", check_dtype="exact")
    assert_close(submission.softmax(single), reference.softmax(single), name="softmax(z)", check_dtype="exact")
