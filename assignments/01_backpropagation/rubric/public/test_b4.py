"""Batch normalisation"""

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion, unpack

# Two features: the first has mean 2 and variance 1 over this batch, the second mean 0 and variance 4.
X = np.array([[1.0, -2.0], [3.0, 2.0], [1.0, 2.0], [3.0, -2.0]])
GAMMA, BETA = np.array([1.0, 10.0]), np.array([0.0, 5.0])


def forward(submission, x, bn_param, gamma=GAMMA, beta=BETA):
    """Return the output of the submission's forward pass."""
    return unpack(submission.batchnorm_forward(x, gamma, beta, bn_param), "out cache", of="batchnorm_forward")[0]


@criterion(
    "Batch normalisation, training: an example to do by hand",
    points=1,
    tests=["batchnorm_forward"],
    hint="Mean and variance are taken over the batch, axis 0, one of each per feature; eps is "
    "added to the variance before the square root is taken.",
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
    "zeros of shape (D,), with the variance divided by N and without eps; in test mode "
    "these two take the place of the statistics of the batch.",
)
def test_b4_example_running(submission, case):
    # 0.1 of the batch's statistics after the first batch, 0.19 after the second.
    running = {"running_mean": np.array([0.38, 0.0]), "running_var": np.array([0.19, 0.76])}
    if case == "training":
        bn_param = submission.lend({"mode": "train", "eps": 0.19, "momentum": 0.9})
        forward(submission, X, bn_param)
        forward(submission, X, bn_param)
        kept = bn_param.value()
        assert_close({name: kept.get(name) for name in running}, running, name="bn_param")
    else:
        out = forward(submission, X, {"mode": "test", "eps": 0.19, "momentum": 0.9, **running})
        expected = BETA + GAMMA * (X - np.array([0.38, 0.0])) / np.sqrt(np.array([0.38, 0.95]))
        assert_close(out, expected, name="out in test mode", axes="N D")


@criterion(
    "Batch normalisation, backward: a small batch",
    points=1,
    tests=["batchnorm_forward", "batchnorm_backward"],
    hint="Every x reaches every output of its feature three times: directly, through the mean "
    "and through the variance.",
)
def test_b4_example_backward(submission, reference, rng):
    x, dout = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    gamma, beta = rng.normal(size=3), rng.normal(size=3)
    answer = submission.batchnorm_forward.keep(x, gamma, beta, {"mode": "train"})
    _, cache = unpack(answer, "out cache", of="batchnorm_forward")
    expected = reference.batchnorm_backward(dout, reference.batchnorm_forward(x, gamma, beta, {"mode": "train"})[1])
    actual = submission.batchnorm_backward(dout, cache)
    assert_close(actual, expected, name="dx dgamma dbeta", axes="N D; D; D", inputs=(x,))
