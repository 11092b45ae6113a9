"""Contrastive learning"""

import numpy as np
import pytest

from autograder.rubric import (
    assert_array,
    assert_close,
    assert_consistent,
    assert_gradient,
    assert_stable,
    check,
    criterion,
    has_other_direction,
    is_close,
    is_multiple,
    partial,
    unpack,
)

CASES = ((3, 4, 0.5), (2, 2, 0.2), (8, 5, 2.0), (1, 3, 0.5))  # N, d, tau; that of the first is the default


def answer_of(submission, z1, z2, *tau):
    """Return loss and gradients of an answer that has all three."""
    return unpack(submission.nt_xent(z1, z2, *tau), "loss dz1 dz2", of="nt_xent")


def draw(rng, n, d):
    """Draw two views that have something in common, of different lengths."""
    z1 = rng.normal(size=(n, d)) * rng.uniform(0.5, 3, size=(n, 1))
    return z1, 0.5 * z1 + rng.normal(size=(n, d))



@criterion(
    "nt_xent: the loss",
    points=3,
    tests=["nt_xent"],
    hint="2N anchors; the denominator of each has its partner ONCE, all others of both views, and not the anchor itself. Similarities "
    "are cosines, divided by tau. The loss is a mean. Half of the points: it is right for tau = 0.5, or wherever tau is given, or but for "
    "a factor.",
)
def test_g6_values(submission, reference, rng):
    cases = [(*draw(rng, n, d), tau) for n, d, tau in CASES]
    losses, due = ([answer_of(module, *case)[0] for case in cases] for module in (submission, reference))
    if not is_close(losses, due, inputs=tuple(z1 for z1, _, _ in cases)):  # one of the losses is 0
        if is_close(losses[0], due[0]):
            partial(0.5, "The loss is right for tau = 0.5, and wrong for others.")
        if is_multiple(losses, due, [2 * n for n, _, _ in CASES]):
            partial(0.5, "The loss is right but for a factor.")
    for (n, _, tau), (z1, _, _), loss, one in zip(CASES, cases, losses, due, strict=True):
        assert_close(loss, one, name=f"loss with N = {n}, tau = {tau}", inputs=(z1,))
    z1, z2 = draw(rng, 4, 3)
    loss, one = (answer_of(module, z1, z2)[0] for module in (submission, reference))
    if not is_close(loss, one, inputs=(z1,)):
        partial(0.5, "The loss is right where tau is given, and wrong where it is not.")
    assert_close(loss, one, name="loss without tau", inputs=(z1,))


@pytest.mark.parametrize("part", ["z1", "z2"])
@criterion(
    "nt_xent: gradients",
    points=3,
    tests=["nt_xent"],
    hint="dz1 and dz2 count half each. Each similarity counts for both of its rows, so ds + ds^T; and through u = z / |z| only what is "
    "orthogonal to u gets back, divided by the length of z. Half of each: it is right for tau = 0.5, or the gradient of your own loss, "
    "which is another one.",
)
def test_g6_grads(submission, reference, rng, part):
    place = ("z1", "z2").index(part)
    cases = [(*draw(rng, n, d), tau) for n, d, tau in CASES[:3]]
    slopes, due = ([answer_of(module, *case)[1 + place] for case in cases] for module in (submission, reference))
    if not is_close(slopes, due):
        if is_close(slopes[0], due[0]):
            partial(0.5, f"d{part} is right for tau = 0.5, and wrong for others.")
        half_for_own_gradient(submission, rng, cases, part)
    for case, slope in zip(cases, slopes, strict=True):
        assert_gradient(loss_of(reference, case, part), case[place], slope, rng=rng, name=f"d{part}", axes="N d")


def loss_of(module, case, part):
    """Return the loss as a function of one of the views."""
    z1, z2, tau = case
    return lambda value: answer_of(module, *((value, z2) if part == "z1" else (z1, value)), tau)[0]


