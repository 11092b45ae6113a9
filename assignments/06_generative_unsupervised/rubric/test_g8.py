"""A small variational auto-encoder in Keras"""

import json

import numpy as np

from autograder.rubric import assert_array, assert_between, assert_close, assert_trains, check, criterion, unpack

LATENT = 4


def bars(rng, n):
    """Return images of 8 x 8 pixels with one bright row, as rows of 64: there are eight of them, log 8 = 2.08 nats."""
    images = np.zeros((n, 8, 8), np.float32)
    images[np.arange(n), rng.integers(8, size=n)] = 1
    return images.reshape(n, 64)


def seed_of(rng):
    """Draw a seed for what the candidate does."""
    return int(rng.integers(10**6))


def build(submission, *sizes):
    """Return both halves of an answer that has both."""
    return unpack(submission.build_vae.keep(*sizes), "encoder decoder", of="build_vae")


def predict(model, x, width, name):
    """Return the outputs of a model, one row for each of x."""
    return assert_array(model.predict_on_batch(x), (len(x), width), name=name, axes="N width")


def encode(encoder, X, latent):
    """Return mean and logarithm of the variance of the codes, in float64."""
    out = predict(encoder, X, 2 * latent, "output of the encoder").astype(float)
    return out[:, :latent], out[:, latent:]


def divergence(mu, logvar):
    """Return the divergence of codes from the standard normal distribution [nats]."""
    return 0.5 * np.sum(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)


def negative_log_likelihood(x, logits):
    """Return how unlikely images are [nats]."""
    return np.sum(np.logaddexp(0, logits.astype(float)) - x * logits, axis=1)


def dense(submission, inputs, kernel, bias):
    """Make a model of one dense layer in the candidate; it goes there as data, so that nobody here needs Keras."""
    layers = [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, inputs]}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"units": len(bias)}},
    ]
    config = json.dumps({"module": "keras", "class_name": "Sequential", "config": {"name": "half", "layers": layers}})
    return submission.lend_model({"config": config, "weights": [kernel.astype(np.float32), bias.astype(np.float32)]})


@criterion(
    "build_vae: two halves",
    points=1,
    tests=["build_vae"],
    uses=("keras",),
    timeout_s=12,
    hint="The encoder answers mu and logvar, 2 * latent_dim numbers, and draws nothing: sampling belongs to the training. The decoder "
    "answers logits, without a sigmoid.",
)
def test_g8_architecture(submission, rng):
    for sizes, D, d in (((), 64, 4), ((10, 3), 10, 3)):
        encoder, decoder = build(submission, *sizes)
        x, z = rng.uniform(size=(5, D)).astype(np.float32), rng.normal(size=(200, d)).astype(np.float32)
        out = predict(encoder, x, 2 * d, "output of the encoder")
        again = predict(encoder, x, 2 * d, "output of the encoder")
        check(np.array_equal(out, again), "the encoder answers something else when it is asked again.", "model")
        logits = predict(decoder, 100 * z, D, "output of the decoder")
        check(float(logits.min()) < 0 < 1 < float(logits.max()), "the decoder answers probabilities, expected logits.", "model")
        check(float(np.ptp(out, axis=0).max()) > 0, "the encoder answers the same for different images.", "model")


@criterion(
    "train_vae: what it minimises, and its noise",
    points=2,
    tests=["train_vae"],
    uses=("keras",),
    timeout_s=30,
    hint="Decode z = mu + exp(logvar / 2) * eps with fresh eps in every step, never mu itself; the history has the sum of both terms, per "
    "image. Inside a tf.function NumPy draws once, when the function is traced.",
)
def test_g8_noise(submission, rng):
    # Learning rate 0, a linear decoder, one image over and over: the negative ELBO is an integral, and only the noise varies.
    n, D, d, epochs, seed = 2000, 6, 2, 6, seed_of(rng)
    mu, logvar = np.array([1.2, -0.8]), np.array([-1.2, 4.0])
    W, b = rng.choice([-1.0, 1.0], size=(d, D)) * rng.uniform(1.5, 2.5, size=(d, D)), rng.normal(size=D)
    image = np.array([1.0, 0.0, 1.0, 0.0, 0.5, 0.0])
    X = np.tile(image, (n, 1)).astype(np.float32)
    encoder = dense(submission, D, np.zeros((D, 2 * d)), np.concatenate([mu, logvar]))
    decoder = dense(submission, d, W, b)
    histories = [submission.train_vae(encoder, decoder, X, epochs, 250, 0.0, s) for s in (seed, seed, seed + 1)]
    first, again, other = (assert_array(history, (epochs,), name="history", axes="epochs") for history in histories)

    z = mu + np.exp(logvar / 2) * rng.normal(size=(40_000, d))
    draws = negative_log_likelihood(image, z @ W + b) + float(divergence(mu[None], logvar[None])[0])
    # The mean of 40,000 draws here and of 2,000 in each epoch there: seven standard deviations.
    margin = 7 * float(np.std(draws)) * np.sqrt(1 / n + 1 / len(draws))
    for history in (first, other):
        assert_between(history, float(np.mean(draws)) - margin, float(np.mean(draws)) + margin, name="history (learning rate 0)")
    check(float(np.ptp(first)) > 1e-3, "history: with one image and a learning rate of 0 every epoch has the same number, so the noise does not vary.", "statistics")
    assert_close(again, first, name="history of the same seed", inputs=(X,))
    check(float(np.max(np.abs(other - first))) > 1e-3, "history: another seed gives the same noise.", "statistics")
    assert_steps(submission, image, seed)


