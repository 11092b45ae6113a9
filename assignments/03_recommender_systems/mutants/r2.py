"""Mistakes: Alternating least squares."""

from autograder.rubric import mutant


@mutant("M03-4a", loses=["r2_example", "r2_values", "r2_objective"])
def als_update(R, M, Q, reg):
    """ratings that were not given are taken for zeros."""
    ratings = np.where(M, R, 0.0)
    return np.linalg.solve(Q.T @ Q + reg * np.eye(Q.shape[1]), Q.T @ ratings.T).T


@mutant("M03-4b", loses=["r2_example", "r2_values", "r2_objective", "r2_unobserved"])
def als_update(R, M, Q, reg):
    """The mask is not used at all."""
    return np.linalg.solve(Q.T @ Q + reg * np.eye(Q.shape[1]), Q.T @ R.T).T


@mutant("M03-4c", loses=["r2_example", "r2_values", "r2_objective"])
def als_update(R, M, Q, reg):
    """The right-hand side has the ratings that were given, the matrix all items."""
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(Q.T @ Q + reg * np.eye(k), q.T @ R[u, M[u]])
    return P


@mutant("M03-15a", loses=["r2_unobserved"])
def als_update(R, M, Q, reg):
    """holes are multiplied by 0, which does not get rid of nan."""
    P = np.zeros((len(R), Q.shape[1]))
    for u in range(len(R)):
        A = (Q * M[u][:, None]).T @ Q + reg * np.eye(Q.shape[1])
        if M[u].any():
            P[u] = np.linalg.solve(A, Q.T @ (M[u] * R[u]))
    return P


@mutant("M03-15b", loses=["r2_example", "r2_values", "r2_objective"])
def als_update(R, M, Q, reg):
    """The penalty is multiplied by how many ratings a user gave, as in the paper, not as stated."""
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(q.T @ q + len(q) * reg * np.eye(k), q.T @ R[u, M[u]])
    return P


@mutant("M03-15c", loses=["r2_example", "r2_values", "r2_objective"])
def als_update(R, M, Q, reg):
    """reg is not used."""
    P = np.zeros((len(R), Q.shape[1]))
    for u in range(len(R)):
        if M[u].any():
            P[u] = np.linalg.lstsq(Q[M[u]], R[u, M[u]], rcond=None)[0]
    return P


@mutant("M03-15d", loses=["r2_values", "r2_objective"])
def als_update(R, M, Q, reg):
    """reg is added to every cell of the matrix, not to its diagonal."""
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(q.T @ q + reg, q.T @ R[u, M[u]])
    return P


@mutant("M03-15e", loses=["r2_values"])
def als_update(R, M, Q, reg):
    """A user without ratings is solved for as well, which fails for reg = 0."""
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        P[u] = np.linalg.solve(q.T @ q + reg * np.eye(k), q.T @ R[u, M[u]])
    return P


@mutant("M03-15f", loses=["r2_example", "r2_values"])
def als_update(R, M, Q, reg):
    """A user without ratings gets the mean of the others."""
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(q.T @ q + reg * np.eye(k), q.T @ R[u, M[u]])
    P[~M.any(axis=1)] = P[M.any(axis=1)].mean(axis=0)
    return P


@mutant("M03-15g", loses=["r2_example", "r2_values", "r2_objective"])
def als_update(R, M, Q, reg):
    """One step of gradient descent in the place of the solution."""
    error = np.where(M, -R, 0.0)
    return -0.01 * (error @ Q)


@mutant("M03-15h", loses=["r2_example", "r2_values", "r2_objective"])
def als_update(R, M, Q, reg):
    """The factor 2 of the derivative is lost on one side: half of the penalty."""
    U, k = len(R), Q.shape[1]
    P = np.zeros((U, k))
    for u in range(U):
        q = Q[M[u]]
        if len(q):
            P[u] = np.linalg.solve(q.T @ q + 0.5 * reg * np.eye(k), q.T @ R[u, M[u]])
    return P
