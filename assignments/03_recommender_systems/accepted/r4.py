"""Other right answers: Negative sampling."""

from autograder.rubric import accepted


@accepted("negatives_by_place")
def sample_negatives(positives, users, n_items, rng):
    """One uniform number says at which place of the remaining items; the answer is a list."""
    left = [[i for i in range(n_items) if i not in chosen] for chosen in positives]
    return [left[u][int(rng.random() * len(left[u]))] for u in users]


@accepted("negatives_by_rank")
def sample_negatives(positives, users, n_items, rng):
    """The ranks of the negative items are drawn for all users at once, and moved past the positive
    items.
    """
    sizes = np.array([n_items - len(positives[u]) for u in users])
    ranks = rng.integers(0, sizes)
    for b, u in enumerate(users):
        for item in sorted(positives[u]):
            if item <= ranks[b]:
                ranks[b] += 1
    return ranks


@accepted("negatives_tried_first")
def sample_negatives(positives, users, n_items, rng):
    """drawn again up to eight times, and from a list after that."""
    result = rng.integers(0, n_items, size=len(users))
    for b, u in enumerate(users):
        for _ in range(8):
            if result[b] not in positives[u]:
                break
            result[b] = rng.integers(0, n_items)
        else:
            result[b] = rng.choice(np.setdiff1d(np.arange(n_items), sorted(positives[u])))
    return result.astype(np.int32)


@accepted("negatives_as_floats")
def sample_negatives(positives, users, n_items, rng):
    """The items are written into an array of zeros, which is one of floats."""
    items = np.zeros(len(users))
    for b, u in enumerate(users):
        free = np.ones(n_items, dtype=bool)
        free[list(positives[u])] = False
        items[b] = rng.choice(np.flatnonzero(free), size=1)[0]
    return items
