"""M06-3: elbo forgets beta in the value.

file: generative.py
loses: g2_elbo
"""


_elbo = elbo


def elbo(x, mu, logvar, logits, beta=1.0):
    return -bernoulli_nll(x, logits) - gaussian_kl(mu, logvar), _elbo(x, mu, logvar, logits, beta)[1]
