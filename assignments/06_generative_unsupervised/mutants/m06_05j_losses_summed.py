"""M06-5: the generator's loss is a sum.

file: generative.py
loses: g3_example, g3_gan, g3_stable
"""


def generator_loss(logits_fake):
    return float(np.sum(np.logaddexp(0, -logits_fake)))
