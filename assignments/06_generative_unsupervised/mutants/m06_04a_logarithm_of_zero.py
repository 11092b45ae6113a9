"""M06-4: cross-entropy of probabilities: log(0) for large logits.

file: generative.py
loses: g2_stable
"""


def bernoulli_nll(x, logits):
    p = sigmoid(logits)
    return -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)
