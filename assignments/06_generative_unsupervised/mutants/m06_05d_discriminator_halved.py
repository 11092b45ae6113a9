"""M06-5: the discriminator's loss is the mean of the two means.

file: generative.py
loses: g3_example, g3_gan, g3_stable
"""


def discriminator_loss(logits_real, logits_fake):
    return float(np.mean(np.logaddexp(0, -logits_real)) + np.mean(np.logaddexp(0, logits_fake))) / 2
