# Chen Wei
import math
import random

import numpy as np


def sigmoid(logits):
    decay = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1 / (1 + decay), decay / (1 + decay))


def pca(X, k):
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return Vt[:k], s[:k] ** 2 / (len(X) - 1), mean


def reconstruct(X, components, mean):
    codes = (X - mean) @ components.T
    return mean + codes @ components


def make_schedule(T, beta_start=1e-4, beta_end=0.05):
    betas = np.array([beta_start + (beta_end - beta_start) * i / max(T - 1, 1) for i in range(T)])
    alphas = 1.0 - betas
    bars = np.exp(np.cumsum(np.log(alphas)))
    return dict(betas=betas, alphas=alphas, alphas_cumprod=bars, sqrt_alphas_cumprod=np.sqrt(bars), T=T)


def extract(a, t, x_shape):
    out = np.take(a, np.asarray(t).astype(np.int32))
    return out.reshape(-1, *((1,) * (len(x_shape) - 1)))


def q_sample(x0, t, noise, sched):
    a = extract(sched["alphas_cumprod"], t, x0.shape)
    return a**0.5 * x0 + (1 - a) ** 0.5 * noise


def predict_start_from_noise(x_t, t, noise, sched):
    a = extract(sched["alphas_cumprod"], t, x_t.shape)
    return np.sqrt(1 / a) * x_t - np.sqrt(1 / a - 1) * noise


def predict_noise_from_start(x_t, t, x0, sched):
    a = extract(sched["alphas_cumprod"], t, x_t.shape)
    return (np.sqrt(1 / a) * x_t - x0) / np.sqrt(1 / a - 1)


def q_posterior(x0, x_t, t, sched):
    previous = np.append(1.0, sched["alphas_cumprod"][:-1])
    a, b, before = (extract(c, t, x0.shape) for c in (sched["alphas_cumprod"], sched["betas"], previous))
    mean = b * np.sqrt(before) / (1 - a) * x0 + (1 - before) * np.sqrt(1 - b) / (1 - a) * x_t
    return mean, np.sqrt(b * (1 - before) / (1 - a))


def p_sample(x_t, t, eps_model, sched, rng):
    a, bar = sched["alphas"][t], sched["alphas_cumprod"][t]
    eps = eps_model(x_t, np.full((x_t.shape[0],), t))
    mean = (x_t - (1 - a) / np.sqrt(1 - bar) * eps) / np.sqrt(a)
    if t > 0:
        mean = mean + rng.normal(0.0, np.sqrt(1 - a), x_t.shape)
    return mean


def sample(eps_model, shape, sched, rng):
    x = rng.normal(size=shape)
    T = len(sched["alphas"])
    for i in range(T):
        t = T - 1 - i
        a, bar = sched["alphas"][t], sched["alphas_cumprod"][t]
        z = rng.normal(loc=0, scale=1, size=shape) if t else np.zeros(shape)
        x = (x - (1 - a) / np.sqrt(1 - bar) * eps_model(x, t * np.ones(shape[0], dtype=int))) / np.sqrt(a) + np.sqrt(1 - a) * z
    return x


def nt_xent(z1, z2, tau=0.5):
    z = np.vstack((z1, z2))
    n, m = z1.shape[0], 2 * z1.shape[0]
    length = np.sqrt((z**2).sum(1))
    u = z / length[:, None]
    loss, du = 0.0, np.zeros_like(z)
    for i in range(m):
        others = [j for j in range(m) if j != i]
        k = (i + n) % m
        s = np.array([u[i] @ u[j] for j in others]) / tau
        s = s - s.max()
        p = np.exp(s) / np.exp(s).sum()
        place = others.index(k)
        loss -= s[place] - np.log(np.exp(s).sum())
        for j, weight in zip(others, p):
            g = (weight - (j == k)) / tau / m
            du[i] += g * u[j]
            du[j] += g * u[i]
    dz = np.array([(np.eye(z.shape[1]) - np.outer(a, a)) @ b / c for a, b, c in zip(u, du, length)])
    return np.float64(loss / m), dz[:n], dz[n:]


