"""M06-5: the least-squares generator wants its fakes to score 0.

file: generative.py
loses: g3_example_ls, g3_ls
"""


def ls_generator_loss(scores_fake):
    return float(0.5 * np.mean(scores_fake**2))
