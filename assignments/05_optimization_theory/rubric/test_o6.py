"""Initialisation"""

import numpy as np

from autograder.rubric import assert_array, assert_between, assert_close, assert_fraction, assert_mean, assert_variance, check, criterion

FANS = ((300, 100), (100, 300), (200, 200))


def seed_of(rng):
    """Draw a seed for a generator of the candidate's own."""
    return int(rng.integers(10**9))


def weights(submission, fan_in, fan_out, mode, generator):
    """Return weights that are an array of the right shape."""
    answer = submission.init_weights(fan_in, fan_out, mode, generator)
    return assert_array(answer, (fan_in, fan_out), name="W", axes="fan_in fan_out")


@criterion(
    "init_weights: normal numbers of the right variance",
    points=3,
    tests=["init_weights"],
    hint="np.sqrt(2 / ...) is the standard deviation; xavier has fan_in + fan_out below, he has fan_in alone. W has one row per input.",
)
def test_o6_variance(submission, rng):
    for fan_in, fan_out in FANS:
        for mode, variance in (("xavier", 2 / (fan_in + fan_out)), ("he", 2 / fan_in)):
            W = weights(submission, fan_in, fan_out, mode, submission.rng(seed_of(rng)))
            deviation = float(np.sqrt(variance))
            name = f"W of mode {mode!r} for fan_in = {fan_in} and fan_out = {fan_out}"
            assert_variance(W, variance, name=name, says="the variance is as stated")
            assert_mean(W, 0.0, std=deviation, name=name, says="the mean is 0")
            # 68.27 % of normal numbers are nearer than one standard deviation; of uniform ones 57.7 %.
            assert_fraction(np.abs(W) < deviation, 0.6827, name=name, says="the numbers are normal")


@criterion(
    "init_weights: randomness comes from rng",
    points=2,
    tests=["init_weights"],
    hint="Draw from the generator that is passed in, and make no new one: two calls in a row must give different weights, and two "
    "generators in the same state the same.",
)
def test_o6_rng(submission, rng):
    seed = seed_of(rng)
    for mode in ("xavier", "he"):
        generator = submission.rng(seed)
        first, second = (weights(submission, 20, 30, mode, generator) for _ in range(2))
        again = weights(submission, 20, 30, mode, submission.rng(seed))
        check(np.array_equal(first, again), f"W of mode {mode!r}: generators in the same state give different weights.")
        check(not np.any(first == second), f"W of mode {mode!r}: two calls in a row give the same weights.")
        rows = np.unique(np.round(first, 12), axis=0)
        check(len(rows) == 20, f"W of mode {mode!r}: only {len(rows)} of 20 rows are different.", kind="statistics")


@criterion(
    "propagate_variance: signals that live, and signals that die",
    points=3,
    tests=["propagate_variance"],
    hint="New weights for each layer; h**2 is averaged over inputs and units AFTER the activation. Relu needs he: with xavier the "
    "mean square halves in every layer.",
)
def test_o6_propagate(submission, rng):
    first, again, other = (submission.propagate_variance(2, 8, "he", "relu", 5, seed) for seed in (1, 1, 2))
    assert_close(again, assert_array(first, (2,), name="out", axes="depth"), name="out with the same seed")
    check(not np.allclose(assert_array(other, (2,), name="out", axes="depth"), first), "out: another seed gives the same.")

    # The first layer is sure to 2 %: 65,536 weights and 51,200 activations. 0.3943 is the mean of tanh(z)^2.
    for mode, act, due in (("he", "relu", 1.0), ("xavier", "relu", 0.5), ("xavier", "linear", 1.0), ("xavier", "tanh", 0.3943)):
        answer = submission.propagate_variance(1, 256, mode, act, 200, seed_of(rng))
        first = assert_array(answer, (1,), name="out", axes="depth")[0]
        assert_between(float(first) / due, 0.88, 1.12, name=f"out[0] for {mode} and {act}, as a multiple of its theory")

    # Over 19 layers of width 64 the logarithm has a standard deviation of sqrt(19 * 5 / 64) = 1.2; of a mean over 3 networks
    # 0.7, about -0.7. The bounds are 6 of these away; a wrong scale is off by 19 log 2 = 13.
    for mode, act, per_layer in (("he", "relu", 1.0), ("xavier", "relu", 0.5), ("xavier", "linear", 1.0)):
        growths = []
        for _ in range(3):
            out = assert_array(submission.propagate_variance(20, 64, mode, act, 20, seed_of(rng)), (20,), name="out", axes="depth")
            check(bool(np.all(out > 0)), "out: the signal is 0.")
            growths.append(np.log(float(out[19]) / float(out[0])) - 19 * np.log(per_layer))
        assert_between(np.mean(growths), -5, 4, name=f"log growth over 19 layers for {mode} and {act}, less its theory")
