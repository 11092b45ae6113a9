"""M06-4: log(1 + exp(l)) as it stands overflows.

file: generative.py
loses: g2_stable
"""


def bernoulli_nll(x, logits):
    return np.sum(np.log(1 + np.exp(logits)) - x * logits, axis=1)
