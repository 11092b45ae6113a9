"""Batch normalisation"""

import numpy as np
import pytest

from autograder.rubric import CheckFailed, assert_array, assert_close, criterion, is_close, unpack

# Two features: the first has mean 2 and variance 1 over this batch, the second mean 0 and variance 4.
X = np.array([[1.0, -2.0], [3.0, 2.0], [1.0, 2.0], [3.0, -2.0]])
GAMMA, BETA = np.array([1.0, 10.0]), np.array([0.0, 5.0])
PARTS = ("dx", "dgamma", "dbeta")


def forward(submission, x, bn_param, gamma=GAMMA, beta=BETA):
    """Return the output of the submission's forward pass."""
    return unpack(submission.batchnorm_forward(x, gamma, beta, bn_param), "out cache", of="batchnorm_forward")[0]


def own_statistics(out, x, gamma=GAMMA, beta=BETA):
    """Return x_hat and std that an output shows; None if that is not x less its mean, divided by something."""
    try:
        x_hat = (assert_array(out, x.shape) - beta) / gamma
    except CheckFailed:
        return None
    centred = x - x.mean(axis=0)
    scale = np.sum(x_hat * centred, axis=0) / np.sum(centred**2, axis=0)
    if not np.all(scale > 0) or not is_close(x_hat, scale * centred, inputs=(x,)):
        return None
    return x_hat, 1 / scale


@criterion(
    "Batch normalisation, training: an example to do by hand",
    points=1,
    tests=["batchnorm_forward"],
    hint="Mean and variance are taken over the batch, axis 0, one of each per feature; the variance "
    "is divided by N, not by N - 1, and eps is added to it before the square root is taken.",
)
def test_b4_example_train(submission):
    out = forward(submission, X, {"mode": "train", "eps": 0.0})
    expected = np.array([[-1.0, -5.0], [1.0, 15.0], [-1.0, 15.0], [1.0, -5.0]])
    assert_close(out, expected, name="out", axes="N D")

    # With eps = 12 the square roots are those of 13 and 16.
    out = forward(submission, X, {"mode": "train", "eps": 12.0})
    expected = BETA + GAMMA * (X - np.array([2.0, 0.0])) / np.array([13.0**0.5, 4.0])
    assert_close(out, expected, name="out with eps = 12", axes="N D")


@pytest.mark.parametrize("case", ["training", "test"])
@criterion(
    "Batch normalisation: two training batches, then a test",
    points=1,
    tests=["batchnorm_forward"],
    hint="Half each. running = momentum * running + (1 - momentum) * of this batch, beginning at "
    "zeros of shape (D,), with the variance divided by N and without eps (the variance with "
    "which your own forward pass normalises counts as right here); in test mode these two "
    "take the place of the statistics of the batch.",
)
def test_b4_example_running(submission, case):
    # 0.1 of the batch's statistics after the first batch, 0.19 after the second.
    running = {"running_mean": np.array([0.38, 0.0]), "running_var": np.array([0.19, 0.76])}
    if case == "training":
        bn_param = submission.lend({"mode": "train", "eps": 0.19, "momentum": 0.9})
        forward(submission, X, bn_param)
        own = own_statistics(forward(submission, X, bn_param), X)
        kept = bn_param.value()
        if own is not None and not is_close(kept.get("running_var"), running["running_var"]):
            running["running_var"] = 0.19 * (own[1] ** 2 - 0.19)  # another variance is paid above
        assert_close({name: kept.get(name) for name in running}, running, name="bn_param")
    else:
        out = forward(submission, X, {"mode": "test", "eps": 0.19, "momentum": 0.9, **running})
        expected = BETA + GAMMA * (X - np.array([0.38, 0.0])) / np.sqrt(np.array([0.38, 0.95]))
        assert_close(out, expected, name="out in test mode", axes="N D")


@pytest.mark.parametrize("part", PARTS)
@criterion(
    "Batch normalisation, backward: a small batch",
    points=1,
    tests=["batchnorm_forward", "batchnorm_backward"],
    hint="dx, dgamma and dbeta count a third each. For dx: every x reaches every output of its "
    "feature three times, directly, through the mean and through the variance. dgamma and "
    "dbeta are sums over the batch. The scale by which your own forward pass divides counts "
    "as right here.",
)
def test_b4_example_backward(submission, reference, rng, part):
    x, dout = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    gamma, beta = rng.choice([-1.0, 1.0], size=3) * rng.uniform(0.5, 2, size=3), rng.normal(size=3)
    answer = submission.batchnorm_forward.keep(x, gamma, beta, {"mode": "train"})
    out, cache = unpack(answer, "out cache", of="batchnorm_forward")
    expected = reference.batchnorm_backward(dout, reference.batchnorm_forward(x, gamma, beta, {"mode": "train"})[1])
    i = PARTS.index(part)
    actual, due = unpack(submission.batchnorm_backward(dout, cache), "dx dgamma dbeta", of="batchnorm_backward")[i], expected[i]
    own = own_statistics(out.value(), x, gamma, beta)
    if own is not None and not is_close(actual, due, inputs=(x,)):
        # The mistake may be in the forward pass, whose criteria say so.
        x_hat, std = own
        dx_hat = dout * gamma
        dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
        due = (dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0))[i]
    assert_close(actual, due, name=part, axes=("N D", "D", "D")[i], inputs=(x,))
