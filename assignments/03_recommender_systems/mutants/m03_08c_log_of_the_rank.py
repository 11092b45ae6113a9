"""M03-8c: log2(rank) divides by zero at rank 1.

file: recsys.py
loses: r5_example_ndcg, r5_ndcg, r5_properties
"""


def ndcg_at_k(scores, test, k, exclude=None):
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
