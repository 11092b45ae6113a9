"""M03-4a: ratings that were not given are taken for zeros.

file: recsys.py
loses: r2_example, r2_values, r2_objective
"""


def als_update(R, M, Q, reg):
    ratings = np.where(M, R, 0.0)
    return np.linalg.solve(Q.T @ Q + reg * np.eye(Q.shape[1]), Q.T @ ratings.T).T
