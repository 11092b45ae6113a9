"""M06-3: elbo returns the loss, the negative of the bound, with its gradients.

file: generative.py
loses: g2_example, g2_elbo, g2_grads, g2_stable
"""


_elbo = elbo


def elbo(x, mu, logvar, logits, beta=1.0):
    bound, grads = _elbo(x, mu, logvar, logits, beta)
    return -bound, {key: -grad for key, grad in grads.items()}
