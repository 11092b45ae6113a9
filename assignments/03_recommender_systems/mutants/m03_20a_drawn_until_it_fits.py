"""M03-20a: items are drawn until one fits: a thousand times where one of a thousand is left.

file: recsys.py
loses: r4_draws
"""


def sample_negatives(positives, users, n_items, rng):
    items = np.empty(len(users), dtype=int)
    for b, u in enumerate(users):
        item = rng.integers(n_items)
        while item in positives[u]:
            item = rng.integers(n_items)
        items[b] = item
    return items
