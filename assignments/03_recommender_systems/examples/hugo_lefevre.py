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
    # draw until nobody has a positive item any more
    while True:
        items = rng.integers(0, n_items, len(users))
        if not any(i in positives[u] for u, i in zip(users, items)):
            return items


def _top_k(scores, k, exclude):
    s = scores.copy()
    if exclude is not None:
        for u, items in enumerate(exclude):
            s[u, list(items)] = -np.inf
    return np.argsort(-s, axis=1)[:, :k]


def recall_at_k(scores, test, k, exclude=None):
    top = _top_k(scores, k, exclude)
    recalls = []
    for u in range(len(test)):
        if len(test[u]) == 0:
            continue
        recalls.append(len(set(top[u].tolist()) & test[u]) / len(test[u]))
    return float(np.mean(recalls))


def ndcg_at_k(scores, test, k, exclude=None):
    top = _top_k(scores, k, exclude)
    values = []
    for u in range(len(test)):
        if len(test[u]) == 0:
            continue
        dcg = sum(1 / np.log2(r + 2) for r, i in enumerate(top[u]) if i in test[u])
        idcg = sum(1 / np.log2(r + 2) for r in range(min(k, len(test[u]))))
        values.append(dcg / idcg)
    return float(np.mean(values))


def roc_auc(y_true, y_score):
    pos, neg = y_score[y_true == 1], y_score[y_true == 0]
    d = pos[:, None] - neg[None, :]
    return float(np.mean((d > 0) + 0.5 * (d == 0)))


def in_batch_softmax_loss(U, V, temperature=1.0, log_q=None):
    B = U.shape[0]
    logits = U @ V.T / temperature
    if log_q is not None:
        logits = logits - log_q
    logits = logits - logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    loss = -np.trace(log_p) / B
    d = np.exp(log_p)
    d[np.arange(B), np.arange(B)] -= 1
    d /= B * temperature
    return loss, d @ V, d.T @ U


def build_two_tower(n_users, n_items, dim):
    from tensorflow import keras
    from tensorflow.keras import layers

    user_id = keras.Input(shape=(1,), name="user_id")
    item_id = keras.Input(shape=(1,), name="item_id")
    u = layers.Flatten()(layers.Embedding(n_users, dim, name="user_embedding")(user_id))
    v = layers.Flatten()(layers.Embedding(n_items, dim, name="item_embedding")(item_id))
    score = layers.Dot(axes=1)([u, v])
    return keras.Model(inputs=[user_id, item_id], outputs=score)


def leave_last_out(users, items, times):
    last = {}
    count = {}
    for row in range(len(users)):
        u = int(users[row])
        count[u] = count.get(u, 0) + 1
        if u not in last or times[row] >= times[last[u]]:
            last[u] = row
    test = np.array(sorted(row for u, row in last.items() if count[u] > 1), dtype=int)
    train = np.setdiff1d(np.arange(len(users)), test)
    return train, test
