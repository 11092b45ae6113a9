"""Initialisation"""

import numpy as np

from autograder.rubric import assert_array, assert_between, assert_close, criterion


def some_weights(fan_in, fan_out, mode, rng):
    """Return weights of some scale or other, the same in every call."""
    return (mode != "zeros") * np.random.default_rng(7).normal(0.0, 0.05, size=(fan_in, fan_out))


@criterion(
    "init_weights: He's weights",
    points=1,
    tests=["init_weights"],
    hint="The VARIANCE is 2 / fan_in = 0.02: a normal number of variance 1 is multiplied by the "
    "root of that.",
)
def test_o6_example_init(submission):
    W = assert_array(
        submission.init_weights(100, 300, "he", submission.rng(0)),
        (100, 300),
        name="W",
        axes="fan_in fan_out",
    )
    # 30,000 draws: the sample variance has a standard deviation of 0.8 %.
    assert_between(np.var(W), 0.95 * 0.02, 1.05 * 0.02, name="variance of W")
    zeros = submission.init_weights(2, 3, "zeros", submission.rng(0))
    assert_close(zeros, np.zeros((2, 3)), name="W of mode 'zeros'")


@criterion(
    "propagate_variance: one layer, and zeros",
    points=1,
    tests=["propagate_variance"],
    hint="The first number belongs to the output of the first layer; it is the mean of h**2, not "
    "the variance of h. Relu throws half of it away, whatever the weights are; and weights of zero "
    "let nothing through.",
)
def test_o6_example_propagate(submission):
    # A stand-in for your init_weights, so that no mistake of it matters here. Weights of your own
    # will do as well.
    submission.assign("init_weights", submission.callback(some_weights))
    out = assert_array(
        submission.propagate_variance(3, 64, "zeros", "tanh", 10, 0), (3,), name="out", axes="depth"
    )
    assert_close(out, np.zeros(3), name="out of weights of zero")
    half, whole = (
        assert_array(
            submission.propagate_variance(1, 200, "he", act, 200, 0), (1,), name="out", axes="depth"
        )
        for act in ("relu", "linear")
    )
    assert_between(
        half[0] / whole[0], 0.45, 0.55, name="out[0] with relu, as a share of out[0] without"
    )