def half_for_own_gradient(submission, rng, cases, part):
    """Give half of the points for a gradient of the submission's own, wrong loss, if that looks at the other view."""
    place = ("z1", "z2").index(part)
    try:
        for case in cases:
            grad = answer_of(submission, *case)[1 + place]
            assert_consistent(loss_of(submission, case, part), case[place], grad, rng=rng, directions=3, name=f"d{part}", axes="N d")
        views = list(case)
        views[1 - place] = rng.normal(size=case[0].shape)
        pair = [assert_array(one, case[0].shape, name=f"d{part}") for one in (grad, answer_of(submission, *views)[1 + place])]
        check(has_other_direction(*pair), f"d{part}: its direction is the same for another view.", "gradient")
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, f"d{part} is the gradient of your own loss, but that is another one.")



@criterion(
    "nt_xent: what must hold",
    points=1,
    tests=["nt_xent"],
    hint="Only directions count: longer rows change nothing, and the gradient is orthogonal to its row. Both views are treated alike.",
)
def test_g6_properties(submission, rng):
    z1, z2 = draw(rng, 5, 4)
    loss, dz1, dz2 = answer_of(submission, z1, z2)
    longer, _, _ = answer_of(submission, z1 * rng.uniform(0.2, 9, size=(5, 1)), z2 * rng.uniform(0.2, 9, size=(5, 1)))
    assert_close(longer, assert_array(loss, (), name="loss").item(), name="loss of rows of other lengths", inputs=(loss,))
    dz1, dz2 = assert_array(dz1, (5, 4), name="dz1", axes="N d"), assert_array(dz2, (5, 4), name="dz2", axes="N d")
    swapped = answer_of(submission, z2, z1)
    assert_close(swapped, (float(loss), dz2, dz1), name="loss dz1 dz2 of swapped views", inputs=(dz1,))
    assert_close(np.sum(dz1 * z1, axis=1), np.zeros(5), name="products of the rows of dz1 and z1", inputs=(dz1,))
    views = np.linalg.qr(rng.normal(size=(4, 4)))[0]  # examples at right angles, whose views agree, and then do not
    alike, unlike = (answer_of(submission, views, other)[0] for other in (2 * views, np.roll(views, 1, axis=0)))
    better = assert_array(alike, (), name="loss").item() < assert_array(unlike, (), name="loss").item() - 0.1
    check(better, "the loss of views that agree is not smaller than that of views of other examples.")


@criterion(
    "nt_xent: a low temperature",
    points=1,
    tests=["nt_xent"],
    hint="With tau = 0.001 similarities reach 1000, whose exponential is infinite: subtract the largest one of each row first. "
    "A loss that is wrong for moderate temperatures already need only stay finite here, and not be the same for all.",
)
def test_g6_stable(submission, reference, rng):
    # Rows at angles of 0.25 at most: similarities are between 970 and 1000, so that the softmax of a partner is no 0, and
    # its logarithm may be taken as it is.
    near, far = np.array([0.0, 0.12, 0.24]), np.array([0.24, 0.0, 0.12])
    z1, close, apart = (3 * np.column_stack([np.cos(angles), np.sin(angles)]) for angles in (near, near + 0.01, far))
    losses = []
    for z2 in (close, apart):
        answer = assert_stable(submission.nt_xent, z1, z2, 1e-3, name="nt_xent")
        loss, dz1, dz2 = unpack(answer, "loss dz1 dz2", of="nt_xent")
        losses.append(assert_array(loss, (), name="loss").item())
        assert_array(dz1, (3, 2), name="dz1", axes="N d")
        assert_array(dz2, (3, 2), name="dz2", axes="N d")
    moderate = draw(rng, 3, 4)
    usual = answer_of(submission, *moderate, 0.4)[0]
    if not is_close(usual, reference.nt_xent(*moderate, 0.4)[0]):  # g6_values says so
        is_same = is_close(usual, losses[0]) and is_close(losses[1], losses[0])  # two of them may both be zero
        check(not is_same, "the loss is the same for other views and another temperature.")
        return
    check(losses[1] > losses[0] + 5, f"the loss of partners that are apart, {losses[1]:.4g}, is not larger than of close ones, {losses[0]:.4g}.")
