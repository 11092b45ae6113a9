"""M03-23d: the area is a sum of rectangles from the left, so that ties count as defeats.

file: recsys.py
loses: r5_example_auc, r5_auc, r5_properties
"""


def roc_auc(y_true, y_score):
    area, before = 0.0, 0.0
    for threshold in np.unique(y_score)[::-1]:
        found = np.mean(y_score[y_true == 1] >= threshold)
        false = np.mean(y_score[y_true == 0] >= threshold)
        strict = np.mean(y_score[y_true == 0] > threshold)
        area += (false - strict) * before
        before = found
    return area
