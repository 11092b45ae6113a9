"""Nesterov and AdamW"""

import numpy as np

from autograder.remote import ArrayOf
from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_calls,
    assert_close,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)


def draw(rng, shape, steps):
    """Draw a parameter and gradients of both signs, far larger than the usual epsilon."""
    signs = rng.choice([-1.0, 1.0], size=(steps, *shape))
    return rng.normal(size=shape), list(signs * rng.uniform(5, 20, size=(steps, *shape)))


def follow(submission, of, w, feeds, config):
    """Return w after every step of a rule of the submission, whatever numbers it has."""
    path = []
    for i, feed in enumerate(feeds):
        next_w, config = unpack(submission[of](w, feed, config), "next_w config", of=of)
        w = assert_array(next_w, w.shape, name=f"w after step {i + 1}", finite=False)
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
    points=4,
    tests=["nesterov"],
    hint="Both gradients at w and gradients at w + v of the step before give other paths: the "
    "point is w + momentum * velocity. grad_fn is asked once per step, and the velocity goes back "
    "into the config. Where the config does not say, or is None, learning_rate is 1e-2 and momentum "
    "0.9: a quarter.",
)
def test_o2_nesterov(submission, reference, rng):
    asked = []

    def assert_path(config):
        for shape in ((4,), (2, 3)):
            curvature = rng.uniform(0.5, 2, size=shape)

            def grad_fn(w, curvature=curvature):
                return curvature * np.sin(w)

            w = rng.uniform(-2, 2, size=shape)
            callback = submission.callback(grad_fn, takes=(ArrayOf(shape, "float"),))
            path = follow(submission, "nesterov", w, [callback] * 6, config)
            asked.append(callback.calls)
            expected = expected_path(reference.nesterov, w, [grad_fn] * 6, config)
            assert_close(path, expected, name=[f"w after step {i + 1}" for i in range(6)])

    for config in (
        {"learning_rate": 0.1, "momentum": 0.5},
        {"learning_rate": 0.05, "momentum": 0.95},
    ):
        assert_path(config)
    try:
        assert_calls(sum(asked), exactly=24, name="grad_fn, in 24 steps,")
        share, also = 1.0, ""
    except CheckFailed as failed:
        share, also = 2 / 3, f" {failed.message}"
    try:
        for config in (None, {"learning_rate": 0.1}, {"momentum": 0.5}):
            assert_path(config)
    except Exception as failed:  # a failed check, or what the submission raised
        words = "The path is right with all settings in the config, but not with the defaults:"
        partial(share - 0.25, f"{words} {failed}{also}")
    if share < 1:
        partial(share, f"The path is right.{also}")


@criterion(
    "adamw: five steps",
    points=3,
    tests=["adamw"],
    hint="The decay is learning_rate * weight_decay * w, with the w of before the step, and goes "
    "neither into dw nor into m and v: else it would be divided by the root of v, as an L2 penalty "
    "is. What is under it is the step of adam: with a wrong one, a right decay earns half, and a "
    "right one beside a wrong decay a third. Where the config does not say, or is None, "
    "weight_decay is 1e-2, and the rest that of adam: a quarter.",
)
def test_o2_adamw(submission, reference, rng):
    betas = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    told = (
        {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.8, "epsilon": 1e-8, "weight_decay": 0.7},
        {"learning_rate": 0.3, "weight_decay": 0.2, **betas},
        {"learning_rate": 2.0, "weight_decay": 1e-2, **betas},
    )
    # The decay by default is seen with a large learning rate: it shrinks w by 2 % per step.
    silent = (None, {"learning_rate": 2.0}, {"weight_decay": 0.7})
    trainings = draw_trainings(rng, told)
    due = [expected_path(reference.adamw, *training) for training in trainings]
    try:
        paths = [follow(submission, "adamw", *training) for training in trainings]
    except Exception:  # an adam that is not written yet, for one
        half_for_right_decay(submission, reference)
        raise
    if not is_close(paths, due):
        half_for_right_decay(submission, reference)
        third_for_right_adam(submission, reference, trainings)
    for number, (path, expected) in enumerate(zip(paths, due, strict=True), start=1):
        assert_close(
            path, expected, name=[f"w after step {i + 1} of training {number}" for i in range(5)]
        )
    try:
        for training in draw_trainings(rng, silent):
            expected = expected_path(reference.adamw, *training)
            # A default of adam's own is paid for in O1.
            path = follow_adamw(submission, reference, expected, *training)
            assert_close(path, expected, name=[f"w after step {i + 1}" for i in range(5)])
    except Exception as failed:  # a failed check, or what the submission raised
        words = "The path is right with all settings in the config, but not with the defaults:"
        partial(0.75, f"{words} {failed}")


