"""Frontier: image translation, cycle consistency"""

import numpy as np

from autograder.remote import ArrayOf
from autograder.rubric import assert_close, criterion, is_close, partial


def translator(submission, rng, d, e):
    """Return a translator from d to e features: a random smooth function."""
    A, b = rng.normal(size=(d, e)), rng.normal(size=e)
    return submission.callback(lambda x: np.tanh(x @ A) + b, takes=(ArrayOf((None, d), "float"),))


@criterion(
    "cycle_loss: values",
    points=2,
    tests=["cycle_loss"],
    hint="x goes through G first, then through F, and is compared with x; y goes through F first. The two kinds need not have the same "
    "number of examples or features, so each has a mean of its own.",
)
def test_g7_cycle(submission, rng):
    for (n, d), (m, e), lam in (((4, 3), (6, 2), (10.0,)), ((1, 2), (3, 2), (0.5,)), ((5, 1), (2, 4), ())):
        G, F = translator(submission, rng, d, e), translator(submission, rng, e, d)
        x, y = rng.normal(size=(n, d)), rng.normal(size=(m, e))
        loss = submission.cycle_loss(x, y, G, F, *lam)
        home = np.mean(np.abs(F.function(G.function(x)) - x)) + np.mean(np.abs(G.function(F.function(y)) - y))
        assert_close(loss, (*lam, 10.0)[0] * float(home), name="loss", inputs=(x,))
    shift = rng.normal(size=3)
    loss = submission.cycle_loss(rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), lambda x: x * 2 + shift, lambda y: (y - shift) / 2)
    assert_close(loss, 0.0, name="loss of translators that are inverse to each other", atol=1e-5)


@criterion(
    "gradient_penalty: between real and fake",
    points=3,
    tests=["gradient_penalty"],
    hint="eps[:, None] * xr + (1 - eps[:, None]) * xf: every pair has a place of its own, and eps = 1 is the real example. One norm for "
    "each row of the gradient; the distance from 1 is squared before the mean is taken.",
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
        assert_close(asked, between, name="the examples at which the gradient was asked", axes="N d", inputs=(asked, *places))
        due = float(np.mean((np.sqrt(np.sum((np.sin(between @ A) + 0.5 * between) ** 2, axis=1)) - 1) ** 2))
        if not is_close(penalty, due):
            partial(0.5, "The gradient is asked at the right places; what is made of it is not the penalty.")
    for c in (0.0, 1.0, 2.5):  # a linear critic has the same gradient everywhere
        direction = np.array([0.6, 0.0, -0.8]) * c
        penalty = submission.gradient_penalty(lambda x, g=direction: np.tile(g, (len(x), 1)), xr[:, :3], xf[:, :3], eps)
        if not is_close(penalty, (c - 1) ** 2):
            partial(0.5, f"The gradient is asked at the right places; the penalty of a linear critic of norm {c} is wrong.")
    assert_close(penalty, (c - 1) ** 2, name="penalty of a linear critic")
