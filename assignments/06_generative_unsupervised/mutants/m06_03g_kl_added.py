"""M06-3: the divergence is added to the bound.

file: generative.py
loses: g2_example, g2_elbo, g2_grads, g2_stable
"""


def elbo(x, mu, logvar, logits, beta=1.0):
    N = len(x)
    bound = -bernoulli_nll(x, logits) + beta * gaussian_kl(mu, logvar)
    return bound, {"mu": beta * mu / N, "logvar": beta * 0.5 * (np.exp(logvar) - 1) / N, "logits": (x - sigmoid(logits)) / N}
