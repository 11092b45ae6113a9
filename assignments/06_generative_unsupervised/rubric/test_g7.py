"""Frontier: image translation, cycle consistency"""

import numpy as np

from autograder.remote import ArrayOf
from autograder.rubric import assert_array, assert_close, criterion, is_close, partial


def translator(submission, rng, d, e):
    """Return a translator from d to e features: a random smooth function."""
    A, b = rng.normal(size=(d, e)), rng.normal(size=e)
    return submission.callback(lambda x: np.tanh(x @ A) + b, takes=(ArrayOf((None, d), "float"),))


@criterion(
    "cycle_loss: values",
    points=2,
    tests=["cycle_loss"],
    hint="x goes through G first, then through F, and is compared with x; y goes through F first. The two kinds need not have the same "
    "number of examples or features, so each has a mean of its own. lam is a factor of both, and is 10 where it is not given. Half of the "
    "points: it is right but for lam.",
)
def test_g7_cycle(submission, rng):
    lams, losses, homes = ((10.0,), (0.5,), ()), [], []
    for (n, d), (m, e), lam in zip(((4, 3), (1, 2), (5, 1)), ((6, 2), (3, 2), (2, 4)), lams, strict=True):
        G, F = translator(submission, rng, d, e), translator(submission, rng, e, d)
        x, y = rng.normal(size=(n, d)), rng.normal(size=(m, e))
        losses.append(submission.cycle_loss(x, y, G, F, *lam))
        homes.append(float(np.mean(np.abs(F.function(G.function(x)) - x)) + np.mean(np.abs(G.function(F.function(y)) - y))))
    due = [(*lam, 10.0)[0] * home for lam, home in zip(lams, homes, strict=True)]
    if not is_close(losses, due):
        if is_close(losses[:2], due[:2]):
            partial(0.5, "The loss is right where lam is given, and wrong where it is not.")
        factor = float(assert_array(losses[0], (), name="loss")) / homes[0]
        if factor > 0 and is_close(losses, [factor * home for home in homes]):
            partial(0.5, "The loss is right but for lam, whose value changes nothing.")
    for lam, loss, one in zip(lams, losses, due, strict=True):
        assert_close(loss, one, name=f"loss for lam = {lam[0]}" if lam else "loss without lam")
    shift = rng.normal(size=3)
    loss = submission.cycle_loss(rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), lambda x: x * 2 + shift, lambda y: (y - shift) / 2)
    assert_close(loss, 0.0, name="loss of translators that are inverse to each other", atol=1e-5)


def penalty_at(places, A):
    """Return the penalty of the critic of this criterion, at some places."""
    return float(np.mean((np.sqrt(np.sum((np.sin(places @ A) + 0.5 * places) ** 2, axis=1)) - 1) ** 2))


@criterion(
    "gradient_penalty: between real and fake",
    points=3,
    tests=["gradient_penalty"],
    hint="eps[:, None] * xr + (1 - eps[:, None]) * xf: every pair has a place of its own, and eps = 1 is the real example. One norm for "
    "each row of the gradient; the distance from 1 is squared before the mean is taken. Half of the points: the places are "
    "right, or what is made of the gradients.",
)
def test_g7_penalty(submission, rng):
    for n, d in ((5, 3), (1, 2), (4, 4)):
        xr, xf, eps = 2 * rng.normal(size=(n, d)), rng.normal(size=(n, d)) - 1, rng.uniform(size=n)
        A, places = rng.normal(size=(d, d)), []

        def critic_grad(x, A=A, places=places):
            places.append(np.array(x))
            return np.sin(x @ A) + 0.5 * x

        penalty = submission.gradient_penalty(submission.callback(critic_grad, takes=(ArrayOf((None, d), "float"),)), xr, xf, eps)
        between = np.array([e * r + (1 - e) * f for e, r, f in zip(eps, xr, xf, strict=True)])
        asked = np.concatenate([*places, np.empty((0, d))])
        if asked.shape == between.shape and not is_close(asked, between) and is_close(penalty, penalty_at(asked, A)):
            partial(0.5, "What is made of the gradients is right; they are asked at the wrong places.")
        assert_close(asked, between, name="the examples at which the gradient was asked", axes="N d", inputs=(asked, *places))
        if not is_close(penalty, penalty_at(between, A)):
            partial(0.5, "The gradient is asked at the right places; what is made of it is not the penalty.")
    for c in (0.0, 1.0, 2.5):  # a linear critic has the same gradient everywhere
        direction = np.array([0.6, 0.0, -0.8]) * c
        penalty = submission.gradient_penalty(lambda x, g=direction: np.tile(g, (len(x), 1)), xr[:, :3], xf[:, :3], eps)
        if not is_close(penalty, (c - 1) ** 2):
            partial(0.5, f"The gradient is asked at the right places; the penalty of a linear critic of norm {c} is wrong.")
    assert_close(penalty, (c - 1) ** 2, name="penalty of a linear critic")
