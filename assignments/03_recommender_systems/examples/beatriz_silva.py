# TODO: metrics, towers
import numpy as np


def mf_predict(P, Q, bu, bi, mu, users, items):
    return mu + bu[users] + bi[items] + (P[users] * Q[items]).sum(axis=1)


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    B = len(users)
    err = mf_predict(P, Q, bu, bi, mu, users, items) - ratings
    l2 = (P[users] ** 2).sum() + (Q[items] ** 2).sum() + (bu[users] ** 2).sum() + (bi[items] ** 2).sum()
    loss = 0.5 * np.mean(err**2) + 0.5 * reg * l2 / B

    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    dbu, dbi = np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(dP, users, (err[:, None] * Q[items] + reg * P[users]) / B)
    np.add.at(dQ, items, (err[:, None] * P[users] + reg * Q[items]) / B)
    np.add.at(dbu, users, (err + reg * bu[users]) / B)
    np.add.at(dbi, items, (err + reg * bi[items]) / B)
    return loss, {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi}


def als_update(R, M, Q, reg):
    n_users, k = R.shape[0], Q.shape[1]
    P = np.zeros((n_users, k))
    for u in range(n_users):
        seen = M[u]
        if not seen.any():
            continue
        Qu = Q[seen]
        P[u] = np.linalg.solve(Qu.T @ Qu + reg * np.eye(k), Qu.T @ R[u, seen])
    return P


def bpr_loss_and_grads(P, Q, users, pos, neg, reg):
    B = len(users)
    diff = Q[pos] - Q[neg]
    x = (P[users] * diff).sum(axis=1)
    l2 = (P[users] ** 2).sum() + (Q[pos] ** 2).sum() + (Q[neg] ** 2).sum()
    loss = np.logaddexp(0, -x).mean() + 0.5 * reg * l2 / B

    # -sigmoid(-x), without overflow
    e = np.exp(-np.abs(x))
    g = -np.where(x >= 0, e / (1 + e), 1 / (1 + e))[:, None]
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, users, (g * diff + reg * P[users]) / B)
    np.add.at(dQ, pos, (g * P[users] + reg * Q[pos]) / B)
    np.add.at(dQ, neg, (-g * P[users] + reg * Q[neg]) / B)
    return loss, dP, dQ


def sample_negatives(positives, users, n_items, rng):
    out = np.zeros(len(users), dtype=int)
    cache = {}
    for b, u in enumerate(users):
        if u not in cache:
            cache[u] = np.array([i for i in range(n_items) if i not in positives[u]])
        out[b] = cache[u][rng.integers(len(cache[u]))]
    return out


def recall_at_k(scores, test, k, exclude=None):
    raise NotImplementedError


def ndcg_at_k(scores, test, k, exclude=None):
    raise NotImplementedError


def roc_auc(y_true, y_score):
    # TODO
    pass


def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    logits = U @ V.T / temperature
    # gradients next week
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(np.diag(p)).mean()
    return loss, np.zeros_like(U), np.zeros_like(V)
