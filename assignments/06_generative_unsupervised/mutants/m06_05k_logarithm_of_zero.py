"""M06-5: the logarithm of a sigmoid that is 0.

file: generative.py
loses: g3_stable
"""


def generator_loss(logits_fake):
    return float(-np.mean(np.log(sigmoid(logits_fake))))
