"""M06-3: elbo averages the divergence over the dimensions and sums the likelihood over the pixels.

file: generative.py
loses: g2_example, g2_elbo, g2_grads, g2_stable
"""


def elbo(x, mu, logvar, logits, beta=1.0):
    N, d = mu.shape
    kl = 0.5 * np.mean(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)
    bound = -bernoulli_nll(x, logits) - beta * kl
    grads = {"mu": -beta * mu / N / d, "logvar": -beta * 0.5 * (np.exp(logvar) - 1) / N / d, "logits": (x - sigmoid(logits)) / N}
    return bound, grads
