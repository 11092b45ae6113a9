"""Pieces of the variational auto-encoder"""

import numpy as np

from autograder.rubric import assert_array, assert_close, assert_gradient, assert_stable, check, criterion, unpack

SHAPES = ((5, 3), (1, 1), (4, 4), (2, 7))
GRADS = ("mu", "logvar", "logits")


def gaussians(rng, shape):
    """Draw means and logarithms of variances."""
    return 1.5 * rng.normal(size=shape), rng.uniform(-3, 1.5, size=shape)


def pixels(rng, shape):
    """Draw pixels: black, white and grey."""
    return np.clip(rng.uniform(-0.5, 1.5, size=shape), 0, 1)


def integral_of_kl(mu, logvar):
    """Return the divergence of one-dimensional Gaussians by its definition, an integral of q log(q / p)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)  # exact for polynomials up to degree 39
    z = mu + np.exp(logvar / 2) * nodes
    log_ratio = -0.5 * (logvar + nodes**2) + 0.5 * z**2
    return float(weights @ log_ratio / weights.sum())


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
    for (n, d), D, beta in (((5, 3), 8, 1.0), ((1, 2), 3, 0.3), ((4, 4), 4, 4.0)):
        mu, logvar = gaussians(rng, (n, d))
        x, logits = pixels(rng, (n, D)), 2 * rng.normal(size=(n, D))
        _, grads = bound_of(submission, x, mu, logvar, logits, beta)
        at = {"mu": mu, "logvar": logvar, "logits": logits}

        def mean_bound(mu, logvar, logits, x=x, beta=beta):
            return float(np.mean(reference.elbo(x, mu, logvar, logits, beta)[0]))

        assert_gradient(mean_bound, at, grads, rng=rng, name=" ".join(f"grads['{key}']" for key in GRADS))


@criterion(
    "gaussian_kl and bernoulli_nll: what must hold",
    points=3,
    tests=["gaussian_kl", "bernoulli_nll"],
    hint="The divergence of N(2, 1) from N(0, 1) is 2, that of N(0, 1) from itself is 0; it is never negative, and what several "
    "dimensions have is the sum. With logits of 0 every pixel costs log 2.",
)
def test_g2_properties(submission, rng):
    kl = assert_array(submission.gaussian_kl(np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]), np.zeros((3, 2))), (3,), name="kl")
    assert_close(kl, np.array([0.0, 2.0, 2.0]), name="kl of N(0, 1), N(2, 1) and N(0, 1), N(0, 1) and N(2, 1)", axes="N")
    mu, logvar = gaussians(rng, (50, 4))
    kl = assert_array(submission.gaussian_kl(mu, logvar), (50,), name="kl")
    check(bool(np.all(kl >= 0)), f"kl: a divergence is never negative, got {float(kl.min()):.3g}.")
    assert_close(submission.gaussian_kl(-mu, logvar), kl, name="kl of -mu", inputs=(kl,))
    parts = sum(assert_array(submission.gaussian_kl(mu[:, [j]], logvar[:, [j]]), (50,), name="kl") for j in range(4))
    assert_close(kl, parts, name="kl, as the sum over its dimensions", inputs=(kl,))
    single = submission.gaussian_kl(mu[:, :1], logvar[:, :1])
    due = np.array([integral_of_kl(m, v) for m, v in zip(mu[:, 0], logvar[:, 0], strict=True)])
    assert_close(single, due, name="kl, as the integral of q log(q / p)", inputs=(kl,))

    x, logits = pixels(rng, (3, 6)), 2 * rng.normal(size=(3, 6))
    assert_close(submission.bernoulli_nll(x, 0 * logits), np.full(3, 6 * np.log(2)), name="nll of logits 0")
    nll = assert_array(submission.bernoulli_nll(x, logits), (3,), name="nll")
    assert_close(submission.bernoulli_nll(1 - x, -logits), nll, name="nll of the negative", inputs=(nll,))


@criterion(
    "gaussian_kl, bernoulli_nll, elbo: extreme values",
    points=2,
    tests=["gaussian_kl", "bernoulli_nll", "elbo"],
    hint="sigmoid(1000) is 1 and log(1 - 1) is not finite: compute from the logits, np.logaddexp(0, l) - x l. And logvar is there "
    "already: no logarithm of exp(logvar) is needed, which is 0 for -800.",
)
def test_g2_stable(submission):
    logits = np.array([[1e3, -1e3], [1e3, -1e3], [750.0, -40.0]])
    x = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.0]])
    due = np.array([0.0, 2000.0, 375.0 + np.exp(-40.0)])
    assert_close(assert_stable(submission.bernoulli_nll, x, logits, name="nll"), due, name="nll", axes="N")
    mu, logvar = np.zeros((3, 2)), np.array([[-60.0, 0.0], [-800.0, -60.0], [8.0, 0.0]])
    spread = np.array([0.5 * 59, 0.5 * (799 + 59), 0.5 * (np.exp(8.0) - 9)])
    kl = assert_stable(submission.gaussian_kl, mu, logvar, name="kl")
    assert_close(kl, spread, name="kl", axes="N")
    bound, grads = unpack(assert_stable(submission.elbo, x[:2], mu[:2], logvar[:2], logits[:2], name="elbo"), "bound grads", of="elbo")
    assert_close(bound, -(due + spread)[:2], name="bound", axes="N")
    slopes = {"logvar": np.array([[0.25, 0.0], [0.25, 0.25]]), "logits": np.array([[0.0, 0.0], [-0.5, 0.5]])}
    assert_close(grads, slopes, name="grads")
