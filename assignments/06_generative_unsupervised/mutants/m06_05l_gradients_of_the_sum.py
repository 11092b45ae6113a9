"""M06-5: the gradients are not divided by the number of examples.

file: generative.py
loses: g3_example, g3_grads, g3_stable
"""


_gan_grads = gan_grads


def gan_grads(logits_real, logits_fake):
    d_real, for_D, for_G = _gan_grads(logits_real, logits_fake)
    return d_real * logits_real.size, for_D * logits_fake.size, for_G * logits_fake.size
