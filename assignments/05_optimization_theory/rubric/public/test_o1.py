"""First-order rules"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "sgd: one step to do by hand",
    points=1,
    tests=["sgd"],
    hint="The step goes against the gradient, and without a config the learning rate is 1e-2.",
)
def test_o1_example_sgd(submission):
    w, dw = np.array([1.0, 2.0]), np.array([10.0, -10.0])
    next_w, _ = unpack(submission.sgd(w, dw, {"learning_rate": 0.1}), "next_w config", of="sgd")
    assert_close(next_w, np.array([0.0, 3.0]), name="next_w")
    next_w, _ = unpack(submission.sgd(w, dw), "next_w config", of="sgd")
    assert_close(next_w, np.array([0.9, 2.1]), name="next_w without a config")


@criterion(
    "sgd_momentum: two steps to do by hand",
    points=1,
    tests=["sgd_momentum"],
    hint="v = momentum * v - learning_rate * dw, then w + v; the new v must stand in "
    "config['velocity'] for the next step.",
)
def test_o1_example_momentum(submission):
    w, dw = np.array([0.0]), np.array([1.0])
    config = {"learning_rate": 0.5, "momentum": 0.25}
    w, config = unpack(submission.sgd_momentum(w, dw, config), "next_w config", of="sgd_momentum")
    assert_close(w, np.array([-0.5]), name="w after the first step")
    w, config = unpack(submission.sgd_momentum(w, dw, config), "next_w config", of="sgd_momentum")
    assert_close(w, np.array([-1.125]), name="w after the second step")  # v = 0.25 * -0.5 - 0.5
    assert_close(config, {"velocity": np.array([-0.625])}, name="config")


@criterion(
    "rmsprop: two steps to do by hand",
    points=1,
    tests=["rmsprop"],
    hint="cache = decay_rate * cache + (1 - decay_rate) * dw**2; the gradient is divided by the "
    "ROOT of the cache.",
)
def test_o1_example_rmsprop(submission):
    config = {"learning_rate": 1.0, "decay_rate": 0.75, "epsilon": 0.0}
    # cache = 64 / 4 = 16, whose root is 4; then 3/4 * 16 + 1/4 * 16 = 16 again.
    w, config = unpack(
        submission.rmsprop(np.array([0.0]), np.array([8.0]), config), "next_w config", of="rmsprop"
    )
    assert_close(w, np.array([-2.0]), name="w after the first step")
    w, config = unpack(
        submission.rmsprop(w, np.array([4.0]), config), "next_w config", of="rmsprop"
    )
    assert_close(w, np.array([-3.0]), name="w after the second step")
    assert_close(config, {"cache": np.array([16.0])}, name="config")


@criterion(
    "adam: the first step",
    points=1,
    tests=["adam"],
    hint="Increment t before you use it, divide m by 1 - beta1**t and v by 1 - beta2**t, and step "
    "with these: the first step has the length of the learning rate in every coordinate.",
)
def test_o1_example_adam(submission):
    w, dw = np.array([1.0, 1.0, 1.0]), np.array([0.5, -2.0, 400.0])
    w, config = unpack(submission.adam(w, dw, {"learning_rate": 0.1}), "next_w config", of="adam")
    assert_close(w, np.array([0.9, 1.1, 0.9]), name="w after the first step")
    due = {"t": 1, "m": np.array([0.05, -0.2, 40.0]), "v": np.array([0.00025, 0.004, 160.0])}
    assert_close(config, due, name="config", check_dtype=False)
