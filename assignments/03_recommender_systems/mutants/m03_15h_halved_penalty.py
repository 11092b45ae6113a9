"""M03-15h: the factor 2 of the derivative is lost on one side: half of the penalty.

file: recsys.py
loses: r2_example, r2_values, r2_objective
"""


def als_update(R, M, Q, reg):
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(q.T @ q + 0.5 * reg * np.eye(k), q.T @ R[u, M[u]])
    return P
