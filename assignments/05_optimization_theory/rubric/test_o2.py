"""Nesterov and AdamW"""

import numpy as np

from autograder.remote import ArrayOf
from autograder.rubric import assert_array, assert_calls, assert_close, criterion, is_close, partial, unpack


def draw(rng, shape, steps):
    """Draw a parameter and gradients of both signs, so large that it does not matter where epsilon stands."""
    signs = rng.choice([-1.0, 1.0], size=(steps, *shape))
    return rng.normal(size=shape), list(signs * rng.uniform(5, 20, size=(steps, *shape)))


def follow(rule, w, feeds, config, of):
    """Return w after every step of a rule of the submission."""
    path = []
    for feed in feeds:
        w, config = unpack(rule(w, feed, config), "next_w config", of=of)
        path.append(w)
    return path


def expected_path(rule, w, feeds, config):
    """Return the same of a rule of the reference."""
    path = []
    for feed in feeds:
        w, config = rule(w, feed, config)
        path.append(w)
    return path


@criterion(
    "nesterov: six steps in a curved valley",
    points=3,
    tests=["nesterov"],
    hint="Both gradients at w and gradients at w + v of the step before give other paths: the point is w + momentum * velocity. "
    "grad_fn is asked once per step, and the velocity goes back into the config.",
)
def test_o2_nesterov(submission, reference, rng):
    for shape in ((4,), (2, 3)):
        for config in (None, {"learning_rate": 0.1, "momentum": 0.5}, {"learning_rate": 0.05, "momentum": 0.95}):
            curvature = rng.uniform(0.5, 2, size=shape)
            asked = []

            def grad_fn(w, curvature=curvature, asked=asked):
                asked.append(1)
                return curvature * np.sin(w)

            w = rng.uniform(-2, 2, size=shape)
            callback = submission.callback(grad_fn, takes=(ArrayOf(shape, "float"),))
            path = follow(submission.nesterov, w, [callback] * 6, config, "nesterov")
            assert_calls(len(asked), exactly=6, name="grad_fn, in 6 steps,")
            expected = expected_path(reference.nesterov, w, [grad_fn] * 6, config)
            assert_close(path, expected, name=[f"w after step {i + 1}" for i in range(6)])


@criterion(
    "adamw: five steps",
    points=3,
    tests=["adamw"],
    hint="The decay is learning_rate * weight_decay * w, with the w of before the step, and goes neither into dw nor into m and v: "
    "else it would be divided by the root of v, as an L2 penalty is.",
)
def test_o2_adamw(submission, reference, rng):
    settings = {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.8, "weight_decay": 0.7}
    for shape in ((4,), (2, 3)):
        for config in (None, settings, {"learning_rate": 0.3, "weight_decay": 0.2}):
            w, gradients = draw(rng, shape, 5)
            w = 3 * w  # so that the decay of 1e-5 per step by default is seen
            path = follow(submission.adamw, w, gradients, config, "adamw")
            expected = expected_path(reference.adamw, w, gradients, config)
            if config is settings and not is_close(path, expected):
                half_for_own_adam(submission, w, gradients, config, path)
            assert_close(path, expected, name=[f"w after step {i + 1}" for i in range(5)])


def half_for_own_adam(submission, w, gradients, config, path):
    """Give half of the points for a right decay of a wrong adam."""
    decay, own, state = config["learning_rate"] * config["weight_decay"], [], config
    for dw in gradients if "adam" in submission else ():
        next_w, state = unpack(submission.adam(w, dw, state), "next_w config", of="adam")
        w = assert_array(next_w, w.shape, name="next_w") - decay * w
        own.append(w)
    if is_close(path, own):
        partial(0.5, "The decay is right, but your adam is not.")


@criterion(
    "adamw: the decay is decoupled",
    points=2,
    tests=["adamw"],
    hint="Where the gradient is 0 all weights shrink by the factor 1 - learning_rate * weight_decay in every step; and how much a "
    "weight decays does not depend on how large its gradient is.",
)
def test_o2_decoupled(submission, rng):
    w, gradients = draw(rng, (5,), 4)
    config = {"learning_rate": 0.2, "weight_decay": 0.5}
    path = follow(submission.adamw, w, [np.zeros(5)] * 4, config, "adamw")
    assert_close(path, [w * 0.9 ** (i + 1) for i in range(4)], name="w without any gradient")

    ends = [follow(submission.adamw, w, [scale * g for g in gradients], config, "adamw") for scale in (1, 1000)]
    assert_close(ends[1], ends[0], name="w with gradients 1000 times larger", atol=1e-5)
