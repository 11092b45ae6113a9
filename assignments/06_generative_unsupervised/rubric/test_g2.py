"""Pieces of the variational auto-encoder"""

from collections.abc import Mapping

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
    "hardly counts beside 64 pixels. Half of the points: it is right for beta = 1.",
)
def test_g2_elbo(submission, reference, rng):
    for (n, d), D, beta in (((5, 3), 8, ()), ((2, 1), 4, (1.0,)), ((1, 2), 3, (0.3,)), ((4, 4), 4, (4.0,)), ((3, 2), 5, (0.0,))):
        mu, logvar = gaussians(rng, (n, d))
        x, logits = pixels(rng, (n, D)), 2 * rng.normal(size=(n, D))
        bound, _ = bound_of(submission, x, mu, logvar, logits, *beta)
        due, _ = reference.elbo(x, mu, logvar, logits, *beta)
        if beta not in ((), (1.0,)) and not is_close(bound, due, inputs=(x,)):
            partial(0.5, f"The bound is right for beta = 1, and wrong for beta = {beta[0]}.")
        assert_close(bound, due, name="bound", axes="N", inputs=(x,))


@pytest.mark.parametrize("part", GRADS)
@criterion(
    "elbo: gradients",
    points=5,
    tests=["elbo"],
    provided=["gaussian_kl", "bernoulli_nll"],
    hint="A third for each of the three. Of the mean over the batch, so all of them are divided by N; and of the bound, which is to grow, "
    "not of the loss. beta is a factor of two of the three. Half of a third: it is right for beta = 1, or the gradient of your own bound, "
    "be it of its mean or its sum.",
)
def test_g2_grads(submission, reference, rng, part):
    name = f"grads[{part!r}]"
    for betas in ((1.0, 1.0), (0.3, 4.0)):
        cases = []
        for (n, d), D, beta in zip(((5, 3), (1, 2)), (8, 3), betas, strict=True):
            mu, logvar = gaussians(rng, (n, d))
            cases.append((pixels(rng, (n, D)), mu, logvar, 2 * rng.normal(size=(n, D)), beta))
        actual = [gradient_of(submission, case, part) for case in cases]
        if not is_close(actual, [reference.elbo(*case)[1][part] for case in cases]):
            if betas != (1.0, 1.0):
                partial(0.5, f"{name} is right for beta = 1, and wrong for others.")
            half_for_own_gradient(submission, rng, cases[0], part)
        for case, grad in zip(cases, actual, strict=True):
            place = PLACES[part]

            def mean_bound(value, case=case, place=place):
                return float(np.mean(reference.elbo(*case[:place], value, *case[place + 1 :])[0]))

            assert_gradient(mean_bound, case[place], grad, rng=rng, name=name)


PLACES = {"mu": 1, "logvar": 2, "logits": 3}  # among the arguments of elbo


def gradient_of(submission, case, part):
    """Return one of the gradients, or say what is there instead."""
    _, grads = bound_of(submission, *case)
    check(isinstance(grads, Mapping) and part in grads, f"grads: expected a dict with the key {part!r}.", "type")
    return grads[part]


def half_for_own_gradient(submission, rng, case, part):
    """Give half of the points for a gradient of the submission's own bound, or of its sum, if that looks at what is given."""
    place, N, name = PLACES[part], len(case[0]), f"grads[{part!r}]"

    def own_bound(value):
        bound, _ = bound_of(submission, *case[:place], value, *case[place + 1 :])
        return float(np.mean(assert_array(bound, (N,), name="bound", axes="N")))

    try:
        grad = assert_array(gradient_of(submission, case, part), case[place].shape, name=name)
        other = pixels(rng, case[0].shape), *gaussians(rng, case[1].shape), 2 * rng.normal(size=case[3].shape), case[4]
        turned = assert_array(gradient_of(submission, other, part), case[place].shape, name=name)
        check(has_other_direction(grad, turned), f"{name}: its direction is always the same.", "gradient")
    except Exception:  # the gradient is wrong in any case
        return
    for factor, what in ((1, ""), (N, "the sum of ")):
        try:
            assert_consistent(own_bound, case[place], grad / factor, rng=rng, directions=3, name=name)
        except Exception:
            continue
        partial(0.5, f"{name} is the gradient of {what}your own bound, but not that of the mean of the bound.")



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
    "already: no logarithm of exp(logvar) is needed, which is 0 for -800. What is wrong for moderate values already need only stay finite "
    "here, and not be the same for all.",
)
def test_g2_stable(submission, reference, rng, name):
    mu, logvar = gaussians(rng, (5, 3))
    moderate = (mu, logvar) if name == "gaussian_kl" else (pixels(rng, (5, 3)), mu)
    is_right = is_close(submission[name](*moderate), getattr(reference, name)(*moderate))

    far = (-100.0, -400.0, -800.0)  # from here on, both are in proportion to it
    pairs = {
        "gaussian_kl": [(np.zeros(3), far), ((1.0, 2.0, 40.0), far)],
        "bernoulli_nll": [(np.ones(3), far), (np.ones(3), (40.0, 400.0, 1e3))],
    }[name]
    given = [[np.array(column)[:, None] for column in pair] for pair in pairs]
    value, other = (assert_stable(submission[name], *arguments, name=name) for arguments in given)
    check(not is_close(value, other), f"{name}: it is the same whatever is given.")
    if not is_right:  # g2_kl and g2_nll say so
        value, other = (getattr(reference, name)(*arguments) for arguments in given)
    value = assert_array(value, (3,), name=name, axes="N").astype(float)
    grown = (value[2] - value[1]) / (value[1] - value[0]) if value[1] - value[0] > 1 else 0.0
    assert_close(grown, 4 / 3, name=f"{name}: how much it grows from -400 to -800, over how much from -100 to -400", atol=1e-3)
    if name == "bernoulli_nll":
        assert_close(other, np.zeros(3), name="nll of white pixels with logits of 40, 400 and 1000", atol=1e-3)


@criterion(
    "elbo: extreme values",
    points=1,
    tests=["elbo"],
    provided=["gaussian_kl", "bernoulli_nll"],
    hint="The gradient with respect to a logit is x - sigmoid(l): with the stable sigmoid of the template nothing overflows for logits of "
    "1000, nor does exp(logvar) for -800. Values need only be finite here, and not the same for right pixels and wrong ones.",
)
def test_g2_stable_elbo(submission):
    logits, mu, logvar = np.array([[1e3, -1e3]] * 2), np.zeros((2, 2)), np.array([[-60.0, 0.0], [-800.0, -60.0]])
    bounds = []
    for x in (np.array([[1.0, 0.0]] * 2), np.array([[0.0, 1.0]] * 2)):
        answer = assert_stable(submission.elbo, x, mu, logvar, logits, name="elbo")
        bound, grads = unpack(answer, "bound grads", of="elbo")
        bounds.append(bound)
        check(isinstance(grads, Mapping) and set(GRADS) <= set(grads), f"grads: expected a dict with the keys {', '.join(GRADS)}.", "type")
    check(not is_close(bounds[0], bounds[1]), "bound: right pixels and wrong ones have the same.")
