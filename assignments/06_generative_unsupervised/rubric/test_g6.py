"""Contrastive learning"""

import numpy as np

from autograder.rubric import assert_array, assert_close, assert_gradient, assert_stable, criterion, unpack

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
    # n orthogonal examples whose views agree: the partner has similarity 1, all 2n - 2 others have 0.
    for n, tau in ((3, 0.5), (6, 0.1)):
        views = np.linalg.qr(rng.normal(size=(n, n)))[0]
        due = np.log(np.exp(1 / tau) + 2 * n - 2) - 1 / tau
        assert_close(answer_of(submission, views, 2 * views, tau)[0], due, name=f"loss of {n} orthogonal examples, tau = {tau}")


@criterion(
    "nt_xent: a low temperature",
    points=1,
    tests=["nt_xent"],
    hint="With tau = 0.001 similarities reach 1000, whose exponential is infinite: subtract the largest one of each row first.",
)
def test_g6_stable(submission):
    z1, z2 = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.0, 1.0], [0.0, 1.0]])
    loss, dz1, dz2 = unpack(assert_stable(submission.nt_xent, z1, z2, 1e-3, name="nt_xent"), "loss dz1 dz2", of="nt_xent")
    # z1[0] alone is orthogonal to the others. Its partner is no nearer than the rest, three rows are alike.
    due = (np.log(3.0) + 2 * np.log(2.0) + (1000 + np.log(2.0))) / 4
    assert_close(loss, due, name="loss")
    assert_array(dz1, (2, 2), name="dz1", axes="N d")
    assert_array(dz2, (2, 2), name="dz2", axes="N d")
