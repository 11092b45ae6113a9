# ruff: noqa: N806 - matrices have capital letters, as in the reference
"""The reference of 06_generative_unsupervised against oracles that share no code with it.

TensorFlow's and Keras' losses and differentiation, the eigenvalues of a covariance, integrals and simulation.
TensorFlow is asked in float64, so no tolerance is wider than 1e-9 but those of simulations, which
are six standard deviations wide.
"""

import doctest
import importlib.util
import math
import warnings
from pathlib import Path

import numpy as np
import pytest

FILE = Path(__file__).resolve().parents[2] / "reference" / "06_generative_unsupervised" / "generative.py"
CLOSE = {"rtol": 1e-9, "atol": 1e-9}


@pytest.fixture(scope="module")
def generative():
    """Import the reference under a name of its own."""
    spec = importlib.util.spec_from_file_location("reference_generative", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tf():
    """Import TensorFlow, the oracle; its own import warns of its own affairs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("tensorflow")


@pytest.fixture
def rng():
    """Make a generator whose draws are the same in every run."""
    return np.random.default_rng(6)


def gradients(tf, function, *arrays):
    """Return the value of a function of tensors and its gradients."""
    variables = [tf.Variable(array) for array in arrays]
    with tf.GradientTape() as tape:
        value = function(*variables)
    return float(value), [gradient.numpy() for gradient in tape.gradient(value, variables)]


def test_reference_docstring_examples_run(generative):
    """Every example in a docstring shows what the function really returns."""
    assert doctest.testmod(generative).failed == 0


# G1


@pytest.mark.parametrize(("n", "d", "k"), [(30, 5, 3), (6, 9, 5), (8, 3, 3)])
def test_pca_agrees_with_the_eigenvectors_of_the_covariance(generative, rng, n, d, k):
    """Variances are eigenvalues of the covariance, components its eigenvectors up to sign."""
    X = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 4
    components, variance, mean = generative.pca(X, k)
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
    np.testing.assert_allclose(mean, X.mean(axis=0), **CLOSE)
    np.testing.assert_allclose(variance, values[::-1][:k], **CLOSE)
    np.testing.assert_allclose(np.abs(np.diag(components @ vectors[:, ::-1][:, :k])), np.ones(k), **CLOSE)


def test_reconstruct_agrees_with_least_squares(generative, rng):
    """A reconstruction is the nearest point of the plane, found by least squares."""
    X, mean = rng.normal(size=(7, 5)), rng.normal(size=5)
    components = np.linalg.qr(rng.normal(size=(5, 2)))[0].T
    codes = np.linalg.lstsq(components.T, (X - mean).T, rcond=None)[0].T
    np.testing.assert_allclose(generative.reconstruct(X, components, mean), mean + codes @ components, **CLOSE)


# G2


def test_reparameterize_draws_from_the_gaussian(generative, rng):
    """Mean and variance of 200,000 draws are mu and exp(logvar)."""
    mu, logvar, n = 1.5, -0.7, 200_000
    z = generative.reparameterize(np.full((n, 1), mu), np.full((n, 1), logvar), rng.standard_normal((n, 1)))
    variance = math.exp(logvar)
    assert abs(z.mean() - mu) < 6 * math.sqrt(variance / n)
    assert abs(z.var() - variance) < 6 * variance * math.sqrt(2 / n)


def test_gaussian_kl_agrees_with_simulation(generative, rng):
    """The mean of log q - log p over draws of q is the divergence."""
    mu, logvar, n = np.array([[1.0, -0.5, 0.2]]), np.array([[-1.0, 0.5, 0.1]]), 400_000
    eps = rng.standard_normal((n, 3))
    z = mu + np.exp(logvar / 2) * eps
    ratio = np.sum(-0.5 * (eps**2 + logvar) + 0.5 * z**2, axis=1)
    assert abs(ratio.mean() - generative.gaussian_kl(mu, logvar)[0]) < 6 * ratio.std() / math.sqrt(n)


def test_bernoulli_nll_agrees_with_tensorflow(generative, tf, rng):
    """Values, also of extreme logits, are those of sigmoid_cross_entropy_with_logits."""
    x, logits = rng.uniform(size=(4, 6)), rng.normal(size=(4, 6)) * np.array([[1], [10], [100], [1000]])
    expected = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1).numpy()
    np.testing.assert_allclose(generative.bernoulli_nll(x, logits), expected, **CLOSE)


@pytest.mark.parametrize("beta", [1.0, 0.3])
def test_elbo_and_its_gradients_agree_with_tensorflow(generative, tf, rng, beta):
    """Bound and gradients are those of the mean, differentiated by a tape."""
    x, mu, logvar, logits = rng.uniform(size=(5, 7)), *rng.normal(size=(2, 5, 3)), rng.normal(size=(5, 7))

    def mean_bound(mu, logvar, logits):
        sigma = tf.exp(logvar / 2)
        kl = tf.reduce_sum((mu**2 + sigma**2 - 1) / 2 - tf.math.log(sigma), axis=1)
        nll = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)
        return tf.reduce_mean(-nll - beta * kl)

    bound, grads = generative.elbo(x, mu, logvar, logits, beta)
    value, expected = gradients(tf, mean_bound, mu, logvar, logits)
    assert bound.shape == (5,)
    np.testing.assert_allclose(bound.mean(), value, **CLOSE)
    for key, gradient in zip(("mu", "logvar", "logits"), expected, strict=True):
        np.testing.assert_allclose(grads[key], gradient, **CLOSE)


def test_elbo_is_a_bound_of_the_likelihood(generative):
    """For a decoder that ignores its code the prior is the posterior: there the bound is the likelihood, elsewhere below."""
    x, logits = np.ones((1, 1)), np.full((1, 1), 0.4)
    log_likelihood = math.log(1 / (1 + math.exp(-0.4)))
    equal, _ = generative.elbo(x, np.zeros((1, 1)), np.zeros((1, 1)), logits)
    below, _ = generative.elbo(x, np.ones((1, 1)), np.zeros((1, 1)), logits)
    assert equal[0] == pytest.approx(log_likelihood, abs=1e-12)
    assert below[0] == pytest.approx(log_likelihood - 0.5, abs=1e-12)


# G3


@pytest.mark.parametrize("scale", [1, 1000])
def test_gan_losses_agree_with_keras(generative, tf, rng, scale):
    """The losses are binary cross-entropies with labels, from logits."""
    real, fake = scale * rng.normal(size=(6, 1)), scale * rng.normal(size=(4, 1))
    cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
    of_real = tf.reduce_mean(cross_entropy(np.ones((6, 1)), real)).numpy()
    of_fake = tf.reduce_mean(cross_entropy(np.zeros((4, 1)), fake)).numpy()
    of_generator = tf.reduce_mean(cross_entropy(np.ones((4, 1)), fake)).numpy()
    np.testing.assert_allclose(generative.discriminator_loss(real, fake), of_real + of_fake, **CLOSE)
    np.testing.assert_allclose(generative.generator_loss(fake), of_generator, **CLOSE)


def test_least_squares_losses_agree_with_arithmetic(generative):
    """Both losses written out for two numbers each."""
    real, fake = np.array([0.0, 2.0]), np.array([-1.0, 3.0])
    assert generative.ls_discriminator_loss(real, fake) == pytest.approx(0.5 * (1 + 1) / 2 + 0.5 * (1 + 9) / 2)
    assert generative.ls_generator_loss(fake) == pytest.approx(0.5 * (4 + 4) / 2)


def test_gan_grads_agree_with_tensorflow(generative, tf, rng):
    """The three gradients are those of a tape."""
    real, fake = 3 * rng.normal(size=5), 3 * rng.normal(size=3)

    def discriminator(real, fake):
        return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))

    d_real, for_D, for_G = generative.gan_grads(real, fake)
    _, expected = gradients(tf, discriminator, real, fake)
    np.testing.assert_allclose(d_real, expected[0], **CLOSE)
    np.testing.assert_allclose(for_D, expected[1], **CLOSE)
    _, expected = gradients(tf, lambda fake: tf.reduce_mean(tf.nn.softplus(-fake)), fake)
    np.testing.assert_allclose(for_G, expected[0], **CLOSE)


# G4 and G5


def test_schedule_agrees_with_a_loop(generative):
    """Betas on a line, and a product multiplied out."""
    sched, product = generative.make_schedule(6, 0.1, 0.35), 1.0
    for t in range(6):
        beta = 0.1 + 0.05 * t
        product *= 1 - beta
        assert [sched[key][t] for key in ("betas", "alphas", "alphas_cumprod")] == pytest.approx(
            [beta, 1 - beta, product]
        )


def test_q_sample_has_the_moments_of_single_steps(generative, rng):
    """200,000 points that take every step by itself have the mean and variance of the jump."""
    n, sched = 200_000, generative.make_schedule(8, 0.05, 0.3)
    x = np.full((n, 1), 1.7)
    for beta in sched["betas"]:
        x = math.sqrt(1 - beta) * x + math.sqrt(beta) * rng.standard_normal((n, 1))
    t = np.array([7])
    mean = generative.q_sample(np.full((1, 1), 1.7), t, np.zeros((1, 1)), sched).item()
    std = generative.q_sample(np.zeros((1, 1)), t, np.ones((1, 1)), sched).item()
    assert abs(x.mean() - mean) < 6 * std / math.sqrt(n)
    assert abs(x.var() - std**2) < 6 * std**2 * math.sqrt(2 / n)


def test_prediction_undoes_q_sample(generative, rng):
    """Data and noise come back, each from the other, for a step per example."""
    sched, x0, noise = generative.make_schedule(20), rng.normal(size=(20, 3)), rng.normal(size=(20, 3))
    t = rng.permutation(20)
    x_t = generative.q_sample(x0, t, noise, sched)
    np.testing.assert_allclose(generative.predict_start_from_noise(x_t, t, noise, sched), x0, **CLOSE)
    np.testing.assert_allclose(generative.predict_noise_from_start(x_t, t, x0, sched), noise, **CLOSE)


def test_posterior_agrees_with_integration(generative):
    """Mean and spread of q(x_{t-1} | x_t, x0) by Bayes' rule on a fine grid, which knows no formula of Gaussians."""
    sched, t, x0, x_t = generative.make_schedule(9, 0.05, 0.3), 5, 0.8, -0.4
    grid = np.linspace(-8, 8, 160_001)
    kept, alpha, beta = sched["alphas_cumprod"][t - 1], sched["alphas"][t], sched["betas"][t]
    prior = np.exp(-((grid - math.sqrt(kept) * x0) ** 2) / (2 * (1 - kept)))
    weights = prior * np.exp(-((x_t - math.sqrt(alpha) * grid) ** 2) / (2 * beta))
    weights /= weights.sum()
    mean = float(weights @ grid)
    std = math.sqrt(weights @ (grid - mean) ** 2)
    actual, spread = generative.q_posterior(np.array([[x0]]), np.array([[x_t]]), np.array([t]), sched)
    assert actual.item() == pytest.approx(mean, abs=1e-9)
    assert spread.item() == pytest.approx(std, abs=1e-9)


def test_posterior_of_the_first_step_is_the_data(generative, rng):
    """At t = 0 nothing is left to doubt."""
    x0, x_t = rng.normal(size=(2, 4, 3))
    mean, std = generative.q_posterior(x0, x_t, np.zeros(4, dtype=int), generative.make_schedule(10))
    np.testing.assert_allclose(mean, x0, **CLOSE)
    np.testing.assert_array_equal(std, np.zeros((4, 1)))


def test_p_sample_has_the_mean_of_the_posterior_of_its_guess(generative, rng):
    """The mean is that of q_posterior for the x0 which the guessed noise implies: another way to the same number."""
    sched, x_t, eps = generative.make_schedule(12, 0.02, 0.3), rng.normal(size=(5, 2)), rng.normal(size=(5, 2))
    for t in range(12):
        steps = np.full(5, t)
        x0 = generative.predict_start_from_noise(x_t, steps, eps, sched)
        expected, _ = generative.q_posterior(x0, x_t, steps, sched)
        silent = type("Silent", (), {"standard_normal": staticmethod(np.zeros)})
        actual = generative.p_sample(x_t, t, lambda x, t: eps, sched, silent)
        np.testing.assert_allclose(actual, expected, **CLOSE)


def test_sample_of_a_gaussian_has_its_moments(generative, rng):
    """With the exact noise of data N(1.5, 0.5^2) the examples have this mean and deviation, to the error of 400 steps."""
    sched, n = generative.make_schedule(400, 1e-4, 0.03), 20_000

    def eps_model(x, t):
        kept = sched["alphas_cumprod"][t]
        variance = kept * 0.25 + 1 - kept
        return math.sqrt(1 - kept) * (x - math.sqrt(kept) * 1.5) / variance

    x = generative.sample(eps_model, (n, 1), sched, rng)
    assert x.mean() == pytest.approx(1.5, abs=0.01 + 6 * 0.5 / math.sqrt(n))
    assert x.std() == pytest.approx(0.5, abs=0.01 + 6 * 0.5 / math.sqrt(2 * n))


# G6 and G7


@pytest.mark.parametrize(("n", "d", "tau"), [(4, 3, 0.5), (1, 2, 0.5), (6, 4, 0.07)])
def test_nt_xent_and_its_gradients_agree_with_tensorflow(generative, tf, rng, n, d, tau):
    """Pairs by a loop over anchors, the gradients by a tape."""

    def loss(z1, z2):
        u = tf.math.l2_normalize(tf.concat([z1, z2], axis=0), axis=1)
        terms = []
        for i in range(2 * n):
            others = [j for j in range(2 * n) if j != i]
            logits = tf.stack([tf.reduce_sum(u[i] * u[j]) for j in others]) / tau
            label = others.index((i + n) % (2 * n))
            terms.append(tf.nn.sparse_softmax_cross_entropy_with_logits(label, logits))
        return tf.add_n(terms) / (2 * n)

    z1, z2 = rng.normal(size=(n, d)), 3 * rng.normal(size=(n, d))
    value, dz1, dz2 = generative.nt_xent(z1, z2, tau)
    expected, (expected1, expected2) = gradients(tf, loss, z1, z2)
    np.testing.assert_allclose(value, expected, **CLOSE)
    np.testing.assert_allclose(dz1, expected1, **CLOSE)
    np.testing.assert_allclose(dz2, expected2, **CLOSE)


def test_cycle_loss_agrees_with_loops(generative, rng):
    """Means over all numbers of both kinds, one number at a time."""
    x, y, lam = rng.normal(size=(3, 2)), rng.normal(size=(4, 1)), 0.7

    def G(x):  # noqa: N802 - the names of the paper
        return x[:, :1] * x[:, 1:]

    def F(y):  # noqa: N802
        return np.hstack([y, y**2])

    there = [abs((a * b) ** (j + 1) - (a, b)[j]) for a, b in x for j in (0, 1)]
    back = [abs(b * b**2 - b) for (b,) in y]
    expected = lam * (sum(there) / len(there) + sum(back) / len(back))
    assert generative.cycle_loss(x, y, G, F, lam) == pytest.approx(expected)


def test_gradient_penalty_agrees_with_tensorflow(generative, tf, rng):
    """The gradient of a critic by a tape, the places written out."""
    xr, xf, eps, W = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.uniform(size=5), rng.normal(size=(3, 4))

    def critic_grad(x):
        return gradients(tf, lambda x: tf.reduce_sum(tf.tanh(x @ W)), x)[1][0]

    places = np.array([[eps[i] * xr[i, j] + (1 - eps[i]) * xf[i, j] for j in range(3)] for i in range(5)])
    slopes = (1 - np.tanh(places @ W) ** 2) @ W.T
    expected = np.mean([(math.sqrt(sum(s * s for s in row)) - 1) ** 2 for row in slopes])
    assert generative.gradient_penalty(critic_grad, xr, xf, eps) == pytest.approx(expected)


# G8


def bars(n):
    """Return images of 8 x 8 pixels with one bright row."""
    images = np.zeros((n, 8, 8), np.float32)
    images[np.arange(n), np.arange(n) % 8] = 1
    return images.reshape(n, 64)


def test_vae_learns_eight_images(generative, tf):
    """In 15 epochs the negative ELBO falls below 5.5 nats, never below log 8, and the NumPy functions agree with the history."""
    tf.keras.utils.set_random_seed(1)
    X = bars(512)
    encoder, decoder = generative.build_vae()
    history = generative.train_vae(encoder, decoder, X, 15, 32, 1e-2, 1)
    assert len(history) == 15
    assert math.log(8) < history[-1] < 5.5
    mu, logvar = np.split(encoder.predict_on_batch(X).astype(float), 2, axis=1)
    z = generative.reparameterize(mu, logvar, np.random.default_rng(2).standard_normal(mu.shape))
    logits = decoder.predict_on_batch(z.astype(np.float32)).astype(float)
    bound, _ = generative.elbo(X, mu, logvar, logits)
    assert -bound.mean() == pytest.approx(history[-1], abs=0.6)


def test_vae_training_is_decided_by_its_seed(generative, tf):
    """Models that begin alike end alike with the same seed, and differ with another."""
    histories = []
    for seed in (3, 3, 4):
        tf.keras.utils.set_random_seed(1)
        histories.append(generative.train_vae(*generative.build_vae(), bars(40), 2, 16, 1e-2, seed))
    assert histories[0] == histories[1]
    assert histories[0] != histories[2]
