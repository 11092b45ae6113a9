"""M06-2: mu and noise change places.

file: generative.py
loses: g2_example_draw, g2_reparameterize
"""


def reparameterize(mu, logvar, eps):
    return eps + np.exp(logvar / 2) * mu
