"""M06-2: the divergence is the mean over the dimensions.

file: generative.py
loses: g2_example, g2_kl, g2_properties, g2_stable
"""


def gaussian_kl(mu, logvar):
    return 0.5 * np.mean(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)
