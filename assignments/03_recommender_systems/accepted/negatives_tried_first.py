"""Accepted: drawn again up to eight times, and from a list after that.

file: recsys.py
loses:
"""


def sample_negatives(positives, users, n_items, rng):
    result = rng.integers(0, n_items, size=len(users))
    for b, u in enumerate(users):
        for _ in range(8):
            if result[b] not in positives[u]:
                break
            result[b] = rng.integers(0, n_items)
        else:
            result[b] = rng.choice(np.setdiff1d(np.arange(n_items), sorted(positives[u])))
    return result.astype(np.int32)
