"""M03-23c: the share of examples on the right side of 0.5, not an area.

file: recsys.py
loses: r5_example_auc, r5_auc, r5_properties
"""


def roc_auc(y_true, y_score):
    return np.mean((y_score > 0.5) == (y_true == 1))
