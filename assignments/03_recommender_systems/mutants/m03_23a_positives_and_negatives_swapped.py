"""M03-23a: the negative examples win.

file: recsys.py
loses: r5_example_auc, r5_auc, r5_properties
"""


def roc_auc(y_true, y_score):
    positive, negative = y_score[y_true == 1], y_score[y_true == 0]
    wins = negative[:, None] - positive
    return np.mean((wins > 0) + 0.5 * (wins == 0))
