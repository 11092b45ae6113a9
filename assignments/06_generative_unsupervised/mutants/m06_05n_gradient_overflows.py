"""M06-5: the sigmoid of the gradients overflows for large negative logits.

file: generative.py
loses: g3_stable
"""


def gan_grads(logits_real, logits_fake):
    def squash(z):
        return 1 / (1 + np.exp(-z))
    return (squash(logits_real) - 1) / logits_real.size, squash(logits_fake) / logits_fake.size, (squash(logits_fake) - 1) / logits_fake.size