def draw_trainings(rng, configs):
    """Draw weights and gradients for each config, in two shapes."""
    trainings = []
    for shape in ((4,), (2, 3)):
        for config in configs:
            w, gradients = draw(rng, shape, 5)
            trainings.append((3 * w, gradients, config))
    return trainings


def follow_adamw(submission, reference, due, *training):
    """Return the path of adamw with the student's own adam; if it is not right, with the reference's.

    The student's comes first: it may have an option of its own, by which it does the decay.
    """
    try:
        path = follow(submission, "adamw", *training)
        if is_close(path, due):
            return path
    except Exception:  # noqa: BLE001  # an adam that is not written yet, for one
        pass
    put_right_adam(submission, reference)
    return follow(submission, "adamw", *training)


def put_right_adam(submission, reference):
    """Put the reference's adam in the place of the student's, whose further options it ignores."""

    def adam(w, dw, config=None, *_, **__):
        return reference.adam(w, dw, config)

    submission.assign("adam", submission.callback(adam))


def plain(shape):
    """Return settings that leave adamw neither memory nor corrections."""
    return {"beta1": 0.0, "beta2": 0.0, "t": 5, "m": np.zeros(shape), "v": np.zeros(shape)}


def half_for_right_decay(submission, reference):
    """Give half of the points for a right decay beside a wrong step of adam."""
    w, dw = (
        np.array([2.0, -3.0, 0.5, -1.5]),
        np.array([1.0, 1.0, -1.0, -1.0]),
    )  # of size 1: its own root
    config = {"learning_rate": 0.1, "weight_decay": 0.7, **plain(4)}
    due = w - 0.1 * dw - 0.07 * w
    (moved,) = follow_adamw(submission, reference, [due], w, [dw], config)
    if is_close(moved, due):
        partial(
            0.5,
            "Beside a right step of adam the decay is right; with the step that is there the path is not.",
        )


def third_for_right_adam(submission, reference, trainings):
    """Give a third of the points for right steps of adam beside a wrong decay."""
    still = [
        (w, gradients, {**(config or {}), "weight_decay": 0.0})
        for w, gradients, config in trainings
    ]
    paths = [follow(submission, "adamw", *training) for training in still]
    if is_close(paths, [expected_path(reference.adam, *training) for training in still]):
        partial(1 / 3, "Without any decay the steps are those of adam, but the decay is wrong.")


@criterion(
    "adamw: the decay is decoupled",
    points=1,
    tests=["adamw"],
    hint="Where the gradient is 0 all weights shrink by the factor 1 - learning_rate * "
    "weight_decay in every step. And how a weight decays has nothing to do with its gradient: with "
    "the same gradients, two weights come nearer by that very factor.",
)
def test_o2_decoupled(submission, reference, rng):
    w, gradients = draw(rng, (5,), 4)
    config = {"learning_rate": 0.2, "weight_decay": 0.5}
    due = [w * 0.9 ** (i + 1) for i in range(4)]
    still = w, [np.zeros(5)] * 4, {**config, **plain(5)}
    path = follow_adamw(submission, reference, due, *still)
    assert_close(path, due, name="w without any gradient")

    rows = np.stack([w, w + 3])
    training = rows, [np.stack([dw, dw]) for dw in gradients], {**config, **plain((2, 5))}
    due = expected_path(reference.adamw, *training)
    path = follow_adamw(submission, reference, due, *training)
    apart = [after[1] - after[0] for after in path]
    due = [np.full(5, 3 * 0.9 ** (i + 1)) for i in range(4)]
    assert_close(
        apart, due, name="distance of two weights with the same gradients", inputs=(*path,)
    )
    check(not is_close(path[0], 0.9 * rows), "adamw: the gradient does not change w.")
