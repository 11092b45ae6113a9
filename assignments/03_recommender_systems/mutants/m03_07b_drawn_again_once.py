"""M03-7b: an item that is positive is drawn again, but only once.

file: recsys.py
loses: r4_example, r4_uniform, r4_rng, r4_draws
"""


def sample_negatives(positives, users, n_items, rng):
    items = rng.integers(n_items, size=len(users))
    for b, u in enumerate(users):
        if items[b] in positives[u]:
            items[b] = rng.integers(n_items)
    return items
