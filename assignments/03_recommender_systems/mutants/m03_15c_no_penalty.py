"""M03-15c: reg is not used.

file: recsys.py
loses: r2_example, r2_values, r2_objective
"""


def als_update(R, M, Q, reg):
    P = np.zeros((len(R), Q.shape[1]))
    for u in range(len(R)):
        if M[u].any():
            P[u] = np.linalg.lstsq(Q[M[u]], R[u, M[u]], rcond=None)[0]
    return P
