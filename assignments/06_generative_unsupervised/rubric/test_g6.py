"""Contrastive learning"""

import numpy as np

from autograder.rubric import assert_array, assert_close, assert_gradient, assert_stable, check, criterion, unpack

CASES = ((3, 4, 0.5), (2, 2, 0.2), (8, 5, 2.0), (1, 3, 0.5))  # N, d, tau


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
    "are cosines, divided by tau. The loss is a mean.",
)
def test_g6_values(submission, reference, rng):
    for n, d, tau in CASES:
        z1, z2 = draw(rng, n, d)
        loss, _, _ = answer_of(submission, z1, z2, tau)
        assert_close(loss, reference.nt_xent(z1, z2, tau)[0], name=f"loss with N = {n}, tau = {tau}", inputs=(z1,))
    z1, z2 = draw(rng, 4, 3)
    assert_close(answer_of(submission, z1, z2)[0], reference.nt_xent(z1, z2)[0], name="loss without tau", inputs=(z1,))


@criterion(
    "nt_xent: gradients",
    points=3,
    tests=["nt_xent"],
    hint="Each similarity counts for both of its rows, so ds + ds^T; and through u = z / |z| only what is orthogonal to u gets back, "
    "divided by the length of z.",
)
def test_g6_grads(submission, reference, rng):
    for n, d, tau in CASES[:3]:
        z1, z2 = draw(rng, n, d)
        _, dz1, dz2 = answer_of(submission, z1, z2, tau)

        def loss(z1, z2, tau=tau):
            return reference.nt_xent(z1, z2, tau)[0]

        assert_gradient(loss, {"z1": z1, "z2": z2}, (dz1, dz2), rng=rng, name="dz1 dz2", axes="N d; N d")


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
    hint="With tau = 0.001 similarities reach 1000, whose exponential is infinite: subtract the largest one of each row first.",
)
def test_g6_stable(submission):
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
    check(losses[1] > losses[0] + 5, f"the loss of partners that are apart, {losses[1]:.4g}, is not larger than of close ones, {losses[0]:.4g}.")
