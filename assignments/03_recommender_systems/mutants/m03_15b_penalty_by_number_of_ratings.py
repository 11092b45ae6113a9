"""M03-15b: the penalty is multiplied by how many ratings a user gave, as in the paper, not as stated.

file: recsys.py
loses: r2_example, r2_values, r2_objective
"""


def als_update(R, M, Q, reg):
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(q.T @ q + len(q) * reg * np.eye(k), q.T @ R[u, M[u]])
    return P
