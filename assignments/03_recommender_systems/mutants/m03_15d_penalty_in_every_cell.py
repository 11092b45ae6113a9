"""M03-15d: reg is added to every cell of the matrix, not to its diagonal.

file: recsys.py
loses: r2_values, r2_objective
"""


def als_update(R, M, Q, reg):
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(q.T @ q + reg, q.T @ R[u, M[u]])
    return P
