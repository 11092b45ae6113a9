"""M03-18a: where the item is positive, the next one is taken that is not.

file: recsys.py
loses: r4_uniform
"""


def sample_negatives(positives, users, n_items, rng):
    items = rng.integers(n_items, size=len(users))
    for b, u in enumerate(users):
        while items[b] in positives[u]:
            items[b] = (items[b] + 1) % n_items
    return items
