"""M06-5: least squares with the labels swapped.

file: generative.py
loses: g3_example_ls, g3_ls
"""


def ls_discriminator_loss(scores_real, scores_fake):
    return float(0.5 * np.mean(scores_real**2) + 0.5 * np.mean((scores_fake - 1) ** 2))
