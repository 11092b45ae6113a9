"""M03-8h: excluded items get a score of 0 in ndcg_at_k.

file: recsys.py
loses: r5_ndcg
"""


def ndcg_at_k(scores, test, k, exclude=None):
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
