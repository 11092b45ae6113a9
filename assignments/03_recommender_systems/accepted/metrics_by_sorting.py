"""Accepted: sorted lists, natural logarithms (the base cancels), an area by trapezoids; NumPy's numbers are returned.

file: recsys.py
loses:
"""


def best(row, k, left_out):
    candidates = [item for item in range(len(row)) if item not in left_out]
    return sorted(candidates, key=lambda item: -row[item])[:k]


def recall_at_k(scores, test, k, exclude=None):
    exclude = [set()] * len(test) if exclude is None else exclude
    shares = [len(set(best(s, k, e)) & t) / len(t) for s, t, e in zip(scores, test, exclude) if len(t) > 0]
    return np.mean(np.array(shares))


def ndcg_at_k(scores, test, k, exclude=None):
    exclude = [set()] * len(test) if exclude is None else exclude
    total, n = 0.0, 0
    for s, t, e in zip(scores, test, exclude):
        if t:
            gain = sum(1 / np.log(place + 2) for place, item in enumerate(best(s, k, e)) if item in t)
            ideal = sum(1 / np.log(place + 2) for place in range(k) if place < len(t))
            total, n = total + gain / ideal, n + 1
    return np.float64(total / n)


def roc_auc(y_true, y_score):
    found, false = [0.0], [0.0]
    for threshold in sorted(set(y_score.tolist()), reverse=True):
        found.append(np.mean(y_score[y_true == 1] >= threshold))
        false.append(np.mean(y_score[y_true == 0] >= threshold))
    found, false = np.array(found), np.array(false)
    return np.sum(np.diff(false) * (found[1:] + found[:-1]) / 2)
