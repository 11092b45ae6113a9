"""M03-8e: recall_at_k ignores exclude.

file: recsys.py
loses: r5_example_recall, r5_recall
"""


def recall_at_k(scores, test, k, exclude=None):
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
