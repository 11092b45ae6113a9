"""Initialisation"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_between,
    assert_close,
    assert_fraction,
    assert_mean,
    assert_variance,
    check,
    criterion,
    partial,
)

FANS = ((300, 100), (100, 300), (200, 200))
GAINS = {"xavier": 1.0, "he": 2.0}  # fan_in times the variance, where fan_in = fan_out


def seed_of(rng):
    """Draw a seed for a generator of the candidate's own."""
    return int(rng.integers(10**9))


def weights(submission, fan_in, fan_out, mode, generator):
    """Return weights that are an array of the right shape."""
    answer = submission.init_weights(fan_in, fan_out, mode, generator)
    return assert_array(answer, (fan_in, fan_out), name="W", axes="fan_in fan_out")


@criterion(
    "init_weights: normal numbers of the right variance",
    points=2,
    tests=["init_weights"],
    hint="np.sqrt(2 / ...) is the standard deviation; xavier has fan_in + fan_out below, he has "
    "fan_in alone. W has one row per input, and its entries are normal numbers of mean 0.",
)
def test_o6_variance(submission, rng):
    wrong = {}
    for mode in ("xavier", "he"):
        try:
            assert_scale(submission, rng, mode)
        except CheckFailed as failed:
            wrong[mode] = failed
    if len(wrong) == 1:
        mode, failed = wrong.popitem()
        partial(0.5, f"The other mode is right; {mode} is not: {failed.message}")
    if wrong:
        raise wrong["he"]
    W = np.concatenate(
        [weights(submission, 200, 300, mode, submission.rng(seed_of(rng))) for mode in ("he", "he")]
    )
    try:
        # 68.27 % of normal numbers are nearer than one standard deviation; of uniform ones 57.7 %.
        assert_fraction(
            np.abs(W) < 0.1, 0.6827, name="W of mode 'he'", says="the numbers are normal"
        )
    except CheckFailed:
        partial(2 / 3, "Mean and variance are right, but the numbers are not normal.")


def assert_scale(submission, rng, mode):
    """Check mean and variance of the weights of one mode."""
    for fan_in, fan_out in FANS:
        variance = 2 / (fan_in + fan_out) if mode == "xavier" else 2 / fan_in
        W = weights(submission, fan_in, fan_out, mode, submission.rng(seed_of(rng)))
        name = f"W of mode {mode!r} for fan_in = {fan_in} and fan_out = {fan_out}"
        assert_variance(W, variance, name=name, says="the variance is as stated")
        assert_mean(W, 0.0, std=float(np.sqrt(variance)), name=name, says="the mean is 0")


@criterion(
    "init_weights: randomness comes from rng",
    points=2,
    tests=["init_weights"],
    hint="Draw from the generator that is passed in, and make no new one: two calls in a row must "
    "give different weights, and two generators in the same state the same.",
)
def test_o6_rng(submission, rng):
    seed = seed_of(rng)
    for mode in ("xavier", "he"):
        generator = submission.rng(seed)
        first, second = (weights(submission, 20, 20, mode, generator) for _ in range(2))
        again = weights(submission, 20, 20, mode, submission.rng(seed))
        check(
            np.array_equal(first, again),
            f"W of mode {mode!r}: generators in the same state give different weights.",
        )
        check(
            not np.any(first == second),
            f"W of mode {mode!r}: two calls in a row give the same weights.",
        )
        rows = np.unique(np.round(first, 12), axis=0)
        check(
            len(rows) == 20,
            f"W of mode {mode!r}: only {len(rows)} of 20 rows are different.",
            kind="statistics",
        )


Z = np.linspace(-8, 8, 2001)
DENSITY = np.exp(-(Z**2) / 2) / np.sum(np.exp(-(Z**2) / 2))
ACTIVATIONS = {"linear": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}


def mean_square(act, variance):
    """Return the mean square of an activation of normal numbers."""
    return float(np.sum(ACTIVATIONS[act](np.sqrt(variance) * Z) ** 2 * DENSITY))


def own_gain(submission, width, mode, seed):
    """Return width times the variance of the student's own weights; 0 where there are none."""
    try:
        return width * float(np.var(weights(submission, width, width, mode, submission.rng(seed))))
    except (CheckFailed, KeyError, NotImplementedError):
        return 0.0


@criterion(
    "propagate_variance: signals that live, and signals that die",
    points=4,
    tests=["propagate_variance"],
    hint="New weights for each layer; h**2 is averaged over inputs and units AFTER the activation, "
    "and all randomness follows from the seed. Weights of your own init_weights will do here, "
    "whatever their scale is.",
)
def test_o6_propagate(submission, rng):
    try:
        assert_propagation(submission, rng, submission.propagate_variance)
    except (NameError, NotImplementedError):  # of an init_weights that is not written yet
        assert_propagation(submission, rng, with_right_weights(submission))


def with_right_weights(submission):
    """Return propagate_variance with weights of the right scale in the place of the student's."""
    generators = []

    def init_weights(fan_in, fan_out, mode, rng, *_, **__):  # further options are the student's
        return np.sqrt(GAINS[mode] / fan_in) * generators[-1].standard_normal((fan_in, fan_out))

    def propagate(*args):
        generators.append(np.random.default_rng(7))  # the candidate's own stays there
        return submission.propagate_variance(*args)

    submission.assign("init_weights", submission.callback(init_weights))
    return propagate


def assert_propagation(submission, rng, propagate):
    """Compare what comes through with theory, for right weights or for the student's own."""
    first, again, other = (propagate(2, 8, "he", "relu", 5, seed) for seed in (1, 1, 2))
    assert_close(
        again, assert_array(first, (2,), name="out", axes="depth"), name="out with the same seed"
    )
    check(
        not np.allclose(assert_array(other, (2,), name="out", axes="depth"), first),
        "out: another seed gives the same.",
    )

    # The first layer is sure to 2 %: 65,536 weights and 51,200 activations.
    for mode, act in (("he", "relu"), ("xavier", "relu"), ("xavier", "linear"), ("xavier", "tanh")):
        out = propagate(1, 256, mode, act, 200, seed_of(rng))
        found = float(assert_array(out, (1,), name="out", axes="depth")[0])
        due = mean_square(act, GAINS[mode])
        if not 0.88 < found / due < 1.12:
            due = mean_square(act, own_gain(submission, 256, mode, seed_of(rng)) or GAINS[mode])
        assert_between(
            found / due,
            0.88,
            1.12,
            name=f"out[0] for {mode} and {act}, as a multiple of its theory",
        )

    # Over 19 layers of width 64 the logarithm has a standard deviation of sqrt(19 * 5 / 64) = 1.2;
    # of a mean over 3 networks 0.7, about -0.7. The bounds are 6 of these away; a wrong scale is
    # off by 19 log 2 = 13.
    for mode, act in (("he", "relu"), ("xavier", "relu"), ("xavier", "linear")):
        growths = []
        for _ in range(3):
            out = assert_array(
                propagate(20, 64, mode, act, 20, seed_of(rng)), (20,), name="out", axes="depth"
            )
            check(bool(np.all(out > 0)), "out: the signal is 0.")
            growths.append(np.log(float(out[19]) / float(out[0])))
        growth = np.mean(growths) - 19 * np.log(mean_square(act, GAINS[mode]))
        if not -5 < growth < 4:
            gain = own_gain(submission, 64, mode, seed_of(rng)) or GAINS[mode]
            growth = np.mean(growths) - 19 * np.log(mean_square(act, gain))
        assert_between(
            growth, -5, 4, name=f"log growth over 19 layers for {mode} and {act}, less its theory"
        )
