"""Frontier: diffusion, the way into noise"""

from collections.abc import Mapping

import numpy as np
import pytest

from autograder.rubric import assert_array, assert_close, assert_unchanged, assert_vectorised, check, criterion, is_close, partial, unpack

ARGUMENTS = {
    "q_sample": "x0 t noise sched",
    "predict_start_from_noise": "x_t t noise sched",
    "predict_noise_from_start": "x_t t x0 sched",
    "q_posterior": "x0 x_t t sched",
}
SOUGHT = {"predict_start_from_noise": "x0", "predict_noise_from_start": "noise"}
CASES = ((40, 7, 3), (10, 1, 2), (12, 4, 4), (1, 3, 2))  # T, N, d; as many examples as features hide a missing axis


def draw(reference, rng, T, n, d):
    """Draw a schedule, data, noise and a step for each example; the first and the last step are among them."""
    sched = reference.make_schedule(T, *np.sort(rng.uniform(0.001, 0.3, size=2)))
    t = rng.integers(T, size=n)
    t[: min(n, 2)] = [0, T - 1][: min(n, 2)]
    return sched, 2 * rng.normal(size=(n, d)), rng.normal(size=(n, d)), t


def one_step(beta):
    """Return the schedule of a single step."""
    return {"betas": np.array([beta]), "alphas": np.array([1 - beta]), "alphas_cumprod": np.array([1 - beta])}


@pytest.mark.parametrize("part", ["betas", "alphas", "alphas_cumprod"])
@criterion(
    "make_schedule: values",
    points=2,
    tests=["make_schedule"],
    hint="A third for each of the three. T numbers on a straight line, both ends included; alphas are 1 - betas, and their running product "
    "goes with the ALPHAS. alphas are compared with your betas, and the product with your alphas. Half of betas: they are right where both "
    "ends are given.",
)
def test_g4_schedule(submission, reference, part):
    for arguments in ((5, 0.1, 0.3), (1000, 1e-4, 0.02), (1,), (200,)):
        sched = submission.make_schedule(*arguments)
        needed = {"betas": ["betas"], "alphas": ["betas", "alphas"], "alphas_cumprod": ["alphas", "alphas_cumprod"]}[part]
        check(isinstance(sched, Mapping) and set(needed) <= set(sched), f"sched: expected a dict with the keys {', '.join(needed)}.", "type")
        given = assert_array(sched[needed[0]], arguments[:1], name=f"sched[{needed[0]!r}]", axes="T").astype(float)
        check(bool(np.all((given > 0) & (given < 1))), f"sched[{needed[0]!r}]: expected numbers between 0 and 1.")
        due = {"betas": reference.make_schedule(*arguments)["betas"], "alphas": 1 - given, "alphas_cumprod": np.cumprod(given)}[part]
        if part == "betas" and len(arguments) == 1 and not is_close(sched[part], due):
            partial(0.5, "The betas are right where both ends are given, and wrong where none is.")
        assert_close(sched[part], due, name=f"sched[{part!r}]", axes="T")


@criterion(
    "q_sample: values",
    points=2,
    tests=["q_sample"],
    hint="Every example has a step of its own: alphas_cumprod[t] has shape (N,) and needs an axis more. The roots of alpha-bar and of "
    "1 - alpha-bar are the factors.",
)
def test_g4_q_sample(submission, reference, rng):
    for T, n, d in CASES:
        sched, x0, noise, t = draw(reference, rng, T, n, d)
        x_t = submission.q_sample(x0, t, noise, sched)
        assert_close(x_t, reference.q_sample(x0, t, noise, sched), name="x_t", axes="N d", inputs=(x0,))


@pytest.mark.parametrize("name", ["predict_start_from_noise", "predict_noise_from_start"])
@criterion(
    "predict_start_from_noise and predict_noise_from_start: values",
    points=2,
    tests=["predict_start_from_noise", "predict_noise_from_start"],
    hint="Solve x_t = sqrt(alpha-bar) x0 + sqrt(1 - alpha-bar) noise for the one and for the other: what is left is divided by the "
    "root of its own factor.",
)
def test_g4_predict(submission, reference, rng, name):
    for T, n, d in CASES:
        sched, x_t, other, t = draw(reference, rng, T, n, d)
        due = getattr(reference, name)(x_t, t, other, sched)
        assert_close(submission[name](x_t, t, other, sched), due, name=SOUGHT[name], axes="N d", inputs=(x_t,))


@pytest.mark.parametrize("part", ["mean", "std"])
@criterion(
    "q_posterior: values",
    points=2,
    tests=["q_posterior"],
    hint="mean and std count half each. alpha-bar of the step BEFORE t is 1 for t = 0, where an index of -1 would be the last step. std is the root of the variance, "
    "with one number for each example, shape (N, 1).",
)
def test_g4_posterior(submission, reference, rng, part):
    for T, n, d in CASES:
        sched, x0, x_t, t = draw(reference, rng, T, n, d)
        actual, due = (posterior_of(module, part, x0, x_t, t, sched) for module in (submission, reference))
        assert_close(actual, due, name=part, axes=POSTERIOR[part], inputs=(x0,))


POSTERIOR = {"mean": "N d", "std": "N 1"}


def posterior_of(module, part, *arguments):
    """Return mean or standard deviation of the posterior."""
    return dict(zip(POSTERIOR, unpack(module.q_posterior(*arguments), "mean std", of="q_posterior"), strict=True))[part]


