"""M03-21g: a user counts 1 if there is any hit.

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
        values.append(float(any(i in wanted for i in top)))
    return np.mean(values)
