"""Other right answers: ranking metrics."""

from autograder.rubric import accepted


@accepted("metrics_of_sets")
class metrics_of_sets:
    """Sets of recommended items, excluded ones deleted from the list; the AUC by a loop over pairs."""

    def top(own, k, left_out):
        order = [int(i) for i in np.argsort(own)[::-1] if int(i) not in left_out]
        return order[:k]

    def recall_at_k(scores, test, k, exclude=None):
        found = []
        for u in range(scores.shape[0]):
            if len(test[u]) == 0:
                continue
            chosen = top(scores[u], k, exclude[u] if exclude else ())
            found.append(len(set(chosen).intersection(test[u])) / len(test[u]))
        return sum(found) / len(found)

    def ndcg_at_k(scores, test, k, exclude=None):
        found = []
        for u in range(scores.shape[0]):
            if not test[u]:
                continue
            chosen = top(scores[u], k, exclude[u] if exclude else ())
            gains = np.array([float(i in test[u]) for i in chosen])
            discount = np.log2(np.arange(len(gains)) + 2)
            best = np.sum(1 / np.log2(np.arange(min(k, len(test[u]))) + 2))
            found.append((gains / discount).sum() / best)
        return np.array(found).mean(keepdims=True)

    def roc_auc(y_true, y_score):
        total, pairs = 0.0, 0
        for y, s in zip(y_true, y_score):
            for z, t in zip(y_true, y_score):
                if y == 1 and z == 0:
                    total += 1.0 if s > t else 0.5 if s == t else 0.0
                    pairs += 1
        return total / pairs


@accepted("auc_by_counting")
def roc_auc(y_true, y_score):
    """For each positive example np.searchsorted counts the negative ones below it, and those not above it."""
    negative = np.sort(y_score[y_true == 0])
    positive = y_score[y_true == 1]
    below = np.searchsorted(negative, positive, side="left")
    not_above = np.searchsorted(negative, positive, side="right")
    return np.float32((below + not_above).sum() / (2 * len(positive) * len(negative)))
