"""Nesterov and AdamW"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "nesterov: two steps to do by hand",
    points=1,
    tests=["nesterov"],
    hint="Ask grad_fn at w + momentum * v, not at w: the first step is that of momentum, since v = 0, the second is not.",
)
def test_o2_example_nesterov(submission):
    # The gradient of w**2 / 2 is w. Second step: the drift is -1, so the gradient is asked at 2 - 1 = 1.
    config = {"learning_rate": 0.5, "momentum": 0.5}
    w, config = unpack(submission.nesterov(np.array([4.0]), lambda w: w, config), "next_w config", of="nesterov")
    assert_close(w, np.array([2.0]), name="w after the first step")
    w, config = unpack(submission.nesterov(w, lambda w: w, config), "next_w config", of="nesterov")
    assert_close(w, np.array([0.5]), name="w after the second step")
    assert_close(config, {"velocity": np.array([-1.5])}, name="config")


@criterion(
    "adamw: the first step",
    points=1,
    tests=["adamw"],
    hint="The step of adam (the learning rate, in the direction of -dw) and, beside it, a decay by learning_rate * weight_decay * w.",
)
def test_o2_example_adamw(submission):
    w, dw = np.array([10.0, -10.0]), np.array([3.0, 5.0])
    config = {"learning_rate": 0.1, "weight_decay": 0.5}
    w, _ = unpack(submission.adamw(w, dw, config), "next_w config", of="adamw")
    assert_close(w, np.array([9.4, -9.6]), name="w after the first step")  # 10 - 0.1 - 0.05 * 10, -10 - 0.1 + 0.05 * 10
