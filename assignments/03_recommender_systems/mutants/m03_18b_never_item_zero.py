"""M03-18b: integers(1, n_items) never gives item 0.

file: recsys.py
loses: r4_example, r4_uniform
"""


def sample_negatives(positives, users, n_items, rng):
    left = {u: [i for i in range(1, n_items) if i not in positives[u]] or [0] for u in set(users.tolist())}
    return np.array([rng.choice(left[u]) for u in users.tolist()])
