"""Mistakes: Negative sampling."""

from autograder.rubric import mutant


@mutant("M03-7a", loses=["r4_example", "r4_uniform", "r4_rng", "r4_draws"])
def sample_negatives(positives, users, n_items, rng):
    """items are drawn from all, positives included."""
    return rng.integers(n_items, size=len(users))


@mutant("M03-7b", loses=["r4_example", "r4_uniform", "r4_rng", "r4_draws"])
def sample_negatives(positives, users, n_items, rng):
    """An item that is positive is drawn again, but only once."""
    items = rng.integers(n_items, size=len(users))
    for b, u in enumerate(users):
        if items[b] in positives[u]:
            items[b] = rng.integers(n_items)
    return items


@mutant("M03-7c", loses=["r4_example", "r4_uniform", "r4_rng", "r4_draws"])
def sample_negatives(positives, users, n_items, rng):
    """The b-th example looks into the sets of user b, not of its own user."""
    items = []
    for b in range(len(users)):
        left = sorted(set(range(n_items)) - positives[b % len(positives)])
        items.append(rng.choice(left))
    return np.array(items)


@mutant("M03-18a", loses=["r4_uniform"])
def sample_negatives(positives, users, n_items, rng):
    """Where the item is positive, the next one is taken that is not."""
    items = rng.integers(n_items, size=len(users))
    for b, u in enumerate(users):
        while items[b] in positives[u]:
            items[b] = (items[b] + 1) % n_items
    return items


@mutant("M03-18b", loses=["r4_example", "r4_uniform"])
def sample_negatives(positives, users, n_items, rng):
    """integers(1, n_items) never gives item 0."""
    left = {u: [i for i in range(1, n_items) if i not in positives[u]] or [0] for u in set(users.tolist())}
    return np.array([rng.choice(left[u]) for u in users.tolist()])


@mutant("M03-18c", loses=["r4_example", "r4_uniform"])
def sample_negatives(positives, users, n_items, rng):
    """One item is drawn for each user, and returned for all of its examples."""
    drawn = {u: rng.choice([i for i in range(n_items) if i not in positives[u]]) for u in sorted(set(users.tolist()))}
    return np.array([drawn[u] for u in users.tolist()])


@mutant("M03-18d", loses=["r4_uniform"])
def sample_negatives(positives, users, n_items, rng):
    """The items of a user are shuffled and dealt out, so that none comes twice in a row."""
    decks, items = {}, []
    for u in users.tolist():
        if not decks.get(u):
            decks[u] = rng.permutation([i for i in range(n_items) if i not in positives[u]]).tolist()
        items.append(decks[u].pop())
    return np.array(items)


@mutant("M03-19a", loses=["r4_rng", "r4_draws"])
def sample_negatives(positives, users, n_items, rng):
    """A new generator is made, and rng is not used."""
    own = np.random.default_rng()
    left = {u: [i for i in range(n_items) if i not in positives[u]] for u in set(users.tolist())}
    return np.array([own.choice(left[u]) for u in users.tolist()])


@mutant("M03-19b", loses=["r4_rng", "r4_draws"])
def sample_negatives(positives, users, n_items, rng):
    """A generator with a fixed seed gives the same items in every call."""
    rng = np.random.default_rng(42)
    left = {u: [i for i in range(n_items) if i not in positives[u]] for u in set(users.tolist())}
    return np.array([rng.choice(left[u]) for u in users.tolist()])


@mutant("M03-20a", loses=["r4_draws"])
def sample_negatives(positives, users, n_items, rng):
    """items are drawn until one fits: a thousand times where one of a thousand is left."""
    items = np.empty(len(users), dtype=int)
    for b, u in enumerate(users):
        item = rng.integers(n_items)
        while item in positives[u]:
            item = rng.integers(n_items)
        items[b] = item
    return items


@mutant("M03-20b", loses=["r4_draws"])
def sample_negatives(positives, users, n_items, rng):
    """All that are positive are drawn again together, until none is."""
    items = rng.integers(n_items, size=len(users))
    while True:
        wrong = np.array([i in positives[u] for u, i in zip(users.tolist(), items.tolist())])
        if not wrong.any():
            return items
        items[wrong] = rng.integers(n_items, size=wrong.sum())


@mutant("M03-20c", loses=["r4_draws"])
def sample_negatives(positives, users, n_items, rng):
    """All items are shuffled for every example, and the first negative one is taken."""
    return np.array([next(i for i in rng.permutation(n_items).tolist() if i not in positives[u]) for u in users.tolist()])
