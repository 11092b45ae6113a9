"""M03-15f: a user without ratings gets the mean of the others.

file: recsys.py
loses: r2_example, r2_values
"""


def als_update(R, M, Q, reg):
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(q.T @ q + reg * np.eye(k), q.T @ R[u, M[u]])
    P[~M.any(axis=1)] = P[M.any(axis=1)].mean(axis=0)
    return P
