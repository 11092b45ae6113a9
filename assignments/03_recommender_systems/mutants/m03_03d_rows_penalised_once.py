"""M03-3d: a row that occurs in several examples is penalised once.

file: recsys.py
loses: r1_repeated
"""


_with_penalty = mf_loss_and_grads


def mf_loss_and_grads(P, Q, bu, bi, mu, users, items, ratings, reg):
    B, tables = len(users), {"P": P, "Q": Q, "bu": bu, "bi": bi}
    loss, grads = _with_penalty(P, Q, bu, bi, mu, users, items, ratings, 0.0)
    for name, ids in (("P", users), ("Q", items), ("bu", users), ("bi", items)):
        rows = np.unique(ids)
        loss += 0.5 * reg * np.sum(tables[name][rows] ** 2) / B
        grads[name][rows] += reg * tables[name][rows] / B
    return loss, grads
