"""M06-2: logits are taken for probabilities, and clipped.

file: generative.py
loses: g2_example, g2_nll, g2_properties, g2_stable
"""


def bernoulli_nll(x, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)
