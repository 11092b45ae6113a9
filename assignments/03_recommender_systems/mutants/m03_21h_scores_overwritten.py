"""M03-21h: the scores of excluded items are overwritten in the caller's array.

file: recsys.py
loses: r5_properties
"""


def recall_at_k(scores, test, k, exclude=None):
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
