"""Softmax loss"""

import math

import numpy as np

from autograder.rubric import assert_close, assert_finite, assert_stable, assert_unchanged, check, criterion, unpack

SHAPES = [(1, 2), (1, 5), (4, 3), (3, 10), (3, 1), (4, 4)]


def softmax_loss(submission, x, y):
    """Call the submission's function: a finite number and a finite array like x, or the check has failed."""
    return checked(submission.softmax_loss(x, y), x)


def checked(answer, x):
    """Return loss and dx of an answer if they are such."""
    loss, dx = unpack(answer, "loss dx", of="softmax_loss")
    is_number = isinstance(loss, (int, float, np.number, np.ndarray)) and np.shape(loss) == ()
    check(is_number, f"loss: expected a number, got a {type(loss).__name__}.", kind="type")
    is_array = isinstance(dx, np.ndarray) and dx.shape == x.shape
    check(is_array, f"dx: expected an array of shape (N, C) = {x.shape}.", kind="shape")
    assert_finite((loss, dx), name="loss, dx")
    check(bool(np.all(np.any(dx != 0, axis=1))), "dx: a whole row is zero, so that example teaches nothing.")
    return loss, dx


def draw(rng, examples, classes):
    """Draw scores and classes."""
    return 2 * rng.normal(size=(examples, classes)), rng.integers(0, classes, size=examples)


@criterion(
    "Softmax loss: loss and gradient",
    points=3,
    tests=["softmax_loss"],
    hint="Both are means over the N examples, never sums. Look at a batch of 1 and at a batch of 4 with the same example four "
    "times: the loss is the same, and each row of dx is a quarter.",
)
def test_b3_values(submission, reference, rng):
    drawn = tuple(map(int, rng.integers(2, 9, size=2)))
    for shape in [*SHAPES, drawn, (500, 200)]:  # the last for those who take finite differences
        x, y = draw(rng, *shape)
        actual = submission.softmax_loss(x, y)
        assert_close(actual, reference.softmax_loss(x, y), name="loss dx", axes=";N C", inputs=(x,))


@criterion(
    "Softmax loss: what must hold for any scores",
    points=3,
    tests=["softmax_loss"],
    hint="Each row of dx sums to 0; adding a constant to a row of scores changes nothing; equal scores give log C; a batch "
    "twice as long, with every example twice, has the same loss and half the gradient.",
)
def test_b3_properties(submission, rng):
    for examples, classes in [(1, 3), (5, 4), (3, 7)]:
        x, y = draw(rng, examples, classes)
        loss, dx = softmax_loss(submission, x, y)
        # 1e-6 leaves room for float32; dx is about 0.1.
        assert_close(np.sum(dx, axis=1), np.zeros(examples), name="the sum of each row of dx", atol=1e-6, check_dtype=False)

        shifted, _ = softmax_loss(submission, x + rng.uniform(-8, 8, size=(examples, 1)), y)
        assert_close(shifted, loss, name="the loss with a constant added to each row of scores")

        equal, _ = softmax_loss(submission, np.zeros((examples, classes)), y)
        assert_close(equal, math.log(classes), name="the loss of equal scores")

        better = x.copy()
        better[0, y[0]] += 1.0
        check(
            bool(softmax_loss(submission, better, y)[0] < loss),
            "loss: raising the score of a right class must lower it.",
        )

        loss_twice, dx_twice = softmax_loss(submission, np.concatenate([x, x]), np.concatenate([y, y]))
        assert_close(loss_twice, loss, name="the loss of a batch that holds every example twice")
        halves = np.concatenate([dx, dx]) / 2
        assert_close(dx_twice, halves, name="dx of a batch that holds every example twice", axes="N C")


@criterion(
    "Softmax loss: large scores",
    points=3,
    tests=["softmax_loss"],
    hint="exp(710) is already too large for a float64. Subtract the largest score of each row first, and write log p as "
    "shifted - log(sum(exp(shifted))): the logarithm of a probability that became 0 is -inf.",
)
def test_b3_stable(submission, reference, rng):
    quarters = rng.integers(-8, 9, size=(4, 3)) / 4  # exact in float32, also when 10,000 is added
    y = np.array([0, 1, 2, 0])
    quarters[0] = [0.0, 1.0, 2.0]  # the right class is far behind: its probability is 0 in floating point
    quarters[1] = [0.0, 1.0, 0.5]  # and far ahead: its probability is 1
    for x in (1e3 * quarters, quarters + 1e4, quarters - 1e4):
        expected = reference.softmax_loss(x, y)
        actual = assert_stable(submission.softmax_loss, x, y, name="softmax_loss")
        assert_close(actual, expected, name="loss dx", axes=";N C", inputs=(x,))


@criterion(
    "Softmax loss: nothing that was passed in is changed",
    points=1,
    tests=["softmax_loss"],
    testimony=True,
    hint="x -= x.max(axis=1, keepdims=True) shifts the caller's scores; write shifted = x - x.max(axis=1, keepdims=True).",
)
def test_b3_safe(submission, rng):
    x, y = draw(rng, 5, 4)
    checked(assert_unchanged(submission.softmax_loss, x, y, names="x y", returns=True), x)
