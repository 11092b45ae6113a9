"""M03-8g: excluded items get a score of 0, which is high where all scores are negative.

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
            own[list(exclude[u])] = 0
        top = np.argsort(own)[::-1][:k]
        values.append(sum(i in wanted for i in top) / len(wanted))
    return np.mean(values)
