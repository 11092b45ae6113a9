"""M03-15e: a user without ratings is solved for as well, which fails for reg = 0.

file: recsys.py
loses: r2_values
"""


def als_update(R, M, Q, reg):
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        P[u] = np.linalg.solve(q.T @ q + reg * np.eye(k), q.T @ R[u, M[u]])
    return P
