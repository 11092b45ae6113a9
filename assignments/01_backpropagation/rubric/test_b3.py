"""Softmax loss"""

import math

import numpy as np
import pytest

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_consistent,
    assert_stable,
    assert_unchanged,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

SHAPES = [(1, 2), (1, 5), (4, 3), (3, 10), (3, 1), (4, 4)]


def softmax_loss(submission, x, y):
    """Call the submission's function: a finite number and a finite array like x, or the check has failed."""
    return checked(submission.softmax_loss(x, y), x)


def checked(answer, x):
    """Return loss and dx of an answer if they are such."""
    loss, dx = unpack(answer, "loss dx", of="softmax_loss")
    loss = assert_array(loss, (), name="loss")
    dx = assert_array(dx, x.shape, name="dx", axes="N C")
    check(bool(np.all(np.any(dx != 0, axis=1))), "dx: a whole row is zero, so that example teaches nothing.")
    return float(loss), dx


def draw(rng, examples, classes):
    """Draw scores and classes."""
    return 2 * rng.normal(size=(examples, classes)), rng.integers(0, classes, size=examples)


@pytest.mark.parametrize("part", ["loss", "dx"])
@criterion(
    "Softmax loss: loss and gradient",
    points=3,
    tests=["softmax_loss"],
    hint="Loss and dx count half each. Both are means over the N examples, never sums. Look at a "
    "batch of 1 and at a batch of 4 with the same example four times: the loss is the same, "
    "and each row of dx is a quarter.",
)
def test_b3_values(submission, reference, rng, part):
    drawn = tuple(map(int, rng.integers(2, 9, size=2)))
    for shape in [*SHAPES, drawn, (500, 200)]:  # the last for those who take finite differences
        x, y = draw(rng, *shape)
        loss, dx = unpack(submission.softmax_loss(x, y), "loss dx", of="softmax_loss")
        right_loss, right_dx = reference.softmax_loss(x, y)
        if part == "loss":
            assert_close(loss, right_loss, name="loss", inputs=(x,))
        else:
            if shape == (4, 3) and not is_close(dx, right_dx, inputs=(x,)):
                half_for_own_gradient(submission, rng, x, y, dx)
            assert_close(dx, right_dx, name="dx", axes="N C", inputs=(x,))


def half_for_own_gradient(submission, rng, x, y, dx):
    """Give half of the points for the gradient of the submission's own, wrong loss."""

    def answer(x, y):
        return unpack(submission.softmax_loss(x, y), "loss dx", of="softmax_loss")

    try:
        assert_consistent(lambda x: answer(x, y)[0], x, dx, rng=rng, name="dx", axes="N C")
        others = answer(x[::-1].copy(), y)[1], answer(x, (y + 1) % x.shape[1])[1]
        check(not any(is_close(other, dx) for other in others), "dx: it is the same for other x or y.", kind="gradient")
    except CheckFailed:
        return
    partial(0.5, "dx is the gradient of your own loss, but that is not the softmax loss.")


@pytest.mark.parametrize("case", ["a constant in a row", "dx", "every example twice"])
@criterion(
    "Softmax loss: what must hold for any scores",
    points=3,
    tests=["softmax_loss"],
    hint="A third each: adding a constant to a row of scores changes nothing, and equal scores "
    "give log C; each row of dx sums to 0, and a step against dx lowers the loss; a batch "
    "twice as long, with every example twice, has the same loss and half the gradient.",
)
def test_b3_properties(submission, rng, case):
    for examples, classes in [(1, 3), (5, 4), (3, 7)]:
        x, y = draw(rng, examples, classes)
        loss, dx = softmax_loss(submission, x, y)
        if case == "a constant in a row":
            shifted, _ = softmax_loss(submission, x + rng.uniform(-8, 8, size=(examples, 1)), y)
            assert_close(shifted, loss, name="the loss with a constant added to each row of scores")
            equal, _ = softmax_loss(submission, np.zeros((1, classes)), y[:1])
            assert_close(equal, math.log(classes), name="the loss of one example with equal scores")
        elif case == "dx":
            # 1e-6 leaves room for float32; dx is about 0.1.
            zeros = np.zeros(examples)
            assert_close(np.sum(dx, axis=1), zeros, name="the sum of each row of dx", atol=1e-6, check_dtype=False)
            better, _ = softmax_loss(submission, x - 0.1 * dx / np.max(np.abs(dx)), y)
            check(better < loss, "loss: a step against the gradient must lower it.", kind="gradient")
        else:
            loss_twice, dx_twice = softmax_loss(submission, np.concatenate([x, x]), np.concatenate([y, y]))
            assert_close(loss_twice, loss, name="the loss of a batch that holds every example twice")
            halves = np.concatenate([dx, dx]) / 2
            assert_close(dx_twice, halves, name="dx of a batch that holds every example twice", axes="N C")