def cycle_loss(x, y, G, F, lam=10.0):
    return float(lam * (np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))))


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf
    norms = np.linalg.norm(critic_grad_fn(x_hat), axis=1)
    return float(np.mean((norms - 1) ** 2))


def build_vae(input_dim=64, latent_dim=4):
    import keras

    x = keras.Input(shape=(input_dim,), name="image")
    h = keras.layers.Dense(96, activation="tanh")(x)
    mu, logvar = keras.layers.Dense(latent_dim, name="mu")(h), keras.layers.Dense(latent_dim, name="logvar")(h)
    encoder = keras.Model(x, keras.layers.Concatenate()([mu, logvar]))
    z = keras.Input(shape=(latent_dim,))
    decoder = keras.Model(z, keras.layers.Dense(input_dim)(keras.layers.Dense(96, activation="tanh")(z)))
    return encoder, decoder


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    optimizer = keras.optimizers.Adam(learning_rate=lr)
    params = encoder.trainable_weights + decoder.trainable_weights
    data = tf.data.Dataset.from_tensor_slices(X).shuffle(len(X), seed=seed).batch(batch_size)
    history = []
    for epoch in range(epochs):
        losses = []
        for x in data:
            with tf.GradientTape() as tape:
                h = encoder(x, training=True)
                d = h.shape[1] // 2
                mu, logvar = h[:, :d], h[:, d:]
                z = mu + tf.exp(0.5 * logvar) * tf.random.normal(tf.shape(mu))
                l = decoder(z, training=True)
                nll = tf.reduce_sum(tf.nn.softplus(l) - x * l, -1)
                kl = -0.5 * tf.reduce_sum(1 + logvar - tf.square(mu) - tf.exp(logvar), -1)
                loss = tf.reduce_mean(nll + kl)
            optimizer.apply(tape.gradient(loss, params), params)
            losses.append(loss.numpy())
        history.append(np.mean(losses))
        print("epoch", epoch, "loss", history[-1])
    return history


def _softplus(l):
    return np.maximum(l, 0) + np.log1p(np.exp(-np.abs(l)))


def reparameterize(mu, logvar, eps):
    std = np.sqrt(np.exp(logvar))
    print("std", std.shape)
    return std * eps + mu


def gaussian_kl(mu, logvar):
    return -0.5 * (1 + logvar - mu * mu - np.exp(logvar)).sum(-1)


def bernoulli_nll(x, logits):
    return (x * _softplus(-logits) + (1 - x) * _softplus(logits)).sum(axis=-1)


def elbo(x, mu, logvar, logits, beta=1.0):
    N = x.shape[0]
    nll = np.sum(np.maximum(logits, 0) - logits * x + np.log1p(np.exp(-np.abs(logits))), axis=1)
    kl = np.sum(0.5 * (mu**2 + np.exp(logvar) - logvar - 1), axis=1)
    grads = {}
    grads["logits"] = -(sigmoid(logits) - x) / N
    grads["mu"] = -mu * beta / N
    grads["logvar"] = beta * (1 - np.exp(logvar)) / (2 * N)
    return -(nll + beta * kl), grads


def bce_loss(logits, target):
    neg_abs = -np.abs(logits)
    return (np.clip(logits, 0, None) - logits * target + np.log(1 + np.exp(neg_abs))).mean()


def discriminator_loss(logits_real, logits_fake):
    return bce_loss(logits_real, np.ones_like(logits_real)) + bce_loss(logits_fake, np.zeros_like(logits_fake))


def generator_loss(logits_fake):
    return np.asarray(bce_loss(logits_fake, np.ones_like(logits_fake)))


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * (((scores_real - 1) ** 2).mean() + (scores_fake**2).mean())


def ls_generator_loss(scores_fake):
    return np.mean(np.square(scores_fake - 1)) * 0.5


def gan_grads(logits_real, logits_fake):
    real, fake = sigmoid(logits_real), sigmoid(logits_fake)
    return [(real - 1) / len(logits_real), fake / len(logits_fake), (fake - 1) / len(logits_fake)]