def assert_steps(submission, image, seed):
    """Check how many steps an epoch has: a bias whose gradient hardly changes moves by the learning rate in each step of Adam."""
    D, d, size, lr = len(image), 2, 4, 1e-3
    mu, logvar = np.array([0.5, -1.5]), np.array([-1.0, 0.5])
    due = D * np.log(2.0) + float(divergence(mu[None], logvar[None])[0])  # of logits 0; three steps change it by 0.01
    for n, steps in ((2 * size, 2), (2 * size + 1, 3)):
        encoder = dense(submission, D, np.zeros((D, 2 * d)), np.concatenate([mu, logvar]))
        decoder = dense(submission, d, np.zeros((d, D)), np.zeros(D))
        X = np.tile(np.where(image > 0.5, 1.0, 0.0), (n, 1)).astype(np.float32)
        history = assert_array(submission.train_vae(encoder, decoder, X, 1, size, lr, seed), (1,), name="history", axes="epochs")
        assert_between(history, due - 0.05, due + 0.05, name=f"history ({n} images, of which all pixels have logits of 0)")
        bias = predict(decoder, np.zeros((1, d), np.float32), D, "output of the decoder")
        moved = np.abs(bias.astype(float)) / lr
        assert_between(moved, steps - 0.1, steps + 0.1, name=f"steps in an epoch of {n} images, {size} of them in a batch")


def trained(submission, rng, seed):
    """Build and train a model, and return it with the images."""
    X = bars(rng, 512)
    encoder, decoder = build(submission)
    submission.train_vae(encoder, decoder, X, 15, 32, 1e-2, seed)
    return encoder, decoder, X


@criterion(
    "build_vae and train_vae: eight images",
    points=3,
    tests=["build_vae", "train_vae"],
    uses=("keras",),
    timeout_s=60,  # 480 steps that are not compiled took more than 25 s
    hint="The loss is the mean over the batch of sums over pixels and codes, with the divergence at full weight; Adam with the learning "
    "rate that is given reaches about 4.7 nats per image in 15 epochs.",
)
def test_g8_training(submission, rng):
    def negative_elbo(seed):
        encoder, decoder, X = trained(submission, rng, seed)
        mu, logvar = encode(encoder, X, LATENT)
        z = mu + np.exp(logvar / 2) * rng.normal(size=mu.shape)  # drawn here, whatever is done there
        logits = predict(decoder, z.astype(np.float32), 64, "output of the decoder")
        return float(np.mean(negative_log_likelihood(X, logits) + divergence(mu, logvar)))

    # Measured over 25 seeds: mean 4.67, standard deviation 0.20, so that the bar is 9 of these away; without the divergence 150.
    assert_trains(negative_elbo, bar=6.5, seeds=(1, 2), name="negative ELBO", higher_is_better=False)


@criterion(
    "build_vae and train_vae: codes like the prior, images from the prior",
    points=2,
    tests=["build_vae", "train_vae"],
    uses=("keras",),
    timeout_s=40,
    hint="Codes that spend no nats say nothing about their image; codes that spend many lie where nobody draws from: the divergence has a "
    "weight of 1. What is drawn from N(0, 1) should decode to one bright row.",
)
def test_g8_prior(submission, rng):
    decoders = []

    def spent(seed):
        encoder, decoder, X = trained(submission, rng, seed)
        decoders.append(decoder)
        return float(np.mean(divergence(*encode(encoder, X, LATENT))))

    # Measured over 25 seeds: mean 3.95, standard deviation 0.27; without the divergence 150. Bright pixels: 6.75 and 0.24; 32 before any
    # training.
    assert_trains(spent, bar=10, seeds=(3,), name="divergence of the codes from the prior [nats]", higher_is_better=False)
    logits = predict(decoders[0], rng.normal(size=(1000, LATENT)).astype(np.float32), 64, "output of the decoder")
    pixels = 1 / (1 + np.exp(-np.clip(logits.astype(float), -50, 50)))
    assert_between(float(np.mean(pixels.sum(axis=1))), 5, 11, name="bright pixels of an image from the prior, on average")
