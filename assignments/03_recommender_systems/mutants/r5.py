"""Mistakes: Ranking metrics."""

from autograder.rubric import mutant


@mutant("M03-8a", loses=["r5_example_ndcg", "r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """The ideal gain has k terms, however few items the user wanted."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r + 1) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 1) for r in range(1, k + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-8b", loses=["r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """The ideal gain has |test| terms, however few are recommended."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r + 1) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 1) for r in range(1, len(wanted) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-8c", loses=["r5_example_ndcg", "r5_ndcg", "r5_ndcg_properties"])
def ndcg_at_k(scores, test, k, exclude=None):
    """log2(rank) divides by zero at rank 1."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r) for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-8d", loses=["r5_example_ndcg", "r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """ranks are counted from 1 and 2 is added, as for ranks from 0."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r + 2) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 2) for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-8e", loses=["r5_example_recall", "r5_recall"])
def recall_at_k(scores, test, k, exclude=None):
    """recall_at_k ignores exclude."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if False:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        values.append(sum(i in wanted for i in top) / len(wanted))
    return np.mean(values)


@mutant("M03-8f", loses=["r5_example_ndcg", "r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """ndcg_at_k ignores exclude."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if False:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r + 1) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 1) for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-8g", loses=["r5_recall"])
def recall_at_k(scores, test, k, exclude=None):
    """excluded items get a score of 0, which is high where all scores are negative."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = 0
        top = np.argsort(own)[::-1][:k]
        values.append(sum(i in wanted for i in top) / len(wanted))
    return np.mean(values)


@mutant("M03-8h", loses=["r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """excluded items get a score of 0 in ndcg_at_k."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = 0
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r + 1) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 1) for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-8i", loses=["r5_example_auc", "r5_auc"])
def roc_auc(y_true, y_score):
    """A tie counts as a win."""
    positive, negative = y_score[y_true == 1], y_score[y_true == 0]
    wins = positive[:, None] - negative
    return np.mean(wins >= 0)


@mutant("M03-8j", loses=["r5_example_auc", "r5_auc"])
def roc_auc(y_true, y_score):
    """A tie counts as a defeat."""
    positive, negative = y_score[y_true == 1], y_score[y_true == 0]
    wins = positive[:, None] - negative
    return np.mean(wins > 0)


@mutant("M03-21a", loses=["r5_example_recall", "r5_recall"])
def recall_at_k(scores, test, k, exclude=None):
    """hits are divided by k: that is precision."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        values.append(sum(i in wanted for i in top) / k)
    return np.mean(values)


@mutant("M03-21b", loses=["r5_recall"])
def recall_at_k(scores, test, k, exclude=None):
    """hits are divided by min(k, |test|)."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        values.append(sum(i in wanted for i in top) / min(k, len(wanted)))
    return np.mean(values)


@mutant("M03-21c", loses=["r5_example_recall", "r5_recall"])
def recall_at_k(scores, test, k, exclude=None):
    """users who want nothing count 0 in the mean."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            values.append(0.0)
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        values.append(sum(i in wanted for i in top) / len(wanted))
    return np.mean(values)


@mutant("M03-21d", loses=["r5_example_ndcg", "r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """users who want nothing count 0 in the mean of ndcg_at_k."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            values.append(0.0)
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r + 1) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 1) for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-21e", loses=["r5_example_recall", "r5_recall"])
def recall_at_k(scores, test, k, exclude=None):
    """hits and test items are summed over all users before they are divided."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        values.append((sum(i in wanted for i in top), len(wanted)))
    hits, items = np.sum(values, axis=0)
    return hits / items


@mutant("M03-21f", loses=["r5_example_recall", "r5_recall", "r5_recall_properties"])
def recall_at_k(scores, test, k, exclude=None):
    """The lowest scores are recommended."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[:k]
        values.append(sum(i in wanted for i in top) / len(wanted))
    return np.mean(values)


