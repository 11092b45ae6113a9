"""M06-5: one mean over real and fake examples together.

file: generative.py
loses: g3_example, g3_gan, g3_stable
"""


def discriminator_loss(logits_real, logits_fake):
    return 2 * float(np.mean(np.logaddexp(0, np.concatenate([-logits_real, logits_fake]))))
