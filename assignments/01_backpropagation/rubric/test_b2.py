"""Relu"""

import numpy as np
import pytest

from autograder.rubric import assert_close, assert_consistent, assert_finite, check, criterion, unpack

SHAPES = [(5,), (1, 1), (4, 3), (1, 6), (2, 3, 2), (2, 2, 3, 2)]


def draw(rng, shape, gap=1e-3):
    """Draw numbers of both signs that are at least `gap` away from 0, where relu has no derivative."""
    return rng.choice([-1.0, 1.0], size=shape) * (gap + np.abs(rng.normal(size=shape)))


@pytest.mark.parametrize("direction", ["forward", "backward"])
@criterion(
    "Relu: values",
    points=2,
    tests=["relu_forward", "relu_backward"],
    hint="Forward and backward count half each. Both work on an array of any shape, also when no entry is positive.",
)
def test_b2_values(submission, reference, rng, direction):
    inputs = [draw(rng, shape) for shape in SHAPES]
    for x in [*inputs, -np.abs(inputs[2]), 1e6 * inputs[2]]:
        if direction == "forward":
            out, _ = unpack(submission.relu_forward(x), "out cache", of="relu_forward")
            assert_close(out, reference.relu_forward(x)[0], name="out", inputs=(x,))
        else:
            dout = rng.normal(size=x.shape)
            assert_close(submission.relu_backward(dout, x), reference.relu_backward(dout, x), name="dx", inputs=(x,))


@criterion(
    "Relu: the backward pass belongs to the forward pass",
    points=2,
    tests=["relu_forward", "relu_backward"],
    hint="Your backward pass gets the cache of your forward pass, and needs x from it: what was positive before, not after.",
)
def test_b2_gradient(submission, rng):
    x, dout = draw(rng, (4, 5), gap=0.5), rng.normal(size=(4, 5))
    _, cache = unpack(submission.relu_forward.keep(x), "out cache", of="relu_forward")
    dx = submission.relu_backward(dout, cache)

    def forward(x):
        return unpack(submission.relu_forward(x), "out cache", of="relu_forward")[0]

    # Linear on either side of 0, and |x| >= 0.5 is ten standard deviations of a step away from it.
    assert_consistent(forward, x, dx, upstream=dout, rng=rng, h=0.05, name="dx", axes="N D")


@criterion(
    "Relu: nothing that was passed in is changed",
    points=2,
    tests=["relu_forward", "relu_backward"],
    hint="dout[x <= 0] = 0 writes into the caller's array, which another branch of the network may still need. Make a new "
    "array: dx = dout * (x > 0).",
)
def test_b2_safe(submission, rng):
    x, dout = draw(rng, (4, 5)), rng.normal(size=(4, 5))

    # The array stays where the function runs. If the first call changed it, the second gives another answer.
    kept = submission.lend(dout)
    submission.relu_backward(kept, x)
    second = submission.relu_backward(kept, -x)
    fresh = array_of(submission.relu_backward(dout, -x), x.shape, "dx")
    assert_close(second, fresh, name="dx of a second call with the same dout")

    kept = submission.lend(x)
    submission.relu_forward(kept)
    second, _ = unpack(submission.relu_forward(-kept), "out cache", of="relu_forward")
    fresh, _ = unpack(submission.relu_forward(-x), "out cache", of="relu_forward")
    assert_close(second, array_of(fresh, x.shape, "out"), name="out of a second call with -x")


def array_of(value, shape, name):
    """Return a value that must be an array of finite numbers of this shape, not all of them zero."""
    got = f"shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
    is_right = isinstance(value, np.ndarray) and value.shape == shape
    check(is_right, f"{name}: expected an array of shape {shape}, got {got}.", kind="shape")
    assert_finite(value, name=name)
    check(bool(np.any(value != 0)), f"{name}: every value is zero.")
    return value
