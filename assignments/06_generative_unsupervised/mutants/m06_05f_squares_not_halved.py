"""M06-5: the discriminator's squares are not halved.

file: generative.py
loses: g3_example_ls, g3_ls
"""


def ls_discriminator_loss(scores_real, scores_fake):
    return float(np.mean((scores_real - 1) ** 2) + np.mean(scores_fake**2))
