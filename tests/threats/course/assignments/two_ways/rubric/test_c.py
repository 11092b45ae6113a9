"""Provided functions, callbacks and loans."""

import numpy as np

from autograder.rubric import assert_close, assert_gradient, assert_vectorised, criterion


@criterion(
    "Loss: values",
    points=4,
    tests=["loss"],
    provided=["predict"],
    hint="Use the predictions as they are, without rounding them.",
)
def test_c_loss(submission, reference, rng):
    x, y, w = rng.normal(size=(6, 3)), rng.normal(size=6), rng.normal(size=3)
    assert_close(submission.loss(x, y, w), reference.loss(x, y, w), name="loss")


@criterion(
    "Gradient: values",
    points=4,
    tests=["gradient"],
    provided=["predict"],
    hint="The factor 2 / N comes from the mean of squares.",
)
def test_c_gradient(submission, reference, rng):
    x, y, w = rng.normal(size=(6, 3)), rng.normal(size=6), rng.normal(size=3)
    dw = submission.gradient(x, y, w)
    assert_gradient(lambda v: reference.loss(x, y, v), w, dw, name="dw", rng=rng)


@criterion(
    "Gradient: many features",
    points=4,
    tests=["gradient"],
    hint="One product of matrices, however many features there are.",
)
def test_c_large(submission, reference, rng):
    x, y, w = rng.normal(size=(8, 100_000)), rng.normal(size=8), np.zeros(100_000)
    assert_close(submission.gradient(x, y, w), reference.gradient(x, y, w), name="dw")


@criterion(
    "Gradient: as many calls, however many features",
    points=2,
    tests=["gradient"],
    testimony=True,
    hint="Differentiate by hand; do not ask the loss again for every weight.",
)
def test_c_counted(submission, reference, rng):
    x, y = rng.normal(size=(6, 64)), rng.normal(size=6)
    assert_close(submission.gradient(x, y, x[0]), reference.gradient(x, y, x[0]), name="dw", rtol=1e-5)
    assert_vectorised((submission.gradient, lambda d: (x[:, :d], y, np.zeros(d))), sizes=(8, 16, 32, 64), axis="D")


@criterion("Relay: a loan", points=4, tests=["relay"], hint="Hand the box on as it is, and return the answer as it is.")
def test_c_relay(submission, rng):
    secret = rng.normal(size=50)
    ask = submission.callback(lambda box: float(np.sum(box)), max_calls=3)
    assert_close(submission.relay(submission.loan(secret), ask), float(secret.sum()), name="sum")
