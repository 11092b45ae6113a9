"""M03-12a: the bias of the item is missing in the prediction.

file: recsys.py
loses: r1_example, r1_predict, r1_vectorised
"""


def mf_predict(P, Q, bu, bi, mu, users, items):
    return mu + bu[users] + np.sum(P[users] * Q[items], axis=1)
