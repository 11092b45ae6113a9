"""M03-18d: the items of a user are shuffled and dealt out, so that none comes twice in a row.

file: recsys.py
loses: r4_uniform
"""


def sample_negatives(positives, users, n_items, rng):
    decks, items = {}, []
    for u in users.tolist():
        if not decks.get(u):
            decks[u] = rng.permutation([i for i in range(n_items) if i not in positives[u]]).tolist()
        items.append(decks[u].pop())
    return np.array(items)
