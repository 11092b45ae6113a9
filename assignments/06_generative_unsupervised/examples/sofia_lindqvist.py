# Sofia Lindqvist. Sorry, I was ill this week, G5 to G8 are missing.
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

    raise NotImplementedError("q_posterior: not written yet")


def p_sample(x_t, t, eps_model, sched, rng):

    raise NotImplementedError("p_sample: not written yet")


def sample(eps_model, shape, sched, rng):

    raise NotImplementedError("sample: not written yet")


def nt_xent(z1, z2, tau=0.5):

    raise NotImplementedError("nt_xent: not written yet")


def cycle_loss(x, y, G, F, lam=10.0):

    raise NotImplementedError("cycle_loss: not written yet")


def gradient_penalty(critic_grad_fn, xr, xf, eps):

    raise NotImplementedError("gradient_penalty: not written yet")


def build_vae(input_dim=64, latent_dim=4):

    raise NotImplementedError("build_vae: not written yet")


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):

    raise NotImplementedError("train_vae: not written yet")
