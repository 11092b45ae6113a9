"""Accepted: the best k by a partition, then sorted; the AUC of all pairs, with the sign of their difference.

file: recsys.py
loses:
"""


def _ranked_hits(scores, test, k, exclude):
    masked = scores.astype(np.float64, copy=True)
    relevant = np.zeros(scores.shape, dtype=bool)
    for u in range(len(test)):
        relevant[u, sorted(test[u])] = True
        if exclude is not None:
            masked[u, sorted(exclude[u])] = -1e30
    k = min(k, scores.shape[1])
    top = np.argpartition(-masked, k - 1, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(-masked, top, axis=1), axis=1)
    return np.take_along_axis(relevant, np.take_along_axis(top, order, axis=1), axis=1), relevant.sum(axis=1)


def recall_at_k(scores, test, k, exclude=None):
    hits, wanted = _ranked_hits(scores, test, k, exclude)
    return (hits.sum(axis=1)[wanted > 0] / wanted[wanted > 0]).mean()


def ndcg_at_k(scores, test, k, exclude=None):
    hits, wanted = _ranked_hits(scores, test, k, exclude)
    discount = np.log(2) / np.log(np.arange(2, hits.shape[1] + 2))
    ideal = np.concatenate([[0], np.cumsum(discount)])[np.minimum(wanted, hits.shape[1])]
    return ((hits * discount).sum(axis=1)[wanted > 0] / ideal[wanted > 0]).mean()


def roc_auc(y_true, y_score):
    y_true = y_true.astype(bool)
    return (np.sign(np.subtract.outer(y_score[y_true], y_score[~y_true])).mean() + 1) / 2
