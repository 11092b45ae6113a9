"""M03-20b: all that are positive are drawn again together, until none is.

file: recsys.py
loses: r4_draws
"""


def sample_negatives(positives, users, n_items, rng):
    items = rng.integers(n_items, size=len(users))
    while True:
        wrong = np.array([i in positives[u] for u, i in zip(users.tolist(), items.tolist())])
        if not wrong.any():
            return items
        items[wrong] = rng.integers(n_items, size=wrong.sum())
