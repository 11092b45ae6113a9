"""M03-4b: the mask is not used at all.

file: recsys.py
loses: r2_example, r2_values, r2_objective, r2_unobserved
"""


def als_update(R, M, Q, reg):
    return np.linalg.solve(Q.T @ Q + reg * np.eye(Q.shape[1]), Q.T @ R.T).T
