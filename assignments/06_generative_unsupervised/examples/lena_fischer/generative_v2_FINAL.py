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


def reparameterize(mu, logvar, eps):
    return mu + np.exp(logvar / 2) * eps


def gaussian_kl(mu, logvar):
    return 0.5 * np.sum(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)


def bernoulli_nll(x, logits):
    return np.sum(np.logaddexp(0, logits) - x * logits, axis=1)


def elbo(x, mu, logvar, logits, beta=1.0):
    bound = -bernoulli_nll(x, logits) - beta * gaussian_kl(mu, logvar)
    grads = {
        "mu": -beta * mu / len(x),
        "logvar": -beta * 0.5 * (np.exp(logvar) - 1) / len(x),
        "logits": (x - sigmoid(logits)) / len(x),
    }
    return bound, grads


def discriminator_loss(logits_real, logits_fake):
    return float(np.mean(np.logaddexp(0, -logits_real)) + np.mean(np.logaddexp(0, logits_fake)))


def generator_loss(logits_fake):
    return float(np.mean(np.logaddexp(0, -logits_fake)))


def ls_discriminator_loss(scores_real, scores_fake):
    return float(0.5 * np.mean((scores_real - 1) ** 2) + 0.5 * np.mean(scores_fake**2))


def ls_generator_loss(scores_fake):
    return float(0.5 * np.mean((scores_fake - 1) ** 2))


def gan_grads(logits_real, logits_fake):
    d_real = -sigmoid(-logits_real) / logits_real.size
    d_fake_for_D = sigmoid(logits_fake) / logits_fake.size
    d_fake_for_G = -sigmoid(-logits_fake) / logits_fake.size
    return d_real, d_fake_for_D, d_fake_for_G


def make_schedule(T, beta_start=1e-4, beta_end=0.05):
    betas = np.linspace(beta_start, beta_end, T)
    alphas = 1 - betas
    return {"betas": betas, "alphas": alphas, "alphas_cumprod": np.cumprod(alphas)}


def q_sample(x0, t, noise, sched):
    kept = sched["alphas_cumprod"][t][:, None]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


def predict_start_from_noise(x_t, t, noise, sched):
    kept = sched["alphas_cumprod"][t][:, None]
    return (x_t - np.sqrt(1 - kept) * noise) / np.sqrt(kept)


def predict_noise_from_start(x_t, t, x0, sched):
    kept = sched["alphas_cumprod"][t][:, None]
    return (x_t - np.sqrt(kept) * x0) / np.sqrt(1 - kept)


def q_posterior(x0, x_t, t, sched):
    kept = sched["alphas_cumprod"][t][:, None]
    beta, alpha = sched["betas"][t][:, None], sched["alphas"][t][:, None]
    kept_before = np.where(t > 0, sched["alphas_cumprod"][t - 1], 1.0)[:, None]
    mean = (np.sqrt(kept_before) * beta * x0 + np.sqrt(alpha) * (1 - kept_before) * x_t) / (1 - kept)
    std = np.sqrt(beta * (1 - kept_before) / (1 - kept))
    return mean, std


def p_sample(x_t, t, eps_model, sched, rng):
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    if t == 0:
        return mean
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape)


def sample(eps_model, shape, sched, rng):
    x = rng.standard_normal(shape)
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x


def nt_xent(z1, z2, tau=0.5):
    z = np.concatenate([z1, z2])
    anchors, n = np.arange(len(z)), len(z1)
    partners = (anchors + n) % len(z)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    u = z / norms
    s = u @ u.T / tau
    np.fill_diagonal(s, -np.inf)
    s -= s.max(axis=1, keepdims=True)
    p = np.exp(s)
    total = p.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) - s[anchors, partners]))

    ds = p / total
    ds[anchors, partners] -= 1
    ds /= len(z)
    du = (ds + ds.T) @ u / tau
    dz = (du - u * np.sum(u * du, axis=1, keepdims=True)) / norms
    return loss, dz[:n], dz[n:]


def cycle_loss(x, y, G, F, lam=10.0):
    return float(lam * (np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))))


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf
    norms = np.linalg.norm(critic_grad_fn(x_hat), axis=1)
    return float(np.mean((norms - 1) ** 2))


def build_vae(input_dim=64, latent_dim=4):
    import keras

    layers = keras.layers
    encoder = keras.Sequential([keras.Input((input_dim,)), layers.Dense(64, "relu"), layers.Dense(2 * latent_dim)])
    decoder = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(64, "relu"), layers.Dense(input_dim)])
    return encoder, decoder


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(lr)
    weights = encoder.trainable_variables + decoder.trainable_variables

    @tf.function(reduce_retracing=True)
    def step(x, eps):
        with tf.GradientTape() as tape:
            mu, logvar = tf.split(encoder(x), 2, axis=1)
            logits = decoder(mu + tf.exp(logvar / 2) * eps)
            nll = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)
            kl = 0.5 * tf.reduce_sum(mu**2 + tf.exp(logvar) - 1 - logvar, axis=1)
            loss = tf.reduce_mean(nll + kl)
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    rng, history = np.random.default_rng(seed), []
    latent_dim = decoder.input_shape[1]
    for _ in range(epochs):
        total, order = 0.0, rng.permutation(len(X))
        for batch in np.split(order, range(batch_size, len(X), batch_size)):
            eps = rng.standard_normal((len(batch), latent_dim), dtype=np.float32)
            total += len(batch) * float(step(X[batch], eps))
        history.append(total / len(X))
    return history