@mutant("M03-21g", loses=["r5_example_recall", "r5_recall"])
def recall_at_k(scores, test, k, exclude=None):
    """A user counts 1 if there is any hit."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        values.append(float(any(i in wanted for i in top)))
    return np.mean(values)


@mutant("M03-21h", loses=["r5_recall_properties"])
def recall_at_k(scores, test, k, exclude=None):
    """The scores of excluded items are overwritten in the caller's array."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u]
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        values.append(sum(i in wanted for i in top) / len(wanted))
    return np.mean(values)


@mutant("M03-21i", loses=["r5_ndcg_properties"])
def ndcg_at_k(scores, test, k, exclude=None):
    """ndcg_at_k overwrites the scores of excluded items in the caller's array."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u]
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r + 1) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 1) for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-22a", loses=["r5_example_ndcg", "r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """np.argpartition finds the best k, but in no order."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.sort(np.argpartition(-own, min(k, len(own)) - 1)[:k])[::-1]
        gain = sum(1 / np.log2(r + 1) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 1) for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-22b", loses=["r5_example_ndcg", "r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """The discount is 1 / rank."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / r for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / r for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain / ideal)
    return np.mean(values)


@mutant("M03-22c", loses=["r5_ndcg"])
def ndcg_at_k(scores, test, k, exclude=None):
    """The gain is not divided by the ideal one."""
    values = []
    for u, wanted in enumerate(test):
        if not wanted:
            continue
        own = scores[u].copy()
        if exclude is not None:
            own[list(exclude[u])] = -np.inf
        top = np.argsort(own)[::-1][:k]
        gain = sum(1 / np.log2(r + 1) for r, i in enumerate(top, start=1) if i in wanted)
        ideal = sum(1 / np.log2(r + 1) for r in range(1, min(k, len(wanted)) + 1))
        values.append(gain)
    return np.mean(values)


@mutant("M03-23a", loses=["r5_example_auc", "r5_auc", "r5_properties"])
def roc_auc(y_true, y_score):
    """The negative examples win."""
    positive, negative = y_score[y_true == 1], y_score[y_true == 0]
    wins = negative[:, None] - positive
    return np.mean((wins > 0) + 0.5 * (wins == 0))


@mutant("M03-23b", loses=["r5_example_auc", "r5_auc"])
def roc_auc(y_true, y_score):
    """ranks by argsort: equal scores are ranked by their place."""
    ranks = np.empty(len(y_score))
    ranks[np.argsort(y_score, kind="stable")] = np.arange(1, len(y_score) + 1)
    n = np.sum(y_true == 1)
    return (np.sum(ranks[y_true == 1]) - n * (n + 1) / 2) / (n * (len(y_true) - n))


@mutant("M03-23c", loses=["r5_example_auc", "r5_auc", "r5_properties"])
def roc_auc(y_true, y_score):
    """The share of examples on the right side of 0.5, not an area."""
    return np.mean((y_score > 0.5) == (y_true == 1))


@mutant("M03-23d", loses=["r5_example_auc", "r5_auc"])
def roc_auc(y_true, y_score):
    """The area is a sum of rectangles from the left, so that ties count as defeats."""
    area, before = 0.0, 0.0
    for threshold in np.unique(y_score)[::-1]:
        found = np.mean(y_score[y_true == 1] >= threshold)
        false = np.mean(y_score[y_true == 0] >= threshold)
        strict = np.mean(y_score[y_true == 0] > threshold)
        area += (false - strict) * before
        before = found
    return area


@mutant("M03-27d", nothing_right=True, loses=["r5_example_auc", "r5_auc", "r5_properties"])
def roc_auc(y_true, y_score):
    """The area is one half, whatever the scores."""
    return 0.5


@mutant("M03-27e", nothing_right=True, loses=["r5_example_recall", "r5_recall", "r5_recall_properties"])
def recall_at_k(scores, test, k, exclude=None):
    """Everything is found."""
    return 1.0


@mutant("M03-27f", nothing_right=True, loses=["r5_example_ndcg", "r5_ndcg", "r5_ndcg_properties"])
def ndcg_at_k(scores, test, k, exclude=None):
    """Every ranking is perfect."""
    return 1.0
