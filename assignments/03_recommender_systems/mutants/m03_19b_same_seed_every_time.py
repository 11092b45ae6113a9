"""M03-19b: a generator with a fixed seed gives the same items in every call.

file: recsys.py
loses: r4_rng, r4_draws
"""


def sample_negatives(positives, users, n_items, rng):
    rng = np.random.default_rng(42)
    left = {u: [i for i in range(n_items) if i not in positives[u]] for u in set(users.tolist())}
    return np.array([rng.choice(left[u]) for u in users.tolist()])
