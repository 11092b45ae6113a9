"""M06-4: the variance is computed, and its logarithm taken.

file: generative.py
loses: g2_stable
"""


def gaussian_kl(mu, logvar):
    variance = np.exp(logvar)
    return 0.5 * np.sum(mu**2 + variance - 1 - np.log(variance), axis=1)
