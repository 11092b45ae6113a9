"""M03-7a: items are drawn from all, positives included.

file: recsys.py
loses: r4_example, r4_uniform, r4_rng, r4_draws
"""


def sample_negatives(positives, users, n_items, rng):
    return rng.integers(n_items, size=len(users))
