"""Relu"""

import numpy as np

from autograder.rubric import (
    assert_array,
    assert_close,
    assert_consistent,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

SHAPES = [(5,), (1, 1), (4, 3), (1, 6), (2, 3, 2), (2, 2, 3, 2)]


def draw(rng, shape, gap=1e-3):
    """Draw numbers of both signs that are at least `gap` away from 0, where relu has no derivative."""
    return rng.choice([-1.0, 1.0], size=shape) * (gap + np.abs(rng.normal(size=shape)))


def draw_all(rng):
    """Draw an input of each shape, one without a positive entry, and one of large numbers."""
    inputs = [draw(rng, shape) for shape in SHAPES]
    return [*inputs, -np.abs(inputs[2]), 1e6 * inputs[2]]


def forward(submission, x):
    """Return the output of the submission's forward pass."""
    return unpack(submission.relu_forward(x), "out cache", of="relu_forward")[0]


def own_cache(submission, x):
    """Return the cache of the submission's forward pass, or the documented one if there is none."""
    if "relu_forward" not in submission:
        return x
    try:
        answer = submission.relu_forward.keep(x)
    except Exception:  # that it raises is paid for by the criteria of the forward pass
        return x
    return answer[1] if answer.type_name in ("tuple", "list") and len(answer) == 2 else x


def assert_own_gradient(submission, rng):
    """Check the gradient against differences of the submission's own forward pass."""
    x, dout = draw(rng, (4, 5), gap=0.5), rng.normal(size=(4, 5))
    dx = submission.relu_backward(dout, own_cache(submission, x))

    # Linear on either side of 0, and |x| >= 0.5 is ten standard deviations of a step away from it.
    assert_consistent(lambda x: forward(submission, x), x, dx, upstream=dout, rng=rng, h=0.05, name="dx", axes="N D")
    other = submission.relu_backward(dout, own_cache(submission, -x))
    check(not is_close(other, dx), "dx: it is the same for x and -x.", kind="gradient")


@criterion(
    "Relu: values of the forward pass",
    points=1,
    tests=["relu_forward"],
    hint="It works on an array of any shape, also if no entry is positive.",
)
def test_b2_values(submission, reference, rng):
    for x in draw_all(rng):
        assert_close(forward(submission, x), reference.relu_forward(x)[0], name="out", inputs=(x,))


@criterion(
    "Relu: values of the backward pass",
    points=1,
    tests=["relu_backward"],
    hint="dx is dout where x was positive and 0 elsewhere, in an array of any shape, also if no "
    "entry of x is positive.",
)
def test_b2_backward_values(submission, reference, rng):
    for x in draw_all(rng):
        dout = rng.normal(size=x.shape)
        actual, right = submission.relu_backward(dout, x), reference.relu_backward(dout, x)
        if x.shape == SHAPES[0] and not is_close(actual, right, inputs=(x,)):
            half_for_own_gradient(submission, rng)
        assert_close(actual, right, name="dx", inputs=(x,))


def half_for_own_gradient(submission, rng):
    """Give half of the points for the gradient of the submission's own, wrong forward pass."""
    if "relu_forward" not in submission:
        return
    try:
        assert_own_gradient(submission, rng)
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, "dx is the gradient of your own forward pass, but that is not relu with x as its cache.")


@criterion(
    "Relu: the backward pass belongs to the forward pass",
    points=2,
    tests=["relu_backward"],
    hint="Your backward pass gets the cache of your forward pass: x, from which it reads where "
    "the output was not cut off.",
)
def test_b2_gradient(submission, reference, rng):
    x, dout = draw(rng, (4, 5)), rng.normal(size=(4, 5))
    actual, right = submission.relu_backward(dout, own_cache(submission, x)), reference.relu_backward(dout, x)
    if is_close(actual, right, inputs=(x,)):
        assert_close(actual, right, name="dx", axes="N D", inputs=(x,))
    else:
        assert_own_gradient(submission, rng)


@criterion(
    "Relu: the backward pass leaves dout as it is",
    points=1,
    tests=["relu_backward"],
    hint="dout[x <= 0] = 0 writes into the caller's array, which another branch of the network "
    "may still need. Make a new array: dx = dout * (x > 0).",
)
def test_b2_safe(submission, rng):
    x, dout = draw(rng, (4, 5)), rng.normal(size=(4, 5))
    # The array stays where the function runs. If the first call changed it, the second gives another answer.
    kept = submission.lend(dout)
    submission.relu_backward(kept, x)
    second = submission.relu_backward(kept, -x)
    fresh = not_all_zero(submission.relu_backward(dout, -x), x.shape, "dx")
    assert_close(second, fresh, name="dx of a second call with the same dout")


@criterion(
    "Relu: the forward pass leaves x as it is",
    points=1,
    tests=["relu_forward"],
    hint="x[x < 0] = 0 writes into the caller's array. Make a new one: np.maximum(x, 0).",
)
def test_b2_forward_safe(submission, rng):
    x = draw(rng, (4, 5))
    kept = submission.lend(x)
    submission.relu_forward(kept)
    second = forward(submission, -kept)
    fresh = not_all_zero(forward(submission, -x), x.shape, "out")
    assert_close(second, fresh, name="out of a second call with -x")


def not_all_zero(value, shape, name):
    """Return a value that must be an array of this shape, not all of it zero."""
    array = assert_array(value, shape, name=name)
    check(bool(np.any(array != 0)), f"{name}: every value is zero.")
    return array
