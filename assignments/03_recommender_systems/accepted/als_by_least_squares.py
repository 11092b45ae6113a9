"""Accepted: least squares with the root of the penalty as further rows, and the pseudo-inverse's zero for who has not rated.

file: recsys.py
loses:
"""


def als_update(R, M, Q, reg):
    k = Q.shape[1]
    rows = []
    for ratings, mask in zip(R, M):
        seen = np.where(mask)[0]
        A = np.concatenate([Q[seen], np.sqrt(reg) * np.eye(k)])
        b = np.concatenate([ratings[seen], np.zeros(k)])
        rows.append(np.linalg.lstsq(A, b, rcond=None)[0])
    return np.array(rows)
