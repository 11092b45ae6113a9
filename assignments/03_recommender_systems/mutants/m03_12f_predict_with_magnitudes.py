"""M03-12f: the products of the coordinates lose their sign.

file: recsys.py
loses: r1_predict, r1_properties, r1_vectorised
"""


def mf_predict(P, Q, bu, bi, mu, users, items):
    return mu + bu[users] + bi[items] + np.sum(np.abs(P[users] * Q[items]), axis=1)
