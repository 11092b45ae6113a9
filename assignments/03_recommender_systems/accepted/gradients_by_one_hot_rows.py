"""Accepted: rows are summed by a product with one-hot rows, and the loss in a few more steps.

file: recsys.py
loses:
"""


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    u_hot, i_hot = np.eye(len(P))[users], np.eye(len(Q))[items]
    e = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    u_times, i_times = u_hot.sum(axis=0), i_hot.sum(axis=0)
    squares = u_times @ (np.sum(P**2, axis=1) + bu**2) + i_times @ (np.sum(Q**2, axis=1) + bi**2)
    loss = np.mean(e**2) / 2 + reg * squares / (2 * len(e))
    grads = {
        "bi": i_hot.T @ e + reg * i_times * bi,
        "bu": u_hot.T @ e + reg * u_times * bu,
        "Q": i_hot.T @ (e[:, np.newaxis] * P[users]) + reg * i_times[:, np.newaxis] * Q,
        "P": u_hot.T @ (e[:, np.newaxis] * Q[items]) + reg * u_times[:, np.newaxis] * P,
        "errors": e,
    }
    return loss, {name: value / len(e) for name, value in grads.items()}


def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    B = len(users)
    u_hot, i_hot, j_hot = np.eye(len(P))[users], np.eye(len(Q))[pos], np.eye(len(Q))[neg]
    x = np.einsum("bk,bk->b", P[users], Q[pos] - Q[neg])
    loss = np.where(x > 0, np.log1p(np.exp(-np.abs(x))), np.log1p(np.exp(-np.abs(x))) - x).mean()
    g = -np.where(x > 0, np.exp(-np.abs(x)), 1.0) / (1 + np.exp(-np.abs(x))) / B
    dP = u_hot.T @ (g[:, None] * (Q[pos] - Q[neg])) + reg * u_hot.T @ P[users] / B
    dQ = (i_hot - j_hot).T @ (g[:, None] * P[users]) + reg * (i_hot.T @ Q[pos] + j_hot.T @ Q[neg]) / B
    return loss + 0.5 * reg * ((P[users] ** 2).sum() + (Q[pos] ** 2).sum() + (Q[neg] ** 2).sum()) / B, dP, dQ
