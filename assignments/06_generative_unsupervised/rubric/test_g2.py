"""Pieces of the variational auto-encoder"""

from collections.abc import Mapping

import numpy as np
import pytest

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_gradient,
    assert_stable,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

SHAPES = ((5, 3), (1, 1), (4, 4), (2, 7))
GRADS = ("mu", "logvar", "logits")


def gaussians(rng, shape):
    """Draw means and logarithms of variances."""
    return 1.5 * rng.normal(size=shape), rng.uniform(-3, 1.5, size=shape)


def pixels(rng, shape):
    """Draw pixels: black, white and grey."""
    return np.clip(rng.uniform(-0.5, 1.5, size=shape), 0, 1)


@criterion(
    "reparameterize: values",
    points=1,
    tests=["reparameterize"],
    hint="logvar is the logarithm of the variance: the standard deviation is exp(logvar / 2).",
)
def test_g2_reparameterize(submission, rng):
    for shape in SHAPES:
        mu, logvar = gaussians(rng, shape)
        eps = rng.normal(size=shape)
        z = submission.reparameterize(mu, logvar, eps)
        assert_close(z, mu + np.sqrt(np.exp(logvar)) * eps, name="z", axes="N d", inputs=(mu,))


@criterion(
    "gaussian_kl: values",
    points=1,
    tests=["gaussian_kl"],
    hint="Half of mu^2 + exp(logvar) - 1 - logvar, summed over the dimensions: one number for each example.",
)
def test_g2_kl(submission, reference, rng):
    for shape in SHAPES:
        mu, logvar = gaussians(rng, shape)
        assert_close(submission.gaussian_kl(mu, logvar), reference.gaussian_kl(mu, logvar), name="kl", axes="N", inputs=(mu,))


@criterion(
    "bernoulli_nll: values",
    points=1,
    tests=["bernoulli_nll"],
    hint="Pixels may be grey, so both terms count for each of them. Sum over the pixels, one number for each example.",
)
def test_g2_nll(submission, reference, rng):
    for shape in SHAPES:
        x, logits = pixels(rng, shape), 3 * rng.normal(size=shape)
        assert_close(submission.bernoulli_nll(x, logits), reference.bernoulli_nll(x, logits), name="nll", axes="N", inputs=(x,))


def bound_of(submission, x, mu, logvar, logits, *beta):
    """Return bound and gradients of an answer that has both."""
    return unpack(submission.elbo(x, mu, logvar, logits, *beta), "bound grads", of="elbo")


@criterion(
    "elbo: values",
    points=2,
    tests=["elbo"],
    provided=["gaussian_kl", "bernoulli_nll"],
    hint="-nll - beta * KL, one number for each example, with both sums over all of their dimensions: a divergence that is averaged "
    "hardly counts beside 64 pixels.",
)
def test_g2_elbo(submission, reference, rng):
    for (n, d), D, beta in (((5, 3), 8, ()), ((1, 2), 3, (0.3,)), ((4, 4), 4, (4.0,)), ((3, 2), 5, (0.0,))):
        mu, logvar = gaussians(rng, (n, d))
        x, logits = pixels(rng, (n, D)), 2 * rng.normal(size=(n, D))
        bound, _ = bound_of(submission, x, mu, logvar, logits, *beta)
        assert_close(bound, reference.elbo(x, mu, logvar, logits, *beta)[0], name="bound", axes="N", inputs=(x,))


@criterion(
    "elbo: gradients",
    points=5,
    tests=["elbo"],
    provided=["gaussian_kl", "bernoulli_nll"],
    hint="Of the mean over the batch, so all of them are divided by N; and of the bound, which is to grow, not of the loss. beta is a "
    "factor of two of the three.",
)
def test_g2_grads(submission, reference, rng):
    cases = []
    for (n, d), D, beta in (((5, 3), 8, 1.0), ((1, 2), 3, 0.3), ((4, 4), 4, 4.0)):
        mu, logvar = gaussians(rng, (n, d))
        cases.append((pixels(rng, (n, D)), mu, logvar, 2 * rng.normal(size=(n, D)), beta))
    try:
        for x, mu, logvar, logits, beta in cases:
            _, grads = bound_of(submission, x, mu, logvar, logits, beta)
            at = {"mu": mu, "logvar": logvar, "logits": logits}

            def mean_bound(mu, logvar, logits, x=x, beta=beta):
                return float(np.mean(reference.elbo(x, mu, logvar, logits, beta)[0]))

            assert_gradient(mean_bound, at, grads, rng=rng, name=" ".join(f"grads['{key}']" for key in GRADS))
    except CheckFailed as failed:
        right = set(GRADS)
        for case in cases:
            _, grads = bound_of(submission, *case)
            _, due = reference.elbo(*case)
            has = set(grads) if isinstance(grads, Mapping) else set()
            right = {name for name in right & has if is_close(grads[name], due[name])}
        if not right:
            raise
        told = " and ".join(f"`{name}`" for name in GRADS if name in right)
        partial(len(right) / 3, f"Right: {told}. {failed.message}")


