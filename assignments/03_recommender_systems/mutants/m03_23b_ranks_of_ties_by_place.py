"""M03-23b: ranks by argsort: equal scores are ranked by their place.

file: recsys.py
loses: r5_example_auc, r5_auc, r5_properties
"""


def roc_auc(y_true, y_score):
    ranks = np.empty(len(y_score))
    ranks[np.argsort(y_score, kind="stable")] = np.arange(1, len(y_score) + 1)
    n = np.sum(y_true == 1)
    return (np.sum(ranks[y_true == 1]) - n * (n + 1) / 2) / (n * (len(y_true) - n))
