"""M06-2: the sign of the divergence is wrong.

file: generative.py
loses: g2_example, g2_kl, g2_properties, g2_stable
"""


def gaussian_kl(mu, logvar):
    return 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar), axis=1)
