"""M06-5: the generator's gradient is that of the saturating loss.

file: generative.py
loses: g3_example, g3_grads, g3_gradient, g3_stable
"""


_gan_grads = gan_grads


def gan_grads(logits_real, logits_fake):
    d_real, for_D, _ = _gan_grads(logits_real, logits_fake)
    return d_real, for_D, -for_D
