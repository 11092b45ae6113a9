"""Nesterov and AdamW"""

import numpy as np

from autograder.rubric import assert_close, criterion, is_close, unpack


def sign_step(w, dw, config=None, *_, **__):
    """Step against the sign of the gradient, as adam without memory does.

    Further options are your own adam's.
    """
    config = config or {}
    return w - config.get("learning_rate", 1e-3) * np.sign(dw), config


@criterion(
    "nesterov: two steps to do by hand",
    points=1,
    tests=["nesterov"],
    hint="Ask grad_fn at w + momentum * v, not at w: the first step is that of momentum, since v = "
    "0, the second is not.",
)
def test_o2_example_nesterov(submission):
    # The gradient of w**2 / 2 is w. Second step: the drift is -0.5, so it is asked at 2 - 0.5 =
    # 1.5.
    config = {"learning_rate": 0.5, "momentum": 0.25}
    w, config = unpack(
        submission.nesterov(np.array([4.0]), lambda w: w, config), "next_w config", of="nesterov"
    )
    assert_close(w, np.array([2.0]), name="w after the first step")
    w, config = unpack(submission.nesterov(w, lambda w: w, config), "next_w config", of="nesterov")
    assert_close(w, np.array([0.75]), name="w after the second step")
    assert_close(config, {"velocity": np.array([-1.25])}, name="config")


@criterion(
    "adamw: one step to do by hand",
    points=1,
    tests=["adamw"],
    hint="With both betas 0 adam remembers nothing: its step is the learning rate, against the "
    "sign of dw. Beside it the weight decays by learning_rate * weight_decay * w, with the w of "
    "before the step.",
)
def test_o2_example_adamw(submission):
    w, dw = np.array([10.0, -10.0]), np.array([1.0, 1.0])
    config = {"learning_rate": 0.1, "beta1": 0.0, "beta2": 0.0, "weight_decay": 0.5}
    config |= {"t": 5, "m": np.zeros(2), "v": np.zeros(2)}
    due = np.array([9.4, -9.6])  # 10 - 0.1 - 0.05 * 10, -10 - 0.1 + 0.05 * 10

    def step():
        return unpack(submission.adamw(w, dw, config), "next_w config", of="adamw")[0]

    # Without memory, in the middle of a training (t = 5), and with the root of v at 1, most steps
    # are the same. Where that with your adam is not right, a stand-in takes its place, so that no
    # mistake of your adam matters here.
    try:
        next_w = step()
        is_right = is_close(next_w, due)
    except Exception:  # noqa: BLE001  # an adam that is not written yet, for one
        is_right = False
    if not is_right:
        submission.assign("adam", submission.callback(sign_step))
        next_w = step()
    assert_close(next_w, due, name="w after the step")
