"""M03-14c: np.vectorize calls a Python function for every example.

file: recsys.py
loses: r1_vectorised
"""


def mf_predict(P, Q, bu, bi, mu, users, items):
    predict_one = np.vectorize(lambda u, i: mu + bu[u] + bi[i] + P[u] @ Q[i])
    return predict_one(users, items)
