"""M03-7c: the b-th example looks into the sets of user b, not of its own user.

file: recsys.py
loses: r4_example, r4_uniform, r4_rng, r4_draws
"""


def sample_negatives(positives, users, n_items, rng):
    items = []
    for b in range(len(users)):
        left = sorted(set(range(n_items)) - positives[b % len(positives)])
        items.append(rng.choice(left))
    return np.array(items)
