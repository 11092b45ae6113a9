"""M03-21c: users who want nothing count 0 in the mean.

file: recsys.py
loses: r5_example_recall, r5_recall, r5_properties
"""


def recall_at_k(scores, test, k, exclude=None):
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
