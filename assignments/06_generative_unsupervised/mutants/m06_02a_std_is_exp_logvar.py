"""M06-2: the standard deviation is exp(logvar): the factor 1/2 is lost.

file: generative.py
loses: g2_example_draw, g2_reparameterize
"""


def reparameterize(mu, logvar, eps):
    return mu + np.exp(logvar) * eps