@criterion(
    "gaussian_kl: what must hold",
    points=2,
    tests=["gaussian_kl"],
    hint="The divergence of N(0, 1) from itself is 0, and no other one is; it is never negative, and what several dimensions have is the "
    "sum.",
)
def test_g2_properties(submission, rng):
    standard, away = (submission.gaussian_kl(np.full((1, 2), mu), np.zeros((1, 2))) for mu in (0.0, 2.0))
    assert_close(standard, np.zeros(1), name="kl of N(0, 1)", axes="N")
    check(bool(np.all(assert_array(away, (1,), name="kl") > 0.1)), "kl of N(2, 1) is not larger than 0.")
    mu, logvar = gaussians(rng, (50, 4))
    kl = assert_array(submission.gaussian_kl(mu, logvar), (50,), name="kl")
    check(bool(np.all(kl >= 0)), f"kl: a divergence is never negative, got {float(kl.min()):.3g}.")
    assert_close(submission.gaussian_kl(-mu, logvar), kl, name="kl of -mu", inputs=(kl,))
    parts = sum(assert_array(submission.gaussian_kl(mu[:, [j]], logvar[:, [j]]), (50,), name="kl") for j in range(4))
    assert_close(kl, parts, name="kl, as the sum over its dimensions", inputs=(kl,))


@criterion(
    "bernoulli_nll: what must hold",
    points=1,
    tests=["bernoulli_nll"],
    hint="The negative of a picture, with the opposite logits, costs as much; what several pixels cost is the sum; and a pixel that is what "
    "its logit says costs less than one that is not.",
)
def test_g2_nll_properties(submission, rng):
    x, logits = pixels(rng, (3, 6)), 2 * rng.normal(size=(3, 6))
    nll = assert_array(submission.bernoulli_nll(x, logits), (3,), name="nll")
    assert_close(submission.bernoulli_nll(1 - x, -logits), nll, name="nll of the negative", inputs=(nll,))
    parts = sum(assert_array(submission.bernoulli_nll(x[:, [j]], logits[:, [j]]), (3,), name="nll") for j in range(6))
    assert_close(nll, parts, name="nll, as the sum over its pixels", inputs=(nll,))
    right, wrong = (assert_array(submission.bernoulli_nll(np.ones((1, 1)), np.full((1, 1), l)), (1,), name="nll") for l in (2.0, -2.0))
    check(bool(np.all(right < wrong)), "nll: a white pixel with a logit of 2 does not cost less than with one of -2.")


@pytest.mark.parametrize("name", ["gaussian_kl", "bernoulli_nll"])
@criterion(
    "gaussian_kl and bernoulli_nll: extreme values",
    points=1,
    tests=["gaussian_kl", "bernoulli_nll"],
    hint="sigmoid(1000) is 1 and log(1 - 1) is not finite: compute from the logits, np.logaddexp(0, l) - x l. And logvar is there "
    "already: no logarithm of exp(logvar) is needed, which is 0 for -800.",
)
def test_g2_stable(submission, name):
    far = (-100.0, -400.0, -800.0)  # from here on, both grow in proportion to it, whatever their factor
    given = np.array(far)[:, None], np.zeros((3, 1))
    arguments = (given[1], given[0]) if name == "gaussian_kl" else (np.ones((3, 1)), given[0])
    value = assert_array(assert_stable(submission[name], *arguments, name=name), (3,), name=name, axes="N").astype(float)
    check(value[1] - value[0] > 1, f"{name} does not grow from {far[0]:g} to {far[1]:g}.")
    grown = (value[2] - value[1]) / (value[1] - value[0])
    assert_close(grown, 4 / 3, name=f"{name}: how much it grows from -400 to -800, over how much from -100 to -400", atol=1e-3)
    if name == "bernoulli_nll":
        right = assert_stable(submission[name], np.ones((2, 1)), np.array([[40.0], [1e3]]), name=name)
        assert_close(right, np.zeros(2), name="nll of white pixels with logits of 40 and 1000", atol=1e-3)


@criterion(
    "elbo: extreme values",
    points=1,
    tests=["elbo"],
    provided=["gaussian_kl", "bernoulli_nll"],
    hint="The gradient with respect to a logit is x - sigmoid(l): with the stable sigmoid of the template nothing overflows for logits of "
    "1000, nor does exp(logvar) for -800.",
)
def test_g2_stable_elbo(submission):
    logits, x = np.array([[1e3, -1e3], [1e3, -1e3]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    mu, logvar = np.zeros((2, 2)), np.array([[-60.0, 0.0], [-800.0, -60.0]])
    answer = assert_stable(submission.elbo, x, mu, logvar, logits, name="elbo")
    bound, grads = unpack(answer, "bound grads", of="elbo")
    bound = assert_array(bound, (2,), name="bound", axes="N")
    check(abs(bound[0] - bound[1]) > 1, "bound: right pixels and wrong ones have the same.")
    check(isinstance(grads, Mapping) and set(GRADS) <= set(grads), f"grads: expected a dict with the keys {', '.join(GRADS)}.", "type")
