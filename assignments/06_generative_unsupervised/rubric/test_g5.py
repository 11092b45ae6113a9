"""Frontier: diffusion, the way back"""

import math

import numpy as np

from autograder.rubric import KnownGenerator, assert_array, assert_between, assert_calls, assert_close, check, criterion

MANY = 2000  # examples


def step_of(t, n):
    """Return the step for which a model was asked: a number, or the same number for each of n examples."""
    steps = np.unique(np.asarray(t))
    if len(steps) != 1 or np.size(t) not in (1, n):
        raise ValueError(f"eps_model: t must be one step, or the same step for each of {n} examples, got {np.size(t)} values")
    return int(steps[0])


def network(x, t):
    """Guess noise: a smooth function of place and time, which no mistake leaves alone."""
    x = np.asarray(x)
    return np.tanh(1.5 * x) + 0.1 * step_of(t, len(x))


def legal_deviations(sched, t):
    """Return both standard deviations that theory allows: of beta_t, and of the posterior."""
    before = sched["alphas_cumprod"][t - 1] if t else 1.0
    ratio = (1 - before) / (1 - sched["alphas_cumprod"][t])
    return math.sqrt(sched["betas"][t]), math.sqrt(sched["betas"][t] * ratio)


@criterion(
    "p_sample: the mean",
    points=4,
    tests=["p_sample"],
    hint="(x_t - beta / sqrt(1 - alpha-bar) * eps) / sqrt(alpha): alpha-bar below the root of the fraction, alpha without a bar "
    "outside. There is nothing to clip: the data may lie anywhere.",
)
def test_g5_mean(submission, reference, rng):
    for T, n, d in ((8, 5, 2), (30, 1, 3), (3, 4, 4)):
        sched = reference.make_schedule(T, 0.01, float(rng.uniform(0.1, 0.3)))
        for t in sorted({0, 1, T // 2, T - 1}):
            x_t = 2 * rng.normal(size=(n, d))
            silent = KnownGenerator()
            due = reference.p_sample(x_t, t, network, sched, KnownGenerator())
            actual = submission.p_sample(x_t, t, network, sched, silent)
            assert_close(actual, due, name=f"x_before at t = {t} of {T} (generator of zeros)", axes="N d", inputs=(x_t,))


@criterion(
    "p_sample: the noise",
    points=3,
    tests=["p_sample"],
    hint="sigma is the root of beta_t, or of the posterior variance, times numbers that are drawn for every example and feature; and at "
    "t = 0 nothing is added at all.",
)
def test_g5_noise(submission, reference, rng):
    sched, n, d = reference.make_schedule(6, 0.1, 0.4), 4, 3
    for t in range(6):
        x_t = rng.normal(size=(n, d))
        known = KnownGenerator(rng)
        x_before = assert_array(submission.p_sample(x_t, t, network, sched, known), (n, d), name="x_before", axes="N d")
        silent = KnownGenerator()  # own against own: what the mean is, is g5_mean's
        mean = assert_array(submission.p_sample(x_t, t, network, sched, silent), (n, d), name="x_before", axes="N d")
        added = x_before - mean
        if t == 0:
            assert_close(added, np.zeros((n, d)), name="what is added to the mean at t = 0", inputs=(x_before,))
            continue
        count = len(known.normals)
        check(count == n * d, f"{count} normal numbers were drawn for {n} x {d} values, expected {n * d}.", "statistics")
        z = np.reshape(known.normals, (n, d))
        sigma = float(np.sum(added * z) / np.sum(z * z))
        nearest = min(legal_deviations(sched, t), key=lambda due: abs(due - sigma))
        assert_close(added, nearest * z, name=f"what is added to the mean at t = {t}", axes="N d", inputs=(x_before,))


class Recorder:
    """A model that writes down what it was asked."""

    def __init__(self):
        self.steps, self.places = [], []

    def __call__(self, x, t):
        self.steps.append(step_of(t, len(x)))
        self.places.append(np.array(x))
        return network(x, t)


@criterion(
    "sample: from the first noise to step 0",
    points=3,
    tests=["sample"],
    provided=["p_sample"],
    hint="Begin with standard normal numbers of the generator that you are given, and go through T - 1, ..., 1, 0, each of them once. "
    "The same generator in the same state gives the same examples.",
)
def test_g5_loop(submission, reference, rng):
    for T, shape in ((7, (5, 2)), (1, (3, 1)), (4, (2, 2))):
        sched, model = reference.make_schedule(T, 0.05, 0.2), Recorder()
        known = KnownGenerator(rng)
        x = assert_array(submission.sample(submission.callback(model, max_calls=4 * T + 4), shape, sched, known), shape, name="x", axes="N d")
        assert_calls(len(model.steps), exactly=T, name=f"eps_model, with T = {T},")
        check(model.steps == list(range(T - 1, -1, -1)), f"eps_model was asked for the steps {model.steps}, with T = {T}.", "wrong values")
        z = np.reshape(known.normals[: math.prod(shape)], shape)
        assert_close(model.places[0], z, name="x at the first step", axes="N d", inputs=(model.places[0],))
        last = reference.p_sample(model.places[-1], 0, network, sched, KnownGenerator())
        assert_close(x, last, name="x, as step 0 of what eps_model was asked for last", axes="N d", inputs=(x,))

    sched, seed = reference.make_schedule(5, 0.05, 0.2), int(rng.integers(10**9))
    first, again, other = (submission.sample(network, (4, 2), sched, submission.rng(s)) for s in (seed, seed, seed + 1))
    assert_close(again, assert_array(first, (4, 2), name="x"), name="x of a generator in the same state", inputs=(first,))
    check(not np.allclose(assert_array(other, (4, 2), name="x"), first), "x: another generator gives the same examples.")


def mixture_noise(sched, mode, deviation):
    """Return the best guess of the noise for data around +mode and -mode, in closed form: no network could know better."""

    def eps_model(x, t):
        x = np.asarray(x, dtype=float)
        kept = float(sched["alphas_cumprod"][step_of(t, len(x))])
        variance = kept * deviation**2 + 1 - kept
        centre = math.sqrt(kept) * mode
        pull = centre * np.tanh(centre * x / variance)  # where the two modes together say that the data are
        return math.sqrt(1 - kept) * (x - pull) / variance

    return eps_model


@criterion(
    "sample: two modes out of noise",
    points=2,
    tests=["sample", "p_sample"],
    statistical=True,
    timeout_s=10,  # 200 steps: also for those who draw example by example
    hint="Examples should come in two modes as narrow as the data, half of them in each. Too narrow: noise is missing, or much too "
    "small. Too wide: noise that is never taken back. Modes too near at 0: a factor 1 / sqrt(alpha) is missing.",
)
def test_g5_mixture(submission, reference, rng):
    sched, mode = reference.make_schedule(200), float(rng.uniform(1.3, 1.7))  # drawn, so that nobody has to be told where they are
    model = submission.callback(mixture_noise(sched, mode, 0.3), max_calls=1000)  # a loop without an end soon has one
    x = submission.sample(model, (MANY, 1), sched, submission.rng(int(rng.integers(10**9))))
    x = assert_array(x, (MANY, 1), name="x", axes="N d")[:, 0]
    # Measured for both legal variances and both ends of the modes, 40 seeds each, mean and standard deviation: fraction 0.500 and 0.011;
    # distance from the mode -0.002 and 0.006; deviation 0.303 (beta) or 0.289 (posterior) and 0.005. All bounds are more than 6.5 standard
    # deviations away.
    assert_between(float(np.mean(x > 0)), 0.42, 0.58, name="fraction of examples in the right mode")
    assert_between(float(np.mean(np.abs(x))) / mode, 1 - 0.05 / mode, 1 + 0.05 / mode, name="mean distance of examples from 0, divided by that of the data")
    assert_between(float(np.std(np.abs(x))), 0.256, 0.34, name="standard deviation within the modes")
