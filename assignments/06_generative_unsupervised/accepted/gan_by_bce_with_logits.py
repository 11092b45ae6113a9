"""Accepted: GAN losses by a cross-entropy with labels, as in CS231n, and NumPy scalars.

file: generative.py
loses:
"""


def bce_loss(logits, target):
    neg_abs = -np.abs(logits)
    return (np.clip(logits, 0, None) - logits * target + np.log(1 + np.exp(neg_abs))).mean()


def discriminator_loss(logits_real, logits_fake):
    return bce_loss(logits_real, np.ones_like(logits_real)) + bce_loss(logits_fake, np.zeros_like(logits_fake))


def generator_loss(logits_fake):
    return np.asarray(bce_loss(logits_fake, np.ones_like(logits_fake)))


def ls_discriminator_loss(scores_real, scores_fake):
    return 0.5 * (((scores_real - 1) ** 2).mean() + (scores_fake**2).mean())


def ls_generator_loss(scores_fake):
    return np.mean(np.square(scores_fake - 1)) * 0.5


def gan_grads(logits_real, logits_fake):
    real, fake = sigmoid(logits_real), sigmoid(logits_fake)
    return [(real - 1) / len(logits_real), fake / len(logits_fake), (fake - 1) / len(logits_fake)]
