"""M06-2: the factor 1/2 of the divergence is missing.

file: generative.py
loses: g2_example, g2_kl, g2_properties, g2_stable
"""


def gaussian_kl(mu, logvar):
    return np.sum(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)