@pytest.mark.parametrize("name", ["predict_start_from_noise", "predict_noise_from_start"])
@criterion(
    "There and back: what q_sample has mixed is taken apart",
    points=1,
    tests=["predict_start_from_noise", "predict_noise_from_start"],
    hint="The same step must mean the same factors on the way there and on the way back, for every example its own.",
)
def test_g4_round_trip(submission, reference, rng, name):
    for T, n, d in CASES:
        sched, x0, noise, t = draw(reference, rng, T, n, d)
        x_t = reference.q_sample(x0, t, noise, sched)
        known, sought = (noise, x0) if name == "predict_start_from_noise" else (x0, noise)
        back = submission[name](x_t, t, known, sched)
        assert_close(back, sought, name=f"{SOUGHT[name]} there and back", axes="N d", inputs=(x_t,), operations=1e5)


@criterion(
    "q_sample: one jump is many steps",
    points=2,
    tests=["q_sample"],
    hint="A step multiplies by sqrt(alpha) and adds a variance of beta. After t + 1 of them the data have the factor sqrt(alpha-bar), "
    "and the variance is what is missing to 1: data of variance 1 keep it.",
)
def test_g4_steps(submission, reference, rng):
    T = 12
    sched = reference.make_schedule(T, 0.02, float(rng.uniform(0.1, 0.4)))
    t, one, zero, first = np.arange(T), np.ones((T, 1)), np.zeros((T, 1)), np.zeros(1, dtype=int)
    factor = assert_array(submission.q_sample(one, t, zero, sched), (T, 1), name="x_t", axes="N d")
    spread = assert_array(submission.q_sample(zero, t, one, sched), (T, 1), name="x_t", axes="N d")
    assert_close(factor**2 + spread**2, one, name="variance of x_t, for data of variance 1", inputs=(factor,))
    kept, variance = 1.0, 0.0
    for step, beta in enumerate(sched["betas"]):
        single = one_step(float(beta))
        shrink = assert_array(submission.q_sample(one[:1], first, zero[:1], single), (1, 1), name="x_t").item()
        added = assert_array(submission.q_sample(zero[:1], first, one[:1], single), (1, 1), name="x_t").item()
        kept, variance = kept * shrink, variance * shrink**2 + added**2
        assert_close(factor[step, 0], kept, name=f"factor of the data at t = {step}", inputs=(factor,))
        assert_close(spread[step, 0] ** 2, variance, name=f"variance of the noise at t = {step}", inputs=(factor,))


@pytest.mark.parametrize("part", ["mean", "std"])
@criterion(
    "q_posterior: Bayes' rule",
    points=2,
    tests=["q_posterior"],
    hint="mean and std count half each. Two Gaussians say where x_{t-1} is: it comes from x0, and x_t comes from it. Their product has the sum of both precisions, "
    "1 / variance, and the mean of both means weighted by these.",
)
def test_g4_bayes(submission, reference, rng, part):
    sched, x0, x_t, _ = draw(reference, rng, 30, 29, 2)
    t = rng.permutation(np.arange(1, 30))
    before = sched["alphas_cumprod"][t - 1][:, None]
    alpha, beta = sched["alphas"][t][:, None], sched["betas"][t][:, None]
    forward, backward = 1 / (1 - before), alpha / beta  # precisions of x_{t-1} given x0, and given x_t
    mean = (forward * np.sqrt(before) * x0 + backward * x_t / np.sqrt(alpha)) / (forward + backward)
    due = mean if part == "mean" else np.sqrt(1 / (forward + backward))
    assert_close(posterior_of(submission, part, x0, x_t, t, sched), due, name=part, axes=POSTERIOR[part], inputs=(x0,))
    at_start = posterior_of(submission, part, x0, x_t, np.zeros(29, dtype=int), sched)
    assert_close(at_start, x0 if part == "mean" else np.zeros((29, 1)), name=f"{part} at t = 0", axes=POSTERIOR[part], inputs=(x0,))


@pytest.mark.parametrize("name", list(ARGUMENTS))
@criterion(
    "Diffusion: no loop over examples",
    points=2,
    tests=["q_sample", "predict_start_from_noise", "predict_noise_from_start", "q_posterior"],
    testimony=True,
    hint="alphas_cumprod[t] with an array t takes all N of them at once; [:, None] lines them up with the rows.",
)
def test_g4_vectorised(submission, reference, rng, name):
    sched = reference.make_schedule(20)

    def arguments(n):
        a, b, t = rng.normal(size=(n, 2)), rng.normal(size=(n, 2)), rng.integers(20, size=n)
        return (a, b, t, sched) if name == "q_posterior" else (a, t, b, sched)

    assert_vectorised((submission[name], arguments), sizes=(8, 32), name=name, axis="the examples")


@pytest.mark.parametrize("name", list(ARGUMENTS))
@criterion(
    "Diffusion: what is passed in stays as it is",
    points=1,
    tests=["q_sample", "predict_start_from_noise", "predict_noise_from_start", "q_posterior"],
    testimony=True,
    hint="x_t -= ... and noise *= ... change the caller's array; and the schedule is the same for everybody.",
)
def test_g4_safe(submission, reference, rng, name):
    sched, x, other, t = draw(reference, rng, 20, 5, 3)
    arguments = (x, other, t, sched) if name == "q_posterior" else (x, t, other, sched)
    assert_unchanged(submission[name], *arguments, names=ARGUMENTS[name])
