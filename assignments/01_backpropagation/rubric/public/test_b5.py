"""Layer normalisation"""

import numpy as np
import pytest

from autograder.rubric import CheckFailed, assert_array, assert_close, criterion, is_close, unpack

PARTS = ("dx", "dgamma", "dbeta")


@criterion(
    "Layer normalisation, forward: an example to do by hand",
    points=1,
    tests=["layernorm_forward"],
    hint="Every row has its own mean and variance, over axis 1, the variance divided by D; with "
    "keepdims=True they have the shape (N, 1), which broadcasts against (N, D).",
)
def test_b5_example_forward(submission):
    # Both rows have the variance 4, and the means 3 and -3.
    x = np.array([[1.0, 5.0, 1.0, 5.0], [-1.0, -1.0, -5.0, -5.0]])
    gamma, beta = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.0, 0.0, 10.0])
    answer = submission.layernorm_forward(x, gamma, beta, {"eps": 0.0})
    out, _ = unpack(answer, "out cache", of="layernorm_forward")
    assert_close(out, np.array([[-1.0, 2.0, -3.0, 14.0], [1.0, 2.0, -3.0, 6.0]]), name="out", axes="N D")


def right_for_own_statistics(out, x, gamma, beta, dout):
    """Return the gradients for the statistics that an output shows; None if that is not x less its mean, divided by something."""
    try:
        x_hat = (assert_array(out, x.shape) - beta) / gamma
    except CheckFailed:
        return None
    centred = x - x.mean(axis=1, keepdims=True)
    scale = np.sum(x_hat * centred, axis=1, keepdims=True) / np.sum(centred**2, axis=1, keepdims=True)
    if not np.all(scale > 0) or not is_close(x_hat, scale * centred, inputs=(x,)):
        return None
    dx_hat = dout * gamma
    along_ones, along_x_hat = (np.mean(one, axis=1, keepdims=True) for one in (dx_hat, dx_hat * x_hat))
    return scale * (dx_hat - along_ones - x_hat * along_x_hat), np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@pytest.mark.parametrize("part", PARTS)
@criterion(
    "Layer normalisation, backward: a small batch",
    points=1,
    tests=["layernorm_forward", "layernorm_backward"],
    hint="dx, dgamma and dbeta count a third each. For dx, replace every sum over the batch in batch "
    "normalisation by a sum over the row; for dgamma and dbeta the sums stay sums over the "
    "batch. The scale by which your own forward pass divides counts as right here.",
)
def test_b5_example_backward(submission, reference, rng, part):
    x, dout = rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    gamma, beta = rng.choice([-1.0, 1.0], size=5) * rng.uniform(0.5, 2, size=5), rng.normal(size=5)
    out, cache = unpack(submission.layernorm_forward.keep(x, gamma, beta, {}), "out cache", of="layernorm_forward")
    expected = reference.layernorm_backward(dout, reference.layernorm_forward(x, gamma, beta, {})[1])
    i = PARTS.index(part)
    actual, due = unpack(submission.layernorm_backward(dout, cache), "dx dgamma dbeta", of="layernorm_backward")[i], expected[i]
    if not is_close(actual, due, inputs=(x,)):
        # The mistake may be in the forward pass, whose criteria say so.
        own = right_for_own_statistics(out.value(), x, gamma, beta, dout)
        due = due if own is None else own[i]
    assert_close(actual, due, name=part, axes=("N D", "D", "D")[i], inputs=(x,))
