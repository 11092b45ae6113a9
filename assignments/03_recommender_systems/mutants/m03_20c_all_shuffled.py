"""M03-20c: all items are shuffled for every example, and the first negative one is taken.

file: recsys.py
loses: r4_draws
"""


def sample_negatives(positives, users, n_items, rng):
    return np.array([next(i for i in rng.permutation(n_items).tolist() if i not in positives[u]) for u in users.tolist()])
