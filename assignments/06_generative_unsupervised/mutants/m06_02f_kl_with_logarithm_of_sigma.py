"""M06-2: logvar is taken for the logarithm of the standard deviation.

file: generative.py
loses: g2_example, g2_kl, g2_properties, g2_stable
"""


def gaussian_kl(mu, logvar):
    return 0.5 * np.sum(mu**2 + np.exp(2 * logvar) - 1 - 2 * logvar, axis=1)
