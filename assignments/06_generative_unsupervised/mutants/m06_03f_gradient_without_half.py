"""M06-3: the gradient of logvar lacks its factor 1/2.

file: generative.py
loses: g2_example, g2_grads, g2_stable
"""


_elbo = elbo


def elbo(x, mu, logvar, logits, beta=1.0):
    bound, grads = _elbo(x, mu, logvar, logits, beta)
    return bound, grads | {"logvar": 2 * grads["logvar"]}
