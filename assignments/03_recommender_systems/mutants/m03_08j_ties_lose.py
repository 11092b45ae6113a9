"""M03-8j: a tie counts as a defeat.

file: recsys.py
loses: r5_example_auc, r5_auc, r5_properties
"""


def roc_auc(y_true, y_score):
    positive, negative = y_score[y_true == 1], y_score[y_true == 0]
    wins = positive[:, None] - negative
    return np.mean(wins > 0)
