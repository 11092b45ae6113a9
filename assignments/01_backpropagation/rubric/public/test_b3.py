"""Softmax loss"""

import math

import numpy as np

from autograder.rubric import assert_close, criterion, unpack

# exp of these scores is 1, 2, 1 and 1, 1, 2: the probabilities are quarters and halves.
X = np.log(np.array([[1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]))
Y = np.array([1, 1])


@criterion(
    "Softmax loss: the loss of an example to do by hand",
    points=1,
    tests=["softmax_loss"],
    hint="Pick the probability of the right class of every example with p[np.arange(N), y], "
    "classes counted from 0, and take the mean of -log p over the examples.",
)
def test_b3_example_loss(submission):
    loss, _ = unpack(submission.softmax_loss(X, Y), "loss dx", of="softmax_loss")
    assert_close(loss, (-math.log(1 / 2) - math.log(1 / 4)) / 2, name="loss")


@criterion(
    "Softmax loss: the gradient of an example to do by hand",
    points=1,
    tests=["softmax_loss"],
    hint="The gradient is the probabilities, less 1 at the right class, divided by N since the "
    "loss is a mean.",
)
def test_b3_example_gradient(submission, reference, rng):
    _, dx = unpack(submission.softmax_loss(X, Y), "loss dx", of="softmax_loss")
    assert_close(dx, np.array([[0.25, -0.5, 0.25], [0.25, -0.75, 0.5]]) / 2, name="dx", axes="N C", inputs=(X,))

    x, y = rng.normal(size=(5, 4)), rng.integers(0, 4, size=5)
    _, dx = unpack(submission.softmax_loss(x, y), "loss dx", of="softmax_loss")
    assert_close(dx, reference.softmax_loss(x, y)[1], name="dx", axes="N C", inputs=(x,))
