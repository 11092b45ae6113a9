"""M03-15a: holes are multiplied by 0, which does not get rid of nan.

file: recsys.py
loses: r2_unobserved
"""


def als_update(R, M, Q, reg):
    P = np.zeros((len(R), Q.shape[1]))
    for u in range(len(R)):
        A = (Q * M[u][:, None]).T @ Q + reg * np.eye(Q.shape[1])
        if M[u].any():
            P[u] = np.linalg.solve(A, Q.T @ (M[u] * R[u]))
    return P