@criterion(
    "Softmax loss: large scores",
    points=3,
    tests=["softmax_loss"],
    hint="An overflow comes from exp, which is too large for a float64 from 710 on: subtract the "
    "largest score of each row first. A loss of inf, or one that is too small, comes from "
    "the logarithm of a probability that became 0, with or without a constant in it: take "
    "log p from shifted - log(sum(exp(shifted))). What is wrong for small scores has only to "
    "stay finite, and to depend on the scores.",
)
def test_b3_stable(submission, reference, rng):
    # Distinct quarters, exact in float32, also if 10,000 is added. The largest score is the last one's, whatever class
    # somebody counts from; and with one example a sum is a mean.
    x, y = np.append(rng.permutation(np.arange(-8, 9))[:4] / 4, 3.0)[None], np.array([1])

    def stable(scores):
        return checked(assert_stable(submission.softmax_loss, scores, y, name="softmax_loss"), scores)

    loss, dx = stable(x)
    # What is wrong already is paid elsewhere: then large scores must have finite numbers, and no more.
    right_loss, right_dx = reference.softmax_loss(x, y)
    is_fair, is_fair_dx = is_close(loss, right_loss), is_close(dx, right_dx, inputs=(x,))
    for shift in (1e4, -1e4):
        shifted_loss, shifted_dx = stable(x + shift)
        assert_close(shifted_loss, loss if is_fair else shifted_loss, name=f"loss with {shift:g} added to all scores")
        name = f"dx with {shift:g} added to all scores"
        assert_close(shifted_dx, dx if is_fair_dx else shifted_dx, name=name, axes="N C", inputs=(x,))

    # With gaps of 250 and more every probability is 0 or 1, and the loss how far the right class is behind.
    (far, far_dx), (twice_as_far, same_dx) = stable(1e3 * x), stable(2e3 * x)
    check(far > 0 if is_fair else far != loss, f"loss: got {far:.3g} for a right class that is far behind.")
    check(not is_close(far_dx, dx), "dx: it does not depend on the scores.")
    assert_close(twice_as_far, 2 * far if is_fair else twice_as_far, name="loss of scores twice as far apart")
    due = far_dx if is_fair_dx else same_dx
    assert_close(same_dx, due, name="dx of scores twice as far apart", axes="N C", inputs=(x,))
    ahead = np.where(np.arange(5) == y, 4e3, 1e3 * x)
    unpack(assert_stable(submission.softmax_loss, ahead, y, name="softmax_loss"), "loss dx", of="softmax_loss")


@criterion(
    "Softmax loss: nothing that was passed in is changed",
    points=1,
    tests=["softmax_loss"],
    testimony=True,
    hint="x -= x.max(axis=1, keepdims=True) shifts the caller's scores; write shifted = x - "
    "x.max(axis=1, keepdims=True).",
)
def test_b3_safe(submission, rng):
    x, y = draw(rng, 5, 4)
    checked(assert_unchanged(submission.softmax_loss, x, y, names="x y", returns=True), x)
