"""Accepted: the standard deviation first, the logarithm by log1p, everything of elbo in one function.

file: generative.py
loses:
"""


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
