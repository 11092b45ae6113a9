"""M03-21b: hits are divided by min(k, |test|).

file: recsys.py
loses: r5_recall
"""


def recall_at_k(scores, test, k, exclude=None):
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
