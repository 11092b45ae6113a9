"""M03-12e: vectors that are close match, as if an inner product were that; turned vectors do match as before.

file: recsys.py
loses: r1_example, r1_predict, r1_vectorised
"""


def mf_predict(P, Q, bu, bi, mu, users, items):
    return mu + bu[users] + bi[items] - np.sum((P[users] - Q[items]) ** 2, axis=1)
