"""M03-8f: ndcg_at_k ignores exclude.

file: recsys.py
loses: r5_example_ndcg, r5_ndcg
"""


def ndcg_at_k(scores, test, k, exclude=None):
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
