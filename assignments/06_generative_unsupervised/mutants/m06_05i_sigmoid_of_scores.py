"""M06-5: scores are put through a sigmoid.

file: generative.py
loses: g3_example_ls, g3_ls
"""


def ls_generator_loss(scores_fake):
    return float(0.5 * np.mean((sigmoid(scores_fake) - 1) ** 2))
