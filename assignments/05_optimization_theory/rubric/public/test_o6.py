"""Initialisation"""

import numpy as np

from autograder.rubric import assert_array, assert_between, assert_close, criterion, is_close


def some_weights(fan_in, fan_out, mode, rng, *_, **__):
    """Return weights of some scale or other, the same in every call.

    Further options are those of your own init_weights.
    """
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
    def measure():
        zeros = submission.propagate_variance(3, 64, "zeros", "tanh", 10, 0)
        outs = [submission.propagate_variance(1, 200, "he", act, 200, 0) for act in ("relu", "linear")]
        half, whole = (
            assert_array(out, (1,), name="out", axes="depth").astype(float) for out in outs
        )
        return zeros, float(half[0] / whole[0])

    # Where it is not right with your init_weights, a stand-in takes its place, so that no mistake
    # of your init_weights matters here.
    try:
        out, share = measure()
        is_right = is_close(out, np.zeros(3)) and 0.45 < share < 0.55
    except Exception:  # noqa: BLE001  # an init_weights that is not written yet, for one
        is_right = False
    if not is_right:
        submission.assign("init_weights", submission.callback(some_weights))
        out, share = measure()
    assert_close(out, np.zeros(3), name="out of weights of zero", axes="depth")
    assert_between(share, 0.45, 0.55, name="out[0] with relu, as a share of out[0] without")
