"""M06-2: the divergence is one number, the mean over the batch.

file: generative.py
loses: g2_example, g2_kl, g2_properties, g2_stable
"""


def gaussian_kl(mu, logvar):
    return np.mean(0.5 * np.sum(mu**2 + np.exp(logvar) - 1 - logvar, axis=1))
