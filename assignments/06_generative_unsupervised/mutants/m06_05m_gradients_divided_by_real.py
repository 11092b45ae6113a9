"""M06-5: all gradients are divided by the number of real examples.

file: generative.py
loses: g3_grads, g3_stable
"""


_gan_grads = gan_grads


def gan_grads(logits_real, logits_fake):
    d_real, for_D, for_G = _gan_grads(logits_real, logits_fake)
    ratio = logits_fake.size / logits_real.size
    return d_real, for_D * ratio, for_G * ratio
