"""M03-21e: hits and test items are summed over all users before they are divided.

file: recsys.py
loses: r5_example_recall, r5_recall
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
        values.append((sum(i in wanted for i in top), len(wanted)))
    hits, items = np.sum(values, axis=0)
    return hits / items
