"""M03-18c: one item is drawn for each user, and returned for all of its examples.

file: recsys.py
loses: r4_example, r4_uniform
"""


def sample_negatives(positives, users, n_items, rng):
    drawn = {u: rng.choice([i for i in range(n_items) if i not in positives[u]]) for u in sorted(set(users.tolist()))}
    return np.array([drawn[u] for u in users.tolist()])
